"""A whole campaign through a carrier that misbehaves, while its services are killed; then the books are compared.

    python -m benchmarks.real_campaign --contacts 1000 --kills 100

It does what the README's "Texting for real" says, from an empty home, with the carrier of `tests/carrier`: a campaign
is launched, all its initials leave, contacts answer, send pictures and opt out in every way, one of our numbers is
withdrawn in the middle, and `deliver` and `listen` are killed again and again. In the end, `scripts/reconcile.py`
compares the export with the carrier's own log.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

from scripts import reconcile
from tests.carrier.journal import entries
from tests.carrier.running import Carrier, running_carrier

NUMBERS = ("+14155550100", "+12125550100", "+13125550100")
WITHDRAWN = NUMBERS[2]
CAMPAIGN = "Spring"
INITIAL = "Hi %first_name%, it's Ana with Harbor Votes. Will you vote on the 14th? Reply STOP to opt out."
CONFIRMATION = "You are now opted-out and will receive no further messages."
SENDERS = ("kim", "lee")
BY_CARRIER = ("STOP", "unsubscribe", "Quit")
BY_US = ("Stop.", "I opt out", "please stop texting me")
"""The last is a near miss: an admin opts its number out by hand."""
PICTURE = {"image/png": b"\x89PNG\r\n\x1a\n"}
PATIENCE = 420
"""Seconds after which the campaign has failed to come to rest."""


class Host:
    """A machine with an empty home, and thrumsg on it."""

    def __init__(self, folder: Path, carrier: Carrier, port: int) -> None:
        self.folder = folder
        self.db = folder / "thrumsg.db"
        self.port = port
        token = folder / "token"
        token.write_text(carrier.token)
        token.chmod(0o600)
        config = folder / "gateway.toml"
        config.write_text(_configuration(carrier, token, port))
        config.chmod(0o600)
        self.env = {
            **os.environ,
            "HOME": str(folder),
            "THRUMSG_DB": str(self.db),
            "THRUMSG_CONFIG": str(config),
            "PYTHONUNBUFFERED": "1",
        }

    def run(self, *words: str, may_fail: bool = False) -> str:
        """Run a command and return its output."""
        done = subprocess.run(self._command(words), env=self.env, capture_output=True, text=True, check=False)
        if done.returncode and not may_fail:
            sys.exit(f"thrumsg {' '.join(words)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def service(self, *words: str) -> subprocess.Popen[bytes]:
        """Begin a service; its log goes to a file beside the database."""
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            return subprocess.Popen(self._command(words), env=self.env, stdout=log, stderr=log)

    def states(self) -> Counter[str]:
        """Count our messages by state."""
        with closing(sqlite3.connect(self.db, timeout=30)) as conn:
            return Counter(
                dict(conn.execute("SELECT state, COUNT(*) FROM message WHERE direction = 'outgoing' GROUP BY state"))
            )

    def listens(self) -> bool:
        """Whether the listener takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @staticmethod
    def _command(words: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "thrumsg_tui", *words]


class Killed(threading.Thread):
    """A service that is killed again and again, and begun anew each time, as systemd would."""

    def __init__(self, host: Host, times: int, chance: Random, *words: str) -> None:
        super().__init__(daemon=True)
        self._host = host
        self._words = words
        self._chance = chance
        self.left = times
        self._process = host.service(*words)
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(self._chance.uniform(0.5, 1.5)):
            if self.left:
                self._process.kill()
                self._process.wait()
                self.left -= 1
            if self._process.poll() is not None:
                self._process = self._host.service(*self._words)

    def end(self) -> None:
        """Stop it in an orderly way."""
        self._ended.set()
        self.join()
        self._process.terminate()
        self._process.wait(60)


def _configuration(carrier: Carrier, token: Path, port: int) -> str:
    numbers = "".join(f'[[number]]\nnumber = "{number}"\nkind = "long"\nmps = 4.0\n' for number in NUMBERS)
    return f"""
gateway = "twilio"
public_url = "http://127.0.0.1:{port}"
[twilio]
account_sid = "{carrier.account}"
auth_token = {{ file = "{token}" }}
api_url = "{carrier.url}"
{numbers}
[doubt]
wait = 60
again = 5
"""


def prepare(host: Host, contacts: int) -> list[str]:
    """Make the campaign, and return its contacts' numbers."""
    phones = [
        f"+1{code}55502{nth:02d}" for nth in range(100) for code in (415, 212, 312, 510, 646, 773, 707, 917, 630, 408)
    ]
    phones = phones[:contacts]
    if len(phones) < contacts:
        sys.exit(f"There are numbers for {len(phones)} contacts at most.")
    host.run("user", "add", "ana", "--first-name", "Ana", "--last-name", "Ortiz", "--role", "owner", may_fail=True)
    host.run("settings", "organization", "Harbor Votes")
    for login in SENDERS:
        host.run("user", "add", login, "--first-name", login.title(), "--last-name", "Alvarez")
    host.run(
        *("campaign", "create", CAMPAIGN, "--initial", INITIAL, "--open", "00:00", "--close", "24:00"),
        *("--no-quiet-hours", "--quicksend", "--draft"),
    )
    with (host.folder / "contacts.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("First Name", "Last Name", "Phone"))
        rows.writerows((f"Ann{nth}", "Otieno", phone) for nth, phone in enumerate(phones))
    host.run("import", "contacts", str(host.folder / "contacts.csv"), "--campaign", CAMPAIGN)
    host.run("campaign", "add-sender", CAMPAIGN, *SENDERS)
    host.run("reassign", CAMPAIGN, "--from-unassigned", "--to", SENDERS[0], "--to", SENDERS[1])
    return phones


def contacts_write(
    carrier: Carrier, chosen: dict[str, str], args: argparse.Namespace, chance: Random
) -> dict[str, list[str]]:
    """Let contacts answer, send pictures and opt out; return who opted out by which words.

    Args:
        carrier: The carrier.
        chosen: Contacts that have our initial, and the number of ours that it came from.
        args: How many of each.
        chance: A source of chance.
    """
    people = list(chosen)
    chance.shuffle(people)
    repliers, people = people[: args.replies], people[args.replies :]
    senders, people = people[: args.pictures], people[args.pictures :]
    leavers = people[: args.opt_outs]
    out: dict[str, list[str]] = {"carrier": [], "us": [], "by hand": []}
    for phone in repliers:
        carrier.inbound(phone, chosen[phone], chance.choice(("Yes!", "Who is this?", "Où ça? 🗳", "No")))
        time.sleep(0.02)
    for phone in senders:
        carrier.inbound(phone, chosen[phone], chance.choice(("", "Look")), PICTURE)
        time.sleep(0.02)
    for nth, phone in enumerate(leavers):
        words = (BY_CARRIER + BY_US)[nth % 6]
        by = "carrier" if words in BY_CARRIER else "by hand" if words == BY_US[-1] else "us"
        carrier.inbound(phone, chosen[phone], words)
        out[by].append(phone)
        time.sleep(0.02)
    return out


def texted(carrier: Carrier) -> dict[str, str]:
    """Return each contact that the carrier has an initial for, with our number; but for the number to withdraw."""
    return {entry["to"]: entry["from"] for entry in carrier.accepted() if entry["from"] != WITHDRAWN}


def wait_until(done: object, what: str) -> None:
    """Wait until a function returns true."""
    assert callable(done)
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            sys.exit(f"Not within {PATIENCE} seconds: {what}")
        time.sleep(0.2)


def at_rest(host: Host) -> bool:
    """Whether nothing waits, is under way or in doubt."""
    states = host.states()
    return not any(states[state] for state in ("queued", "sending", "in_doubt", "unsent"))


def confirmation_faults(carrier: Carrier, out: dict[str, list[str]]) -> list[str]:
    """Return who got another number of confirmations than one, or one from the wrong side."""
    ours = Counter(entry["to"] for entry in carrier.accepted() if entry["body"] == CONFIRMATION)
    theirs = Counter(entry["to"] for entry in carrier.entries("replied"))
    wanted = {"carrier": (0, 1), "us": (1, 0), "by hand": (1, 0)}
    return [
        f"...{phone[-2:]} opted out ({by}), and got {ours[phone]} confirmations of ours, {theirs[phone]} of the carrier"
        for by, phones in out.items()
        for phone in phones
        if (ours[phone], theirs[phone]) != wanted[by]
    ]


def campaign(host: Host, carrier: Carrier, args: argparse.Namespace) -> list[str]:
    """Run the campaign to its end, and return what is wrong."""
    chance = Random(args.seed)
    prepare(host, args.contacts)
    services = [
        Killed(host, args.kills, chance, "listen", "--port", str(host.port)),
        Killed(host, args.kills, chance, "deliver"),
    ]
    wait_until(host.listens, "the listener takes connections")
    print(host.run("gateway", "check"))
    print(host.run("compliance", CAMPAIGN, may_fail=True))
    host.run("campaign", "launch", CAMPAIGN, "--confirm")
    for service in services:
        service.start()
    for login in SENDERS:
        host.run("send-all", CAMPAIGN, "--sender", login)
    wanted = args.replies + args.pictures + args.opt_outs
    wait_until(lambda: len(texted(carrier)) >= wanted + args.contacts // 10, "enough initials have left")
    carrier.tell("number", number=WITHDRAWN, state="withdrawn")
    host.run("gateway", "numbers", "stop", WITHDRAWN, "--withdrawn")
    out = contacts_write(carrier, texted(carrier), args, chance)
    for phone in out["by hand"]:
        host.run("opt-out", phone)
    wait_until(lambda: not any(service.left for service in services), "all kills")
    carrier.await_rest()
    wait_until(lambda: at_rest(host), "nothing waits or is in doubt")
    carrier.await_rest()
    time.sleep(2)
    for service in reversed(services):
        service.end()
    print(f"killed {args.kills} times each; states: {dict(host.states())}")
    return confirmation_faults(carrier, out)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_campaign", description=__doc__)
    parser.add_argument("--contacts", type=int, default=1000)
    parser.add_argument("--replies", type=int, default=300)
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--opt-outs", type=int, default=25)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--faults", default="10", help="per cent of misbehaviour of the carrier")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder with database, logs and export")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="thrumsg-campaign-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    numbers = [word for number in NUMBERS for word in ("--number", number)]
    url = f"http://127.0.0.1:{port}"
    options = [*numbers, "--public-url", url, "--connect-to", url, "--sms-url", f"{url}/twilio/message#rc=5&rp=all"]
    options += ["--faults", args.faults, "--seed", str(args.seed), "--late-time", "4", "--silence-time", "8"]
    began = time.monotonic()
    with running_carrier(folder / "carrier.log", *options) as carrier:
        host = Host(folder, carrier, port)
        faults = campaign(host, carrier, args)
        host.run("export", "messages", "--out", str(folder / "messages.csv"))
        host.run("doctor")
    for fault in faults:
        print(fault)
    status = reconcile.main([str(folder / "messages.csv"), str(folder / "carrier.log")])
    taken = sum(1 for _ in entries(folder / "carrier.log", "accepted"))
    print(json.dumps({"contacts": args.contacts, "taken": taken, "seconds": round(time.monotonic() - began)}))
    if args.keep or faults or status:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if faults or status else 0


if __name__ == "__main__":
    sys.exit(main())

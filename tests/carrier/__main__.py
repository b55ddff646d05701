r"""A carrier for tests and for trying thrumsg: it texts nobody, and misbehaves as it is told.

    python -m tests.carrier --port 8438 --log carrier.log --number +14155550100 \
        --public-url http://127.0.0.1:8437 --faults 10 --seed 7

It speaks Twilio's API under `http://127.0.0.1:PORT`, with the account `AC` and 32 zeros, and the token `token`.
`tests/carrier/service.py` has what `POST /control/…` can be told; `tests/carrier/journal.py` says what its log has.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

from tests.carrier.account import Account
from tests.carrier.contacts import Contacts
from tests.carrier.faults import ALL_OF_4_1, Fault, Faults
from tests.carrier.journal import Journal
from tests.carrier.reports import Reports
from tests.carrier.service import Service, Times
from tests.carrier.webhooks import Webhooks
from tests.carrier.wire import serve

ACCOUNT = "AC" + "0" * 32


def options() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.carrier", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0: it may be called from other hosts")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--token", default="token")
    parser.add_argument("--number", action="append", default=[], help="one of our numbers; may be given repeatedly")
    parser.add_argument("--service", help="a Messaging Service with all numbers")
    parser.add_argument("--public-url", default="", help="the address of the other end, over which is signed")
    parser.add_argument("--connect-to", help="where that address is on this machine; the address itself by default")
    parser.add_argument("--sms-url", help="called for messages of contacts; PUBLIC_URL/twilio/message by itself")
    parser.add_argument("--answers-stop", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--advanced-opt-out", action="store_true", help="say OptOutType")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--faults", type=float, default=0, help="per cent, shared among the faults of sending")
    parser.add_argument(
        "--fault", action="append", default=[], type=share, metavar="NAME=PERCENT", help=", ".join(Fault)
    )
    parser.add_argument("--give-up-after", type=float, default=15, help="seconds for all tries of a webhook")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does")
    for time in fields(Times):
        parser.add_argument(f"--{time.name}-time", type=type(time.default), default=time.default, metavar="SECONDS")
    return parser


def shares(given: argparse.Namespace) -> dict[Fault, float]:
    """Return the per cent of each fault."""
    asked = dict.fromkeys(ALL_OF_4_1, given.faults / len(ALL_OF_4_1)) if given.faults else {}
    return asked | dict(given.fault)


def share(text: str) -> tuple[Fault, float]:
    """Read a fault and its per cent, as `busy=5`."""
    name, _, percent = text.partition("=")
    try:
        return Fault(name), float(percent)
    except ValueError:
        message = f"{text!r} is no fault and its per cent, as in {Fault.BUSY}=5. Faults: {', '.join(Fault)}"
        raise argparse.ArgumentTypeError(message) from None


async def run(given: argparse.Namespace) -> None:
    """Answer requests until the process is ended."""
    journal = Journal(given.log)
    sms_url = given.sms_url
    if sms_url is None:
        sms_url = f"{given.public_url.rstrip('/')}/twilio/message" if given.public_url else ""
    account = Account(given.account, given.token, given.number, sms_url=sms_url, service=given.service)
    times = Times(**{time.name: getattr(given, f"{time.name}_time") for time in fields(Times)})
    webhooks = Webhooks(
        journal,
        public_url=given.public_url,
        connect_to=given.connect_to or given.public_url,
        give_up_after=given.give_up_after,
    )
    webhooks.token = given.token
    contacts = Contacts(
        account, webhooks, journal, answers_stop=given.answers_stop, says_opt_out=given.advanced_opt_out
    )
    reports = Reports(account, webhooks, step=times.report)
    service = Service(account, journal, reports, contacts, Faults(given.seed, shares(given)), times)
    server = await serve(service.answer, given.host, given.port)
    sys.stdout.write(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    if given.until_eof:
        await asyncio.to_thread(sys.stdin.read)
    else:
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(run(options().parse_args()))

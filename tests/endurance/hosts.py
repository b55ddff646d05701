"""Three hosts on one PostgreSQL server: `python -m tests.endurance.hosts`, or `make hosts`.

The hosts are network namespaces; to the server they speak TLS, and have it prove who it is. On each, two people have
the app open and one works by the command line; one host delivers, one stands by, one listens; contacts answer through
the carrier of `tests/carrier`. Meanwhile the server is killed twice, the host that delivers is cut off for half a
minute, and the one that delivers then loses its link and all its processes. In the end nothing may be lost or twice:
the carrier's own log is the judge. `--harm naive` delivers as most programs do, and must be found out.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from getpass import getuser
from pathlib import Path
from random import Random
from time import monotonic

from benchmarks.measuring import machine
from tests.carrier.running import running_carrier
from tests.certificates import made_certificate
from tests.cli.damaging import own_environment
from tests.endurance.balance import differences
from tests.endurance.branch import CARRIER_PORT, LISTENER_PORT, NUMBERS, Branch, Desk, configure
from tests.endurance.campaign_course import CampaignCourse, Plan
from tests.endurance.network import HUB, Host, enter_own_network, network, why_not
from tests.endurance.office import Office
from tests.gateway.chaos import NAIVE
from tests.postgres_server import binaries
from tests.team_server import Team, team_server
from thrumsg_tui.store.location import ServerAddress

ROLES = {"host-a": "host_a", "host-b": "host_b", "host-c": "host_c"}
DURABLE = {
    **{"autovacuum": "on", "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"},
    "listen_addresses": HUB,
}
CANNOT = 77


def main() -> int:
    """Run it, and return 1 if anything was wrong."""
    args = _arguments()
    reason = why_not() or (
        "" if binaries() else "not installed: PostgreSQL; scripts/install_test_tools.sh postgresql gets it"
    )
    if reason:
        sys.stderr.write(f"It cannot run here: {reason}\n")
        return CANNOT
    enter_own_network("tests.endurance.hosts")
    sys.stdout.write(f"{machine()}\n")
    died: list[str] = []
    threading.excepthook = lambda ended: died.append(f"{ended.thread}: {ended.exc_value!r}")
    begun = monotonic()
    folder = Path(tempfile.mkdtemp(prefix="thrumsg-hosts-"))
    with own_environment(folder):
        report, wrong = _run(args, folder)
    wrong += died
    sys.stdout.writelines(f"{line}\n" for line in [*report, f"{monotonic() - begun:,.0f} s in all"])
    sys.stdout.writelines(f"WRONG: {each}\n" for each in wrong[:30])
    sys.stdout.write(f"{len(wrong)} things were wrong\n")
    if wrong and not args.harm:
        sys.stdout.write(f"kept: {folder}\n")
    else:
        shutil.rmtree(folder)
    return int(bool(wrong))


def _run(args: argparse.Namespace, folder: Path) -> tuple[list[str], list[str]]:
    """Run it in a folder; return what happened and what was wrong."""
    options = ["--host", "0.0.0.0", "--port", str(CARRIER_PORT), "--faults", str(args.faults)]
    options += ["--seed", str(args.seed), "--late-time", "4", "--silence-time", "6"]
    url = f"http://127.0.0.1:{LISTENER_PORT}"
    options += ["--public-url", url, "--connect-to", url, "--sms-url", f"{url}/twilio/message#rc=5&rp=all"]
    options += [word for number in NUMBERS for word in ("--number", number)]
    with ExitStack() as stack:
        hosts = stack.enter_context(network(*ROLES))
        authority = folder / "authority.crt"
        team = stack.enter_context(_server(authority))
        carrier = stack.enter_context(running_carrier(folder / "carrier.log", *options))
        office = Office(
            folder,
            admins=len(ROLES) * args.apps,
            senders=len(ROLES) * 2,
            watchers=0,
            people=args.people,
            seed=args.seed,
            server=team.location("olga"),
        )
        office.do("user", "add", getuser(), "--first-name", "Host", "--last-name", "Account", "--role", "owner")
        branches = []
        for host in hosts:
            place = folder / host.name
            place.mkdir()
            configure(place, carrier, args.wait)
            branches.append(_branch(host, place, office, authority, args))
        plan = Plan(
            args.minutes * 60,
            server_kills=args.server_kills,
            host_losses=args.host_losses,
            cuts=args.cuts,
            cut_for=args.cut_for,
        )
        course = CampaignCourse(branches, office, team, carrier, plan, Random(args.seed))
        stack.callback(course.close)
        course.run()
        export = folder / "messages.csv"
        office.do("export", "messages", "--out", export)
        wrong = list(differences(team.location("olga"), export, carrier, course.writers, course.people))
        logs = [f"{log}: {log.read_text()[-2000:]}" for log in folder.rglob("errors.log")]
        return course.report(), [*course.faults, *logs, *wrong]


@contextmanager
def _server(authority: Path) -> Iterator[Team]:
    """Start a server that forgets nothing, which the hosts reach by TLS only; write down whom they trust for that."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="thrumsg-tls-"))
        made = made_certificate(Path(folder), "db.example", HUB)
        shutil.copyfile(made.authority, authority)
        team = stack.enter_context(team_server({**DURABLE, **made.settings}))
        with (team.cluster.folder / "data" / "pg_hba.conf").open("a") as rules:
            rules.write(f"hostssl all all {HUB}/24 trust\n")
        with team.connected() as conn:
            conn.execute("SELECT pg_reload_conf()")
            conn.execute("CREATE ROLE host_c LOGIN IN ROLE thrumsg_app, thrumsg_host")
        yield team


def _branch(host: Host, folder: Path, office: Office, authority: Path, args: argparse.Namespace) -> Branch:
    nth = list(ROLES).index(host.name)
    address = ServerAddress(f"postgresql://{ROLES[host.name]}@{HUB}/thrumsg?sslrootcert={authority}")
    desk = Desk(folder, address, host.inside, office.people, office.senders)
    program = ["-c", NAIVE] if args.harm == "naive" else ["-m", "thrumsg_tui"]
    deliver = [*program, "deliver", "--wait"]
    listen = ["-m", "thrumsg_tui", "listen", "--host", host.address, "--port", str(LISTENER_PORT), "--i-have-a-proxy"]
    return Branch(
        host,
        desk,
        office.admins[nth * args.apps : (nth + 1) * args.apps],
        [listen] if host.name == "host-c" else [deliver],
        Random(f"{args.seed} {host.name}"),
        pace=args.pace,
        commands=args.apps > 0,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.endurance.hosts", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--people", type=int, default=10_000, help="contacts")
    parser.add_argument("--apps", type=int, default=2, help="open apps on each host")
    parser.add_argument("--pace", type=float, default=2.0, help="seconds between two keys of somebody")
    parser.add_argument("--faults", type=float, default=2.0, help="per cent of misbehaviour of the carrier")
    parser.add_argument("--wait", type=float, default=15.0, help="seconds until the carrier is asked after a doubt")
    parser.add_argument("--server-kills", type=int, default=2)
    parser.add_argument("--host-losses", type=int, default=1)
    parser.add_argument("--cuts", type=int, default=1, help="how often the link of the active host is cut")
    parser.add_argument("--cut-for", type=float, default=30.0, help="seconds until it is back")
    parser.add_argument("--harm", choices=("naive",), help="make it wrong, to see that it is found")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

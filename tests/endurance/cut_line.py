"""A host whose line is cut while it hands over a message: `python -m tests.endurance.cut_line`.

The call fails, and soon nothing of it may be left in the host: when the line is back, the system would send it, long
after the message was looked for at the carrier and sent again (docs/rules.md 10.2).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep

from tests.carrier.__main__ import ACCOUNT
from tests.carrier.running import Carrier, running_carrier
from tests.endurance.network import HUB, Host, enter_own_network, network

OURS, PORT = "+14155550100", 8438
PATIENCE = 60

_HANDS_OVER = """
import sys
from thrumsg_tui.gateway.secret import Secret
from thrumsg_tui.gateway.twilio.http import Http, NobodyKnows

url, account, ours = sys.argv[1:]
http = Http(url, user=account, password=Secret("token"), read_seconds=1)
print(http.get(f"/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json").status, flush=True)
sys.stdin.readline()
try:
    http.post(f"/2010-04-01/Accounts/{account}/Messages.json", [("To", "+14152000001"), ("From", ours), ("Body", "Hi")])
except NobodyKnows:
    print("nobody knows", flush=True)
"""


def main() -> int:
    """Run it, and return 1 if the message is still on its way."""
    enter_own_network("tests.endurance.cut_line")
    with tempfile.TemporaryDirectory() as folder, network("host-a") as [host]:
        options = ("--host", "0.0.0.0", "--port", str(PORT), "--number", OURS)
        with running_carrier(Path(folder) / "carrier.log", *options) as carrier:
            _cut(host)
            left = _left(host)
            host.join()
            return _judged(left, carrier)


def _cut(host: Host) -> None:
    """Cut the line once there is a connection, and let the message be handed over."""
    command = [*host.inside, sys.executable, "-c", _HANDS_OVER, f"http://{HUB}:{PORT}", ACCOUNT, OURS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "200\n"
        host.cut()
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "nobody knows\n"


def _left(host: Host) -> list[str]:
    """Wait until the host has nothing to send to the carrier any more; return what it has even then."""
    end = monotonic() + PATIENCE
    while (left := host.connections(PORT)) and monotonic() < end:
        sleep(0.05)
    return left


def _judged(left: list[str], carrier: Carrier) -> int:
    sys.stdout.write(f"{len(left)} connections are left; the carrier took {len(carrier.accepted())} messages\n")
    return int(bool(left or carrier.accepted()))


if __name__ == "__main__":
    sys.exit(main())

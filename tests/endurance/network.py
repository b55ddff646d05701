"""Hosts that are network namespaces, on one bridge: real links that can be cut, and names of their own.

Everything is in a network of the program's own, so nothing meets the machine's and nothing is left of it afterwards.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

HUB = "10.77.0.1"
"""The address of the machine with the bridge, where the server and the carrier are."""

_INSIDE = "THRUMSG_TEST_NETWORK"
_TOOLS = ("ip", "unshare", "nsenter", "hostname")
_PATIENCE = 60
_BE_A_HOST = 'hostname "$0" && ip link set lo up && echo ready && exec cat'
"""Says when it is there, and ends with whoever has begun it."""


def missing_tools() -> str:
    """Return which programs are missing, an empty text if all are there."""
    return ", ".join(tool for tool in _TOOLS if not shutil.which(tool))


def why_not() -> str:
    """Return why there can be no namespaces here, an empty text if there can."""
    if missing := missing_tools():
        return f"not installed: {missing}; scripts/install_test_tools.sh iproute2 gets ip, the others are Debian's own"
    if os.geteuid():
        return "network namespaces need root"
    tried = subprocess.run(["unshare", "--net", "--uts", "true"], capture_output=True, text=True, check=False)
    return f"network namespaces are not allowed here: {tried.stderr.strip()}" if tried.returncode else ""


def enter_own_network(module: str) -> None:
    """Begin this program again in a network of its own, unless it is there already."""
    if os.environ.get(_INSIDE) != "1":
        command = ["unshare", "--net", sys.executable, "-m", module, *sys.argv[1:]]
        os.execvpe(command[0], command, {**os.environ, _INSIDE: "1"})


class Host:
    """A host of the network.

    Args:
        name: What it is called.
        nth: Which one it is.
    """

    def __init__(self, name: str, nth: int) -> None:
        self.name, self.address = name, f"10.77.0.{11 + nth}"
        command = ["unshare", "--net", "--uts", "sh", "-c", _BE_A_HOST, name]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._holder.stdout
        assert self._holder.stdout.readline() == "ready\n"
        self._namespace = Path(f"/proc/{self._holder.pid}/ns/net").readlink()
        _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", self._holder.pid)
        _ip("link", "set", name, "master", "bridge", "up")
        _ip("address", "add", f"{self.address}/24", "dev", "eth0", inside=self.inside)
        _ip("link", "set", "eth0", "up", inside=self.inside)

    @property
    def inside(self) -> tuple[str, ...]:
        """The words before a command that runs there; the command has the process of these words."""
        nsenter = shutil.which("nsenter") or "nsenter"
        return nsenter, "--target", str(self._holder.pid), "--net", "--uts"

    def cut(self) -> None:
        """Cut its link: nothing leaves it any more, not even the end of a connection."""
        _ip("link", "set", self.name, "down")

    def join(self) -> None:
        """Put its link back."""
        _ip("link", "set", self.name, "up")

    def kill_everything(self) -> int:
        """Kill all that runs there, and what it has begun meanwhile; return how many processes that were."""
        killed = set[int]()
        while found := self._processes() - killed:
            for pid in found:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            killed |= found
        return len(killed)

    def _processes(self) -> set[int]:
        found = set[int]()
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended
                if (entry / "ns" / "net").readlink() == self._namespace:
                    found.add(int(entry.name))
        return found - {self._holder.pid}

    def connections(self, port: int) -> list[str]:
        """Return what its system knows of connections to a port of another host, also of processes that have ended."""
        lines = Path(f"/proc/{self._holder.pid}/net/tcp").read_text().splitlines()[1:]
        return [line for line in lines if line.split()[2].endswith(f":{port:04X}")]

    def close(self) -> None:
        """End it, and all that runs there."""
        self.kill_everything()
        self._holder.kill()
        self._holder.communicate()


@contextmanager
def network(*names: str) -> Iterator[list[Host]]:
    """Make a bridge, and hosts on it."""
    _ip("link", "set", "lo", "up")
    _ip("link", "add", "bridge", "type", "bridge")
    _ip("address", "add", f"{HUB}/24", "dev", "bridge")
    _ip("link", "set", "bridge", "up")
    hosts: list[Host] = []
    try:
        for nth, name in enumerate(names):
            hosts.append(Host(name, nth))
        yield hosts
    finally:
        for host in hosts:
            host.close()


def _ip(*words: object, inside: Sequence[str] = ()) -> None:
    done = subprocess.run(
        [*inside, "ip", *map(str, words)], capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    assert done.returncode == 0, f"ip {words}: {done.stderr}"

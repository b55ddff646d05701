"""An OpenSSH server on the loopback, as the account that runs the tests, which allows whatever a server can allow.

So what a session may not do is refused by the line of its key and by thrumsg, not by the settings of the server.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.free_ports import free_port

PROGRAM = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/local/bin")
SFTP = next((path for path in ("/usr/lib/openssh/sftp-server", "/usr/libexec/sftp-server") if Path(path).exists()), "")
PATIENCE = 60.0
_A_TURN = 0.02

_SETTINGS = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/ssh/authorized_keys
StrictModes no
UsePAM no
UseDNS no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
AllowAgentForwarding yes
X11Forwarding yes
PermitTunnel yes
PermitUserRC yes
PermitUserEnvironment yes
AcceptEnv *
SetEnv XDG_STATE_HOME={folder}/state XDG_DATA_HOME={folder}/data
MaxStartups 200
MaxSessions 200
Subsystem sftp {sftp}
"""
"""The folder of a test is open to others on its way, which strict modes would not take; so are their files in it."""


def is_installed() -> bool:
    """Whether server, client and key maker are there."""
    return bool(PROGRAM and SFTP and shutil.which("ssh") and shutil.which("ssh-keygen"))


def make_folder_of_root() -> None:
    """Make the folder in which root's servers shut themselves in: a machine that has started none has none."""
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command."""

    code: int
    out: str
    err: str


class Server:
    """The server, and the people who come to it, each with keys of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sockets = TemporaryDirectory(prefix="ssh-")  # the path of a socket must be short
        self.keys_file = folder / "ssh" / "authorized_keys"
        self.log = folder / "sshd.log"
        self.port = free_port()
        make_key(folder / "host")
        (folder / "sshd_config").write_text(_SETTINGS.format(port=self.port, folder=folder, sftp=SFTP))
        make_folder_of_root()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(PROGRAM), "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log, stdin=subprocess.DEVNULL
            )
        self._wait_until_it_listens()

    def stop(self) -> None:
        """End the server. Sessions end with their clients."""
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._sockets.cleanup()

    def client(self, key: str, *options: str, program: str = "ssh", shared: bool = False) -> list[str]:
        """The beginning of a client's command line; `shared` lets calls with one key share a connection."""
        known = (
            *("-F", "none", "-i", str(self.folder / key)),
            *("-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
            *("-o", "LogLevel=ERROR", "-o", "BatchMode=yes", "-o", f"Port={self.port}"),
        )
        connection = f"{self._sockets.name}/{key}"
        master = ("-o", "ControlMaster=auto", "-o", f"ControlPath={connection}", "-o", "ControlPersist=60")
        return [shutil.which(program) or program, *known, *(master if shared else ("-o", "ControlPath=none")), *options]

    @property
    def host(self) -> str:
        """Where the clients go."""
        return f"{getuser()}@127.0.0.1"

    def run(
        self,
        key: str,
        command: str | None,
        *options: str,
        piped_in: str = "",
        shared: bool = True,
        **environment: str,
    ) -> Done:
        """Come with a key, and ask for a command; None asks for none, without a terminal."""
        words = self.client(key, "-T", *options, "--", self.host, shared=shared)
        return done(words if command is None else [*words, command], piped_in, environment)

    def leave(self, *keys: str) -> None:
        """Close the shared connections."""
        for key in keys:
            done([*self.client(key, "-O", "exit", shared=True), self.host])

    def _wait_until_it_listens(self) -> None:
        limit = monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), PATIENCE).close()
            except OSError:
                if self._process.poll() is not None or monotonic() > limit:
                    raise AssertionError(f"sshd does not listen: {self.log.read_text()}") from None
                sleep(_A_TURN)
            else:
                return


def make_key(file: Path) -> Path:
    """Make a pair of keys without a passphrase; return the public one."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", file.name, "-f", str(file)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return file.with_name(f"{file.name}.pub")


def done(words: list[str], piped_in: str = "", environment: dict[str, str] | None = None) -> Done:
    """Run a client to its end."""
    result = subprocess.run(
        words,
        input=piped_in.encode(),
        capture_output=True,
        env=os.environ | (environment or {}),
        timeout=PATIENCE,
        check=False,
    )
    return Done(result.returncode, result.stdout.decode("utf-8", "replace"), result.stderr.decode("utf-8", "replace"))


def running(database: Path) -> list[int]:
    """The processes of thrumsg that have a database on their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if os.fsencode(database) in words and os.fsencode(sys.executable) in words[0]:
            found.append(int(entry.name))
    return found

"""PostgreSQL for the tests: clusters of their own, made of the installed binaries and gone when the tests end.

`shared_cluster` is one cluster for a whole run, whose workers share it; the guardian of the run (`python -m
tests.postgres_server FOLDER`) stops it when the last of them has ended, however that ended. A test that stops or kills
its server has a cluster of its own: `own_cluster`.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote
from uuid import uuid4

from tests.outside_tools import require_tool

ROOT = Path(__file__).parent.parent
PATIENCE = 60
"""Seconds after which a server that has not started, or not stopped, has failed."""

USER = "thrumsg"
"""The role to which the cluster belongs; it needs no password."""

_FAST: Mapping[str, str] = {
    "autovacuum": "off",  # nothing lives long enough, and it would have a database open that is to be copied
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "max_connections": "300",
    "max_wal_senders": "0",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}
"""Settings with which nothing survives a power cut, nor has to."""


def binaries() -> Path | None:
    """Return the folder of the server's programs: that of the PATH, else the newest of Debian's; None if there is none.

    Debian keeps them out of the PATH, since several versions may be installed.
    """
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    return newest and newest.parent


_NO_ICU = re.compile(r"ICU is not supported|locale-provider")
"""What `initdb` says that was built without ICU, or is older than 15."""


class Cluster:
    """A cluster in a folder of its own; its socket is there too, so clusters never want the same port.

    Args:
        folder: Where it lies; it must exist.
        settings: What to set besides, or otherwise.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._data = folder / "data"
        own = {"listen_addresses": "", "unix_socket_directories": str(folder)}
        self._settings = {**_FAST, **own, **(settings or {})}
        self._binaries = binaries()

    def create(self, *options: object) -> None:
        """Make it, with more options of `initdb`; texts sort as nobody wants them unless a column says how.

        Without options it is a copy of one that this run has made before, which takes a tenth of the time.
        """
        self.own(self.folder)
        self.folder.chmod(0o755)
        if options:
            self._make(self._data, *options)
            return
        run = _folder_of_run()
        with _locked(run / "making", fcntl.LOCK_EX):
            if not (run / "made").exists():
                self.own(run)
                shutil.rmtree(run / "begun", ignore_errors=True)
                self._make(run / "begun")
                (run / "begun").rename(run / "made")
        with (self.folder / "programs.log").open("a") as log:
            _check(["cp", "-pPR", str(run / "made"), str(self._data)], log, **_as_account())

    def _make(self, data: Path, *options: object) -> None:
        try:
            self.run(
                *("initdb", "-D", data, "-U", USER, "--auth=trust", "--no-sync", "--encoding=UTF8"),
                *("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=und", *options),
            )
        except AssertionError as failed:
            lacks_icu = _NO_ICU.search(str(failed)) is not None
            require_tool("postgresql", is_there=not lacks_icu, what="PostgreSQL 15 or newer, built with ICU,")
            raise

    def own(self, folder: Path) -> None:
        """Give a folder to the account of the server."""
        shutil.chown(folder, *_account())

    def start(self) -> None:
        """Start it, and wait until it can be used."""
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        self.run("pg_ctl", "-D", self._data, "-l", self.folder / "log", "-t", PATIENCE, "-w", "-o", options, "start")

    def add_role(self, name: str) -> None:
        """Make a role to which others may belong; a superuser belongs to every one."""
        self.run("createuser", "-h", self.folder, "-U", USER, "--no-login", name)

    def stop(self, mode: str = "fast") -> None:
        """Stop it, and wait until it has ended; `immediate` is as if it had crashed."""
        self.run("pg_ctl", "-D", self._data, "-t", PATIENCE, "-w", "-m", mode, "stop")

    def is_running(self) -> bool:
        """Whether it runs."""
        return bool(self._binaries) and (self._data / "postmaster.pid").exists()

    def address(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{USER}@/{quote(database)}?host={quote(str(self.folder), safe='')}"

    def run(self, program: str, *arguments: object) -> None:
        """Run one of its programs, as another user if root runs the tests, since the server refuses to be root's."""
        require_tool("postgresql", is_there=self._binaries is not None)
        with (self.folder / "programs.log").open("a") as log:
            _check(
                [str(self._binaries and self._binaries / program), *map(str, arguments)],
                log,
                cwd=self.folder,
                env={**os.environ, "LC_MESSAGES": "C"},
                start_new_session=True,  # Ctrl+C in the terminal of the tests is not for it
                **_as_account(),
            )


def _check(words: list[str], log: IO[str], **how: Any) -> None:
    """Run a program whose output goes into a file, because a server that it starts keeps its output open."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=PATIENCE, **how, check=False)
    assert done.returncode == 0, Path(log.name).read_text()


def _account() -> tuple[int, int]:
    """Return the user and the group whose server it is."""
    if os.geteuid():
        return os.geteuid(), os.getegid()
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return account.pw_uid, account.pw_gid


def _as_account() -> dict[str, Any]:
    user, group = _account()
    return {} if os.geteuid() else {"user": user, "group": group, "extra_groups": []}


@contextmanager
def own_cluster(settings: Mapping[str, str] | None = None, *options: object) -> Iterator[Cluster]:
    """Give a cluster to one test, which may stop it, kill it and start it again; with more options of `initdb`."""
    require_tool("postgresql", is_there=binaries() is not None)
    with _short_folder() as folder:
        cluster = Cluster(folder, settings)
        cluster.create(*options)
        cluster.start()
        try:
            yield cluster
        finally:
            if cluster.is_running():
                cluster.stop("immediate")


@contextmanager
def _short_folder() -> Iterator[Path]:
    """Give a folder whose path leaves room for the name of a socket, which may have 107 bytes with it."""
    folder = Path(tempfile.mkdtemp(prefix="thrumsg-postgres-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _folder_of_run() -> Path:
    """Return the folder of what the processes of this run of the tests share.

    Whoever uses it holds a lock on a file, which ends with their process. The guardian waits for that lock.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or os.environ.setdefault("THRUMSG_TEST_RUN", uuid4().hex)
    folder = Path("/tmp") / f"thrumsg-postgres-{run}"
    folder.mkdir(exist_ok=True)
    _held.append(_locked(folder / "users", fcntl.LOCK_SH))
    with _locked(folder / "guarding", fcntl.LOCK_EX):
        if not (folder / "guardian.log").exists():
            guardian = [sys.executable, "-m", "tests.postgres_server", str(folder)]
            with (folder / "guardian.log").open("a") as log:
                _check(guardian, log, cwd=ROOT, start_new_session=True)
    return folder


@cache
def shared_cluster() -> Cluster:
    """Return the cluster of this run of the tests; the first who asks starts it."""
    require_tool("postgresql", is_there=binaries() is not None)
    folder = _folder_of_run()
    cluster = Cluster(folder)
    with _locked(folder / "starting", fcntl.LOCK_EX):
        if not cluster.is_running():
            cluster.create()
            cluster.start()
            cluster.add_role("thrumsg_host")  # so people are known by their logins on this host, as with a file
    return cluster


_held: list[IO[str]] = []
"""The file whose lock says that this process uses the cluster."""


def _locked(path: Path, how: int) -> IO[str]:
    file = path.open("a")
    fcntl.flock(file, how)
    return file


def _guard(folder: Path) -> None:
    """Return at once, and leave a process behind that stops the cluster when nobody uses it any more."""
    if os.fork():
        return
    with _locked(folder / "users", fcntl.LOCK_EX):
        cluster = Cluster(folder)
        if cluster.is_running():
            cluster.stop("immediate")
        shutil.rmtree(folder)


if __name__ == "__main__":
    _guard(Path(sys.argv[1]))

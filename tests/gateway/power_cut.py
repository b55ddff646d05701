"""A power cut under a real `thrumsg deliver`: what was written, but not forced to the disk, may be lost.

The deliverer is halted, its files are copied as they are at that moment, and it is killed. Of the copied write-ahead
log an end of random length is cut off, behind the last commit that was forced to the disk: of what comes after, a disk
may have everything, nothing, or half of a page. The copy then takes the place of the database.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from random import Random
from shutil import copyfile

NOTING = """
import os
import sys
from thrumsg_tui.cli.main import main
from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine

forced, files = {}, {}

def begin_write(self, conn, *, durable, scratch, on_wait):
    forced[id(conn)] = durable
    return begin(self, conn, durable=durable, scratch=scratch, on_wait=on_wait)

def commit(self, conn):
    finish(self, conn)
    if not forced.pop(id(conn)):
        return
    if not files:  # never closed: with a file, all locks of its process would go
        files["index"] = os.open(f"{self.location}-shm", os.O_RDONLY)
        files["note"] = os.open(f"{self.location}.forced", os.O_WRONLY | os.O_CREAT, 0o600)
    index = os.pread(files["index"], 48, 0)
    os.pwrite(files["note"], index[16:20] + index[32:40], 0)

begin, finish = SqliteEngine.begin_write, SqliteEngine.commit
SqliteEngine.begin_write, SqliteEngine.commit = begin_write, commit
"""
"""Notes after each commit that is forced to the disk how many frames the log has by then, and its salt."""

PROGRAM = f"{NOTING}\nsys.exit(main(sys.argv[1:]))\n"
"""A deliverer whose power may be cut."""

CARELESS = f"""{NOTING}
from contextlib import contextmanager
from thrumsg_tui.store.database import Database

@contextmanager
def careless(self, *, durable=True):
    with writing(self, durable=False) as tx:
        yield tx

writing, Database.writing = Database.writing, careless
sys.exit(main(sys.argv[1:]))
"""
"""One that forces nothing to the disk, not even the claim of a message that it then hands over."""

_HEADER, _FRAME_HEADER = 32, 24
"""Bytes of the log, and of each frame before its page."""


def cut_power(database: Path, process: subprocess.Popen[bytes], chance: Random) -> None:
    """End a deliverer as a power cut does, and leave the database as the disk has it."""
    os.kill(process.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    log, index = Path(f"{database}-wal"), Path(f"{database}-shm")
    kept = [each for each in (database, log) if each.exists()]  # it may not have opened the database yet
    for each in kept:
        copyfile(each, _copy_of(each))
    if log in kept:
        _lose_an_end(_copy_of(log), index.read_bytes(), Path(f"{database}.forced"), chance)
    process.kill()
    process.wait()
    for each in (database, log, index):
        each.unlink(missing_ok=True)
    for each in kept:
        _copy_of(each).rename(each)


def _copy_of(file: Path) -> Path:
    return file.with_name(f"cut-{file.name}")


def _lose_an_end(log: Path, index: bytes, forced: Path, chance: Random) -> None:
    """Cut off what the disk may not have."""
    content = log.read_bytes()
    salt = content[16:24]
    if salt != index[32:40]:  # all of it is in the database itself, and a new log is about to begin
        return
    size = _FRAME_HEADER + int.from_bytes(content[8:12], "big")
    frames = 0
    while content[(at := _HEADER + frames * size + 8) : at + 8] == salt:
        frames += 1
    certain = int.from_bytes(index[128:132], "little")  # what is moved into the database was forced before
    noted = forced.read_bytes() if forced.exists() else b""
    if noted[4:] == salt:
        certain = max(certain, int.from_bytes(noted[:4], "little"))
    os.truncate(log, _HEADER + chance.randint(certain * size, max(certain, frames) * size))

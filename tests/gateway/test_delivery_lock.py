"""One process delivers (docs/rules.md 10.1)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from thrumsg_tui.domain.errors import DatabaseUnusable, Refused
from thrumsg_tui.gateway.delivery_lock import DeliveryLock

HOLD = """
import sys
from pathlib import Path
from thrumsg_tui.gateway.delivery_lock import DeliveryLock
print(DeliveryLock(Path(sys.argv[1])).acquire(), flush=True)
sys.stdin.read()
"""


def test_a_lock_is_held_until_its_process_ends_however_that_is(tmp_path: Path) -> None:
    path = tmp_path / "thrumsg.db"
    words = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        lock = DeliveryLock(path)
        assert not lock.acquire()
        assert lock.holder().startswith(f"process {other.pid}, since ")
        with pytest.raises(Refused, match=f"delivered already: process {other.pid}, since"), lock:
            pass
        other.kill()
        other.wait()
    assert lock.acquire()
    lock.release()
    assert DeliveryLock(path).acquire()


def test_every_path_to_a_file_has_the_same_lock(tmp_path: Path) -> None:
    real, link = tmp_path / "thrumsg.db", tmp_path / "link.db"
    real.touch()
    link.symlink_to(real)
    with DeliveryLock(link):
        assert not DeliveryLock(real).acquire()


def test_the_file_is_closed_to_others_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "thrumsg.db.deliver.lock"
    with DeliveryLock(tmp_path / "thrumsg.db") as lock:
        assert path.stat().st_mode & 0o777 == 0o600
    assert path.exists()
    assert not lock.is_held
    assert lock.holder() == "another process"


def test_a_file_that_is_removed_or_replaced_locks_no_more(tmp_path: Path) -> None:
    with DeliveryLock(tmp_path / "thrumsg.db") as lock:
        assert lock.is_held
        (tmp_path / "thrumsg.db.deliver.lock").unlink()
        assert not lock.is_held
        with DeliveryLock(tmp_path / "thrumsg.db") as other:
            assert (lock.is_held, other.is_held) == (False, True)


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    (tmp_path / "thrumsg.db.deliver.lock").symlink_to(target)
    with pytest.raises(DatabaseUnusable, match="cannot be opened"):
        DeliveryLock(tmp_path / "thrumsg.db").acquire()
    assert target.read_text() == "precious"

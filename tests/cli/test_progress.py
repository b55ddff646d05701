"""The line that shows how far a command is (docs/rules.md 12.4)."""

from __future__ import annotations

import sys
from threading import enumerate as enumerate_threads
from time import monotonic, sleep

import pytest

from tests.tui.office import PATIENCE
from thrumsg_tui.cli.progress import shown_progress


def until(capsys: pytest.CaptureFixture[str], wanted: str) -> str:
    """Return what is written to standard error until it ends with a text."""
    written, deadline = "", monotonic() + PATIENCE
    while not written.endswith(wanted):
        assert monotonic() < deadline, written
        sleep(0.01)
        written += capsys.readouterr().err
    return written


def sit_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let standard error be a terminal."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)


def test_a_person_sees_how_far_it_is_and_then_nothing_of_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_at_a_terminal(monkeypatch)
    with shown_progress("Moving") as progress:
        progress(500, 2000)
        assert until(capsys, "\x1b[K") == "\rMoving: 25 % of 2,000 rows\x1b[K"
        progress.then("Checking the copy", "tables")(3, 4)
        written = until(capsys, "tables\x1b[K")
        assert written.endswith("\rChecking the copy: 75 % of 4 tables\x1b[K")
    assert capsys.readouterr().err.endswith("\r\x1b[K")


def test_work_whose_length_nobody_knows_counts_its_seconds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_at_a_terminal(monkeypatch)
    with shown_progress("Searching"):
        assert until(capsys, "Searching ...\x1b[K") == "\rSearching ...\x1b[K"
        assert until(capsys, "Searching: 1 s\x1b[K")


def test_a_line_that_does_not_fit_is_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    sit_at_a_terminal(monkeypatch)
    monkeypatch.setenv("COLUMNS", "20")
    with shown_progress("Moving") as progress:
        progress(500, 2000)
        assert until(capsys, "\x1b[K") == "\rMoving: 25 % of 2,0\x1b[K"


def test_work_that_is_done_at_once_and_work_of_a_script_say_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with shown_progress("Moving") as progress:
        progress(500, 2000)
        assert "progress" not in {thread.name for thread in enumerate_threads()}
    sit_at_a_terminal(monkeypatch)
    with shown_progress("Moving") as progress:
        progress(500, 2000)
    assert capsys.readouterr().err == ""

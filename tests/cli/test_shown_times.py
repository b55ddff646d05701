"""The form of times in what commands print for a person, as `config.toml` has it (docs/rules.md 12.1)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import MARIA, Shell
from tests.cli.triaging import NOW as NOW_ASKED
from tests.cli.triaging import triaging
from thrumsg_tui.cli.shown_times import ShownTimes
from thrumsg_tui.domain.preferences import Dates

NOW = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
TODAY, ON_SUNDAY, LONG_AGO = NOW - timedelta(hours=8), NOW - timedelta(days=2), NOW - timedelta(days=40)


@pytest.mark.parametrize(
    ("dates", "moments", "ages"),
    [
        (None, ["2026-03-03 10:00", "2026-03-01 18:00", "2026-01-22 18:00"], ["8 h", "Sun", "22 Jan"]),
        (Dates.RELATIVE, ["8 h", "Sun", "22 Jan"], ["8 h", "Sun", "22 Jan"]),
        (Dates.CLOCK, ["10:00", "Sun 18:00", "22 Jan"], ["10:00", "Sun 18:00", "22 Jan"]),
        (Dates.ISO, ["2026-03-03 10:00", "2026-03-01 18:00", "2026-01-22 18:00"], None),
    ],
)
def test_moments_have_the_configured_form_else_they_are_in_full(
    dates: Dates | None, moments: list[str], ages: list[str] | None
) -> None:
    times = ShownTimes(dates, NOW)
    assert [times.moment(at, UTC) for at in (TODAY, ON_SUNDAY, LONG_AGO)] == moments
    assert [times.age(at, UTC) for at in (TODAY, ON_SUNDAY, LONG_AGO)] == (ages or moments)


def test_a_thread_names_each_day_once_unless_its_times_are_in_full() -> None:
    minute_later = TODAY + timedelta(minutes=1)
    for dates in (Dates.RELATIVE, Dates.CLOCK):
        times = ShownTimes(dates, NOW)
        assert times.in_thread(ON_SUNDAY, UTC, None) == ("Sun 1 March", "18:00")
        assert times.in_thread(TODAY, UTC, ON_SUNDAY) == ("Today", "10:00")
        assert times.in_thread(minute_later, UTC, TODAY) == ("", "10:01")
    for in_full in (None, Dates.ISO):
        assert ShownTimes(in_full, NOW).in_thread(TODAY, UTC, ON_SUNDAY) == ("", "2026-03-03 10:00")


LISTINGS = ("conversations Spring", "thread 1", "history", "opt-outs", "unmatched", f"lookup {MARIA}")


@pytest.fixture
def worked(spring: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Maria has written and is opted out, and so has somebody whom nobody knows."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    spring.done("receive", "--from", MARIA, "--body", "Where?", "--at", "2026-03-03T10:00")
    spring.done("receive", "--from", "+14155550199", "--body", "Who?", "--at", "2026-03-03T10:00")
    spring.done("opt-out", MARIA)
    return spring


def configure(folder: Path, text: str) -> None:
    file = folder / "config" / "thrumsg" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


IN_FULL = re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d\b")


def test_listings_thread_and_history_follow_the_configuration(worked: Shell, tmp_path: Path) -> None:
    """Whether a time is in full tells which form it has, whatever the day is on which the tests run."""
    as_it_was = {words: bool(IN_FULL.search(worked.done(*words.split()))) for words in LISTINGS}
    assert [words for words, in_full in as_it_was.items() if not in_full] == ["conversations Spring"]
    configure(tmp_path, '[look]\ndates = "iso"\n')
    assert [words for words in LISTINGS if not IN_FULL.search(worked.done(*words.split()))] == []
    configure(tmp_path, '[look]\ndates = "relative"\n')
    own = [words for words in LISTINGS if not words.startswith("lookup")]  # it has sentences
    assert [words for words in own if IN_FULL.search(worked.done(*words.split()))] == []
    assert "-- Today --" in worked.done("thread", 1)
    assert "UTC" not in worked.done("unmatched")


def test_triage_in_plain_lines_follows_it_too(worked: Shell, tmp_path: Path) -> None:
    worked.done("opt-in", MARIA)
    configure(tmp_path, '[look]\ndates = "clock"\n')
    with triaging(worked.location) as walk:
        shown = walk.until(NOW_ASKED)
    assert "-- Today --" in shown
    assert not IN_FULL.search(shown)


def test_scripts_have_the_same_times_whatever_is_configured(worked: Shell, tmp_path: Path) -> None:
    before = [worked.json(*words.split()) for words in LISTINGS]
    configure(tmp_path, '[look]\ndates = "relative"\n')
    assert json.dumps([worked.json(*words.split()) for words in LISTINGS]) == json.dumps(before)


def test_a_wrong_configuration_leaves_times_as_they_are(worked: Shell, tmp_path: Path) -> None:
    configure(tmp_path, '[look]\ndates = "never"\n[keys]\nnothing = "x"\n')
    assert IN_FULL.search(worked.done("history"))
    configure(tmp_path, "[look")
    assert IN_FULL.search(worked.done("history"))

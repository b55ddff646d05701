"""Whether an opt-in word still counts (docs/rules.md 5.5)."""

from datetime import UTC, datetime, timedelta

import pytest

from thrumsg_tui.domain.consent import Wish, is_outdated

NOW = datetime(2026, 11, 2, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
YEAR = timedelta(days=365)


def wish(written: timedelta, came: timedelta = -HOUR) -> Wish:
    return Wish(NOW + written, NOW + came)


@pytest.mark.parametrize(
    ("stamp", "stopped", "expected"),
    [
        (-5 * HOUR, -3 * HOUR, True),
        (-2 * HOUR, -3 * HOUR, False),
        (None, -3 * HOUR, False),
        (None, HOUR, True),  # a carrier's clock that runs ahead of ours
        (HOUR, 2 * HOUR, True),
        (3 * HOUR, 2 * HOUR, False),
        (-3 * HOUR, -3 * HOUR, True),  # whole seconds say nothing about the order
        (None, timedelta(0), False),  # both without a stamp: as they came
        (YEAR, YEAR + HOUR, True),  # both by a clock that is years ahead
    ],
)
def test_an_opt_in_word_counts_if_it_is_newer_than_the_opt_out(
    stamp: timedelta | None, stopped: timedelta, expected: bool
) -> None:
    assert is_outdated(None if stamp is None else NOW + stamp, wish(stopped), NOW) is expected


@pytest.mark.parametrize("stamp", [None, timedelta(0)])
def test_a_clock_that_is_years_ahead_keeps_nobody_out_for_longer_than_a_day(stamp: timedelta | None) -> None:
    at = None if stamp is None else NOW + stamp
    assert is_outdated(at, wish(10 * YEAR, came=-23 * HOUR), NOW)
    assert not is_outdated(at, wish(10 * YEAR, came=-25 * HOUR), NOW)


def test_an_old_opt_out_holds_against_older_words_however_late_they_come() -> None:
    assert is_outdated(NOW - YEAR - HOUR, wish(-YEAR, came=-YEAR), NOW)

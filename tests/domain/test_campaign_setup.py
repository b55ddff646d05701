"""A campaign's setup as somebody types it (docs/rules.md 6.1 to 6.3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.campaign_setup import check_setup, read_setup
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.enums import HoursIn
from thrumsg_tui.domain.hours import DailyHours

TYPED = {
    "name": " Autumn ",
    "script": " Hi %first_name% ",
    "description": " Doors ",
    "timezone": "America/New_York",
    "opens": "9:00",
    "closes": "21:00",
    "hours_in": "contact",
    "starts": "2026-11-01",
    "ends": " 2026-11-03 ",
    "quicksend": "yes",
}


def test_what_is_typed_is_read() -> None:
    assert check_setup(TYPED) == {}
    assert read_setup(TYPED) == Setup(
        name="Autumn",
        initial_script=" Hi %first_name% ",
        hours=DailyHours("America/New_York", 9 * 60, 21 * 60),
        description="Doors",
        hours_in=HoursIn.CONTACT,
        starts=date(2026, 11, 1),
        ends=date(2026, 11, 3),
        quicksend=True,
    )


def test_what_may_be_left_out() -> None:
    few = {key: TYPED[key] for key in ("name", "script", "timezone", "opens", "closes")}
    setup = read_setup(few)
    assert (setup.description, setup.hours_in, setup.quicksend) == ("", HoursIn.CAMPAIGN, False)
    assert (setup.starts, setup.ends) == (None, None)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": " "}, "name", "needs a name"),
        ({"name": "Spring"}, "name", "of that name already"),
        ({"script": "\n "}, "script", "needs a first message"),
        ({"script": "\u200b"}, "script", "needs a first message"),
        ({"timezone": "Mars"}, "timezone", "not a known time zone"),
        ({"timezone": ""}, "timezone", "not a known time zone"),
        ({"timezone": "../etc"}, "timezone", "not a known time zone"),
        ({"opens": "25:00"}, "opens", "not a time of day"),
        ({"closes": "soon"}, "closes", "not a time of day"),
        ({"closes": "9:00"}, "closes", "not after opening time"),
        ({"closes": "8:00", "timezone": "Mars"}, "closes", "not after opening time"),
        ({"starts": "3 March"}, "starts", "not a date"),
        ({"ends": "2026-02-30"}, "ends", "not a date"),
        ({"ends": "2026-10-31"}, "ends", "before the start date"),
        ({"hours_in": "mine"}, "hours_in", "neither campaign nor contact"),
        ({"quicksend": "perhaps"}, "quicksend", "neither yes nor no"),
    ],
)
def test_each_wrong_field_has_its_sentence(typed: dict[str, str], field: str, sentence: str) -> None:
    wrong = check_setup(TYPED | typed, {"Spring"})
    assert sentence in wrong[field]
    assert wrong.keys() <= typed.keys()


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = check_setup({"opens": "x", "closes": "y", "starts": "z"})
    assert wrong.keys() == {"name", "script", "timezone", "opens", "closes", "starts"}
    with pytest.raises(ValueError, match=r"needs a name.*needs a first message"):
        read_setup({})


@given(st.fixed_dictionaries({key: st.text(max_size=30) | st.just(value) for key, value in TYPED.items()}))
def test_what_nothing_is_wrong_with_is_read_and_what_something_is_not(typed: dict[str, str]) -> None:
    if check_setup(typed):
        with pytest.raises(ValueError, match=r"\w"):
            read_setup(typed)
    else:
        assert read_setup(typed).name == typed["name"].strip()

"""Senders are found by name and by login, and the cursor goes to who was meant (docs/rules.md 2.2)."""

from __future__ import annotations

import pytest

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId, CampaignId
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.sender_search import best_match, search_senders
from thrumsg_tui.domain.users import User, UserId


def sender(id: int, login: str, first: str, *, has_namesake: bool = False) -> Assignment:
    """A sender with nothing."""
    user = User(UserId(id), login, first, "Doe", "", Role.SENDER, has_namesake) if login else None
    return Assignment(AssignmentId(id), CampaignId(1), user, True, False, *[0] * 10)


ROWS = [
    sender(1, "", ""),
    sender(2, "kimberly", "Ann"),
    sender(3, "kd", "Kim", has_namesake=True),
    sender(4, "kim2", "Kim", has_namesake=True),
    sender(5, "una", "Signe"),
]


@pytest.mark.parametrize(
    ("search", "found", "cursor"),
    [
        ("kim", ["kimberly", "kd", "kim2"], "kd"),  # a name comes before a login that is not on the screen
        ("kimb", ["kimberly"], "kimberly"),
        ("KIM2", ["kim2"], "kim2"),
        ("doe (kd", ["kd"], "kd"),
        ("sign", [None, "una"], "una"),
        ("unassigned", [None], None),
    ],
)
def test_a_search_finds_names_and_logins(search: str, found: list[str | None], cursor: str | None) -> None:
    rows = search_senders(ROWS, search)
    assert [row.login for row in rows] == found
    assert rows[best_match(rows, search)].login == cursor


def test_where_nobody_is_found_the_cursor_has_a_place() -> None:
    assert best_match(search_senders(ROWS, "zzz"), "zzz") == 0

"""Who may do what (docs/rules.md 8.1, 8.2)."""

from __future__ import annotations

import pytest

from thrumsg_tui.domain.errors import NotPermitted
from thrumsg_tui.domain.permissions import WEAKEST_ROLE, Permission, Role, needed_role
from thrumsg_tui.domain.users import Identity, User, UserId

MAY = {
    Role.SENDER: {Permission.WORK},
    Role.MODERATOR: {
        Permission.VIEW_ALL,
        Permission.WORK_FOR_OTHERS,
        Permission.SEND_WHILE_CLOSED,
        Permission.REASSIGN,
        Permission.OPT_IN,
        Permission.CHANGE_OPT_OUTS,
        Permission.RECEIVE,
    },
    Role.ADMIN: {
        Permission.RUN_CAMPAIGN,
        Permission.EDIT_CONTENT,
        Permission.MANAGE_PEOPLE,
        Permission.IMPORT,
        Permission.EXPORT,
        Permission.CHANGE_SETTINGS,
        Permission.SETTLE_DOUBTS,
        Permission.RENUMBER,
        Permission.ACT_FOR_OTHERS,
        Permission.MAINTAIN,
        Permission.DELIVER,
    },
    Role.OWNER: {
        Permission.CHANGE_NUMBERS,
        Permission.CHANGE_ROLES,
        Permission.CHANGE_KEYS,
        Permission.CONFIRM_COMPLIANCE,
        Permission.MOVE_DATABASE,
        Permission.PURGE,
    },
}
"""What each role may do that the one before it may not."""


def somebody(role: Role, nth: int = 1) -> User:
    return User(UserId(nth), f"user{nth}", "Kim", "Alvarez", "", role)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(Permission))
def test_each_role_may_do_what_the_one_before_it_may_and_more(role: Role, action: Permission) -> None:
    identity = Identity(somebody(role), somebody(role))
    weakest = next(each for each, actions in MAY.items() if action in actions)
    assert identity.may(action) == (list(Role).index(role) >= list(Role).index(weakest))
    if identity.may(action):
        identity.require(action)
    else:
        with pytest.raises(NotPermitted, match=f"You may not {action}: that needs the role {weakest} or above"):
            identity.require(action)


def test_every_action_has_its_role() -> None:
    assert set(WEAKEST_ROLE) == set(Permission)


def test_the_role_that_is_needed_is_named_as_in_a_sentence() -> None:
    named = [needed_role(each) for each in (Permission.REASSIGN, Permission.IMPORT, Permission.CHANGE_ROLES)]
    assert named == ["a moderator", "an admin", "an owner"]


@pytest.mark.parametrize("user", list(Role))
@pytest.mark.parametrize("actor", list(Role))
def test_acting_for_somebody_gives_nobody_more_than_they_have(user: Role, actor: Role) -> None:
    role = Identity(somebody(user, 1), somebody(actor, 2)).role
    assert role.rank == min(user.rank, actor.rank)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("Kim", "Alvarez", "Kim Alvarez"), ("Kim", "", "Kim"), ("", "", "kim"), (" ", " ", "kim")],
)
def test_somebody_without_a_name_is_called_by_their_login(first: str, last: str, name: str) -> None:
    assert User(UserId(1), "kim", first, last, "", Role.SENDER).name == name

"""Users, their roles, and what each role may do (`docs/rules.md` 8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from thrumsg_tui.domain.errors import NotPermitted
from thrumsg_tui.domain.names import full_name

UserId = NewType("UserId", int)


class Role(StrEnum):
    """The role of a user, weakest first (`docs/rules.md 8.1`)."""

    SENDER = "sender"
    MODERATOR = "moderator"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """The place in the order of roles; 0 is the weakest."""
        return list(Role).index(self)

    def may(self, action: Permission) -> bool:
        """Return whether the role has a permission."""
        return self.rank >= WEAKEST_ROLE[action].rank


class Permission(StrEnum):
    """Something that needs a role; the value completes "You may not …"."""

    WORK = "work conversations"
    WORK_FOR_OTHERS = "work other people's conversations"
    SEND_WHILE_CLOSED = "send messages that wait until a campaign opens"
    VIEW_ALL = "see other people's conversations"
    REASSIGN = "reassign conversations"
    OPT_IN = "opt a number in"
    CHANGE_OPT_OUTS = "change the list of opt-outs"
    RECEIVE = "enter incoming messages"
    RUN_CAMPAIGN = "create or change campaigns"
    EDIT_CONTENT = "edit replies, surveys and follow-ups"
    MANAGE_PEOPLE = "add users or change who is on a campaign"
    IMPORT = "import files"
    EXPORT = "export"
    CHANGE_SETTINGS = "change the organization's settings"
    ACT_FOR_OTHERS = "act for another user"
    CHANGE_ROLES = "change roles"
    MAINTAIN = "repair or back up the database"


WEAKEST_ROLE = {
    Permission.WORK: Role.SENDER,
    Permission.WORK_FOR_OTHERS: Role.MODERATOR,
    Permission.SEND_WHILE_CLOSED: Role.MODERATOR,
    Permission.VIEW_ALL: Role.MODERATOR,
    Permission.REASSIGN: Role.MODERATOR,
    Permission.OPT_IN: Role.MODERATOR,
    Permission.CHANGE_OPT_OUTS: Role.MODERATOR,
    Permission.RECEIVE: Role.MODERATOR,
    Permission.RUN_CAMPAIGN: Role.ADMIN,
    Permission.EDIT_CONTENT: Role.ADMIN,
    Permission.MANAGE_PEOPLE: Role.ADMIN,
    Permission.IMPORT: Role.ADMIN,
    Permission.EXPORT: Role.ADMIN,
    Permission.CHANGE_SETTINGS: Role.ADMIN,
    Permission.ACT_FOR_OTHERS: Role.ADMIN,
    Permission.MAINTAIN: Role.ADMIN,
    Permission.CHANGE_ROLES: Role.OWNER,
}
"""The weakest role that has each permission (`docs/rules.md 8.1`)."""


def needed_role(permission: Permission) -> str:
    """Return the weakest role that has a permission, with its article: "a moderator"."""
    role = WEAKEST_ROLE[permission]
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"


@dataclass(frozen=True, slots=True)
class User:
    """A person with a login."""

    id: UserId
    login: str
    first_name: str
    last_name: str
    email: str
    role: Role

    @property
    def name(self) -> str:
        """First and last name, or the login if both are empty."""
        return full_name(self.first_name, self.last_name) or self.login


@dataclass(frozen=True, slots=True)
class Identity:
    """The user that a change is made as, and the `actor` at the keyboard (`docs/rules.md 8.2`)."""

    user: User
    actor: User

    @property
    def role(self) -> Role:
        """The weaker of both roles, so that `--as` never gives anybody more permissions."""
        return min(self.user.role, self.actor.role, key=lambda role: role.rank)

    def may(self, action: Permission) -> bool:
        """Return whether the role has a permission."""
        return self.role.may(action)

    def require(self, action: Permission) -> None:
        """Raise `NotPermitted` unless the role has a permission."""
        if not self.may(action):
            needed = WEAKEST_ROLE[action]
            raise NotPermitted(
                f"You may not {action}: that needs the role {needed} or above, and {self.user.login} is {self.role}."
            )

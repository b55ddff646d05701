"""Roles, and what each of them may do (`docs/rules.md` 8.1)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The role of a user, weakest first (`docs/rules.md 8.1`)."""

    SENDER = "sender"
    MODERATOR = "moderator"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """The place in the order of roles; 0 is the weakest."""
        return _RANKS[self]

    def may(self, action: Permission) -> bool:
        """Return whether the role has a permission."""
        return self.rank >= WEAKEST_ROLE[action].rank


_RANKS = {role: rank for rank, role in enumerate(Role)}


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
    SETTLE_DOUBTS = "decide about messages in doubt"
    RENUMBER = "text conversations from another of our numbers"
    CHANGE_NUMBERS = "change our numbers"
    CONFIRM_COMPLIANCE = "launch a campaign with open points of compliance"
    PURGE = "remove what people wrote"
    ACT_FOR_OTHERS = "act for another user"
    CHANGE_ROLES = "change roles"
    CHANGE_KEYS = "change whose SSH keys are let in"
    MAINTAIN = "repair or back up the database"
    MOVE_DATABASE = "move the database"
    DELIVER = "deliver messages"


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
    Permission.SETTLE_DOUBTS: Role.ADMIN,
    Permission.RENUMBER: Role.ADMIN,
    Permission.ACT_FOR_OTHERS: Role.ADMIN,
    Permission.MAINTAIN: Role.ADMIN,
    Permission.DELIVER: Role.ADMIN,
    Permission.CHANGE_NUMBERS: Role.OWNER,
    Permission.CONFIRM_COMPLIANCE: Role.OWNER,
    Permission.PURGE: Role.OWNER,
    Permission.CHANGE_ROLES: Role.OWNER,
    Permission.CHANGE_KEYS: Role.OWNER,
    Permission.MOVE_DATABASE: Role.OWNER,
}
"""The weakest role that has each permission (`docs/rules.md 8.1`)."""


def needed_role(permission: Permission) -> str:
    """Return the weakest role that has a permission, with its article: "a moderator"."""
    role = WEAKEST_ROLE[permission]
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"

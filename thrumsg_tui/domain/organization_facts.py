"""Facts that the journal stores about users, our numbers, settings, imports and the database (`docs/rules.md 8.3`).

Each class has the fields that its sentence in `organization_sentences.py` needs: names as they were at the time.
"""

from __future__ import annotations

from thrumsg_tui.domain.difference import Difference
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.frozen_record import FrozenRecord
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.redaction import Ours


class OwnerAdded(FrozenRecord):
    """The database was created, with its first owner."""

    login: str


class UserAdded(FrozenRecord):
    """A user was added."""

    name: str
    login: str
    role: Role


class UserChanged(FrozenRecord):
    """A user's names or email address were changed."""

    login: str
    first_name: Difference | None
    last_name: Difference | None
    email: Difference | None


class RoleChanged(FrozenRecord):
    """A user was given another role."""

    login: str
    role: Role
    was: Role


class KeyAdded(FrozenRecord):
    """An SSH key was let in for a user."""

    login: str
    fingerprint: str
    comment: str


class KeyRemoved(FrozenRecord):
    """An SSH key of a user was shut out."""

    login: str
    fingerprint: str
    comment: str


class SettingValue(FrozenRecord):
    """A setting and its value, as stored."""

    key: str
    value: str


class SettingsChanged(FrozenRecord):
    """Settings of the organization were changed."""

    settings: tuple[SettingValue, ...]


class FileImported(FrozenRecord):
    """A file was imported; the numbers count its rows."""

    what: ImportKind
    file: str
    imported: int
    updated: int
    unchanged: int
    duplicates: int
    rejected: int


class Repaired(FrozenRecord):
    """The doctor corrected stored figures; `mended` has a clause for each."""

    mended: tuple[str, ...]


class BackupRestored(FrozenRecord):
    """The database was replaced by a backup."""

    file: str
    as_of: str | None
    """The moment of the backup's last change in ISO 8601; None if the backup is empty."""
    stranger: str | None
    """The login of the person who restored it, if the backup has no such user."""
    in_doubt: int
    """How many messages may have been sent since the backup."""


class DatabaseMoved(FrozenRecord):
    """Everything in the database came from another one."""

    source: str
    rows: int
    replaced: int
    """In how many texts a NUL, which not every engine stores, became U+FFFD."""


class DatabaseTakenBack(FrozenRecord):
    """The database is in use again, as it was when its contents were moved to another one."""

    target: str


class NumberAdded(FrozenRecord):
    """One of our numbers was added, or its kind or pace was changed."""

    number: Ours
    kind: NumberKind
    mps: float


class NumberStateChanged(FrozenRecord):
    """One of our numbers was stopped, withdrawn or made ready again; `why` is what the person said."""

    number: Ours
    state: NumberState
    was: NumberState
    why: str


class CampaignNumbersChanged(FrozenRecord):
    """A campaign was limited to some of our numbers; without any it uses all."""

    campaign: str
    numbers: tuple[Ours, ...]


class ConversationRenumbered(FrozenRecord):
    """A conversation was given another number of ours; `contact` is their name, `now` None if the claim chooses."""

    contact: str
    was: Ours
    now: Ours | None


class NumberReplaced(FrozenRecord):
    """All conversations of one of our numbers were given others; `now` is None if each got the best for it."""

    was: Ours
    now: Ours | None
    conversations: int


TeamFacts = OwnerAdded | UserAdded | UserChanged | RoleChanged | KeyAdded | KeyRemoved
NumberFacts = NumberAdded | NumberStateChanged | CampaignNumbersChanged | ConversationRenumbered | NumberReplaced
DatabaseFacts = SettingsChanged | FileImported | Repaired | BackupRestored | DatabaseMoved | DatabaseTakenBack

"""What the journal keeps of changes to campaigns, their content, the team, and the database (`docs/rules.md 8.3`).

Each class has what its sentence in `event_sentences.py` needs: names as they were at the time.
"""

from __future__ import annotations

from enum import StrEnum

from thrumsg_tui.domain.enums import CampaignState, ImportKind
from thrumsg_tui.domain.frozen_record import FrozenRecord
from thrumsg_tui.domain.people import Role


class CampaignCreated(FrozenRecord):
    """A campaign was created."""

    name: str


class SetupPart(StrEnum):
    """The parts of a campaign's `Setup`, by the names of its attributes."""

    NAME = "name"
    INITIAL_SCRIPT = "initial_script"
    DESCRIPTION = "description"
    HOURS = "hours"
    HOURS_IN = "hours_in"
    STARTS = "starts"
    ENDS = "ends"
    QUICKSEND = "quicksend"


class CampaignEdited(FrozenRecord):
    """Parts of a campaign's setup were changed; `released` and `cancelled` count what was held until then."""

    name: str
    parts: tuple[SetupPart, ...]
    new_name: str | None
    released: int
    cancelled: int


class CampaignStateChanged(FrozenRecord):
    """A campaign was launched, paused, resumed or archived; scheduled messages of `conversations` were cancelled."""

    name: str
    state: CampaignState
    was: CampaignState
    conversations: int


class SendersAdded(FrozenRecord):
    """Users were put on a campaign."""

    logins: tuple[str, ...]
    campaign: str


class FollowUpCreated(FrozenRecord):
    """A follow-up was made."""

    title: str
    conversations: int


class Difference(FrozenRecord):
    """What something was changed to, and what it was; None where there was or is nothing."""

    now: str | None
    was: str | None


def difference(now: str | None, was: str | None) -> Difference | None:
    """Pair what something is with what it was; None where that is the same."""
    return None if now == was else Difference(now, was)


class FollowUpChanged(FrozenRecord):
    """A follow-up was changed before any of it was sent; `ends` are moments in ISO 8601."""

    title: str
    titles: Difference | None
    texts: Difference | None
    ends: Difference | None


class FollowUpEnded(FrozenRecord):
    """A follow-up was ended by somebody, or has `expired`."""

    title: str
    unsent: int
    expired: bool


class FollowUpSkipped(FrozenRecord):
    """The follow-up that was up for a contact was skipped."""

    title: str
    contact: str


class SkipUndoneState(StrEnum):
    """How a follow-up is after the undo of a skip, or of that undo."""

    UP = "up"
    SKIPPED = "skipped"
    NOT_FOR_THEM = "not_for_them"


class FollowUpSkipUndone(FrozenRecord):
    """A skipped follow-up is up again for a contact, or skipped again."""

    contact: str
    state: SkipUndoneState


class QuestionAdded(FrozenRecord):
    """A survey question was added."""

    text: str


class QuestionChanged(FrozenRecord):
    """A survey question or its choices were changed; `new_text` is None where its words stayed."""

    text: str
    new_text: str | None


class QuestionMoved(FrozenRecord):
    """A survey question was put at another place, 1 being the first."""

    text: str
    place: int


class QuestionRetired(FrozenRecord):
    """A survey question is asked no more: `kept` with its answers, or deleted."""

    text: str
    kept: bool


class QuestionRestored(FrozenRecord):
    """A retired survey question is asked again."""

    text: str


class AnswerRecorded(FrozenRecord):
    """A survey answer was recorded, or cleared where `choice` is None."""

    question: str
    choice: str | None
    contact: str


class AnswerUndone(FrozenRecord):
    """A survey answer is again what it was, none where `choice` is None."""

    contact: str
    question: str
    choice: str | None


class ReplyAdded(FrozenRecord):
    """A recommended reply was added."""

    title: str


class ReplyChanged(FrozenRecord):
    """A recommended reply was changed; `title` is what it was called."""

    title: str


class ReplyMoved(FrozenRecord):
    """A recommended reply was put at another place, 1 being the first."""

    title: str
    place: int


class ReplyRemoved(FrozenRecord):
    """A recommended reply was removed; `body` is kept for whoever wants it back."""

    title: str
    body: str


class OwnerAdded(FrozenRecord):
    """Somebody made the database."""

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


class SettingValue(FrozenRecord):
    """A setting and its value, as stored."""

    key: str
    value: str


class SettingsChanged(FrozenRecord):
    """Settings of the organization were changed."""

    settings: tuple[SettingValue, ...]


class FileImported(FrozenRecord):
    """Rows of a file were taken in."""

    what: ImportKind
    file: str
    imported: int
    updated: int
    unchanged: int
    duplicates: int
    rejected: int


class Repaired(FrozenRecord):
    """The doctor has recomputed stored figures; `mended` has a clause for each."""

    mended: tuple[str, ...]


class BackupRestored(FrozenRecord):
    """The database was replaced by a backup.

    `as_of` is the moment of its last change in ISO 8601, None for an empty one. `stranger` is the login of whoever
    restored it, where the backup does not know them. `in_doubt` counts messages that may have been sent since.
    """

    file: str
    as_of: str | None
    stranger: str | None
    in_doubt: int


CampaignFacts = CampaignCreated | CampaignEdited | CampaignStateChanged | SendersAdded
FollowUpFacts = FollowUpCreated | FollowUpChanged | FollowUpEnded | FollowUpSkipped | FollowUpSkipUndone
SurveyFacts = QuestionAdded | QuestionChanged | QuestionMoved | QuestionRetired | QuestionRestored
AnswerFacts = AnswerRecorded | AnswerUndone
ReplyFacts = ReplyAdded | ReplyChanged | ReplyMoved | ReplyRemoved
TeamFacts = OwnerAdded | UserAdded | UserChanged | RoleChanged
DatabaseFacts = SettingsChanged | FileImported | Repaired | BackupRestored
SetupFacts = CampaignFacts | FollowUpFacts | SurveyFacts | AnswerFacts | ReplyFacts | TeamFacts | DatabaseFacts

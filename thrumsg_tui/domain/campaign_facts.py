"""Facts that the journal stores about changes to campaigns, content, users and the database (`docs/rules.md 8.3`).

Each class has the fields that its sentence in `event_sentences.py` needs: names as they were at the time.
"""

from __future__ import annotations

from enum import StrEnum

from thrumsg_tui.domain.enums import CampaignState, ImportKind
from thrumsg_tui.domain.frozen_record import FrozenRecord
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.redaction import Ours


class CampaignCreated(FrozenRecord):
    """A campaign was created; by an owner, its points of compliance are `confirmed` (`docs/rules.md 10.10`)."""

    name: str
    confirmed: tuple[str, ...] = ()


class SetupPart(StrEnum):
    """The parts of a campaign's setup; the values are the attribute names of `Setup`."""

    NAME = "name"
    INITIAL_SCRIPT = "initial_script"
    DESCRIPTION = "description"
    HOURS = "hours"
    HOURS_IN = "hours_in"
    STARTS = "starts"
    ENDS = "ends"
    QUICKSEND = "quicksend"
    QUIET_HOURS = "quiet_hours"


class CampaignEdited(FrozenRecord):
    """Parts of a campaign's setup were changed; `released` and `cancelled` count messages that were scheduled."""

    name: str
    parts: tuple[SetupPart, ...]
    new_name: str | None
    released: int
    cancelled: int
    confirmed: tuple[str, ...] = ()
    """The points of compliance that this opened."""


class CampaignStateChanged(FrozenRecord):
    """A campaign was launched, paused, resumed or archived; scheduled messages of `conversations` were cancelled."""

    name: str
    state: CampaignState
    was: CampaignState
    conversations: int
    confirmed: tuple[str, ...] = ()
    """The points of compliance that an owner confirmed at its launch."""


class PointsConfirmed(FrozenRecord):
    """An owner confirmed points of compliance that a change opened in a launched campaign (`docs/rules.md 10.10`)."""

    name: str
    confirmed: tuple[str, ...]


class CampaignPurged(FrozenRecord):
    """What people wrote and are called was removed from a campaign: so many texts, and so many contacts' names."""

    name: str
    messages: int
    contacts: int


class SendersAdded(FrozenRecord):
    """Users were added to a campaign as senders."""

    logins: tuple[str, ...]
    campaign: str


class FollowUpCreated(FrozenRecord):
    """A follow-up was created for a number of conversations."""

    title: str
    conversations: int


class Difference(FrozenRecord):
    """The new and the old value of something; None is no value."""

    now: str | None
    was: str | None


def difference(now: str | None, was: str | None) -> Difference | None:
    """Return the new and the old value as a pair, or None if they are equal."""
    return None if now == was else Difference(now, was)


class FollowUpChanged(FrozenRecord):
    """A follow-up was changed before it was sent to anybody; `ends` are moments in ISO 8601."""

    title: str
    titles: Difference | None
    texts: Difference | None
    ends: Difference | None


class FollowUpEnded(FrozenRecord):
    """A follow-up was ended by a user, or has `expired`; `unsent` counts conversations."""

    title: str
    unsent: int
    expired: bool


class FollowUpSkipped(FrozenRecord):
    """A contact's pending follow-up was skipped."""

    title: str
    contact: str


class SkipUndoneState(StrEnum):
    """The state of a follow-up after a skip was undone or redone."""

    UP = "up"
    SKIPPED = "skipped"
    NOT_FOR_THEM = "not_for_them"


class FollowUpSkipUndone(FrozenRecord):
    """The skip of a contact's follow-up was undone or redone."""

    contact: str
    state: SkipUndoneState


class QuestionAdded(FrozenRecord):
    """A survey question was added."""

    text: str


class QuestionChanged(FrozenRecord):
    """A survey question or its choices were changed; `new_text` is None if its text was not."""

    text: str
    new_text: str | None


class QuestionMoved(FrozenRecord):
    """A survey question was moved to another place; 1 is the first."""

    text: str
    place: int


class QuestionRetired(FrozenRecord):
    """A survey question was retired (`kept`, with its answers) or deleted."""

    text: str
    kept: bool


class QuestionRestored(FrozenRecord):
    """A retired survey question was restored."""

    text: str


class AnswerRecorded(FrozenRecord):
    """A survey answer was recorded, or cleared if `choice` is None."""

    question: str
    choice: str | None
    contact: str


class AnswerUndone(FrozenRecord):
    """A change of a survey answer was undone; `choice` is the restored answer, None if there was none."""

    contact: str
    question: str
    choice: str | None


class ReplyAdded(FrozenRecord):
    """A recommended reply was added."""

    title: str


class ReplyChanged(FrozenRecord):
    """A recommended reply was changed; `title` is the old one."""

    title: str


class ReplyMoved(FrozenRecord):
    """A recommended reply was moved to another place; 1 is the first."""

    title: str
    place: int


class ReplyRemoved(FrozenRecord):
    """A recommended reply was removed; `body` is stored so that it can be added again."""

    title: str
    body: str


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


CampaignFacts = (
    CampaignCreated | CampaignEdited | CampaignStateChanged | PointsConfirmed | CampaignPurged | SendersAdded
)
FollowUpFacts = FollowUpCreated | FollowUpChanged | FollowUpEnded | FollowUpSkipped | FollowUpSkipUndone
SurveyFacts = QuestionAdded | QuestionChanged | QuestionMoved | QuestionRetired | QuestionRestored
AnswerFacts = AnswerRecorded | AnswerUndone
ReplyFacts = ReplyAdded | ReplyChanged | ReplyMoved | ReplyRemoved
TeamFacts = OwnerAdded | UserAdded | UserChanged | RoleChanged | KeyAdded | KeyRemoved
NumberFacts = NumberAdded | NumberStateChanged | CampaignNumbersChanged | ConversationRenumbered | NumberReplaced
DatabaseFacts = SettingsChanged | FileImported | Repaired | BackupRestored
SetupFacts = (
    CampaignFacts | FollowUpFacts | SurveyFacts | AnswerFacts | ReplyFacts | TeamFacts | NumberFacts | DatabaseFacts
)

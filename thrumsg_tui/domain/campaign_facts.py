"""Facts that the journal stores about changes to campaigns and their follow-ups (`docs/rules.md 8.3`).

Each class has the fields that its sentence in `campaign_sentences.py` needs: names as they were at the time.
"""

from __future__ import annotations

from enum import StrEnum

from thrumsg_tui.domain.difference import Difference
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.frozen_record import FrozenRecord


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


CampaignFacts = (
    CampaignCreated | CampaignEdited | CampaignStateChanged | PointsConfirmed | CampaignPurged | SendersAdded
)


FollowUpFacts = FollowUpCreated | FollowUpChanged | FollowUpEnded | FollowUpSkipped | FollowUpSkipUndone

"""The events of the journal (`docs/rules.md 8.3`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.event_facts import EventFacts
from thrumsg_tui.domain.lazy_dataclass import dataclass


class EventKind(StrEnum):
    """The kind of an event."""

    SEND = "send"
    RECEIVE = "receive"
    REASSIGN = "reassign"
    REMOVE_SENDER = "remove_sender"
    ADD_SENDER = "add_sender"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    CHANGE_OPT_OUT = "change_opt_out"
    ANSWER = "answer"
    UNDO = "undo"
    REDO = "redo"
    CREATE_CAMPAIGN = "create_campaign"
    CHANGE_CAMPAIGN = "change_campaign"
    CREATE_FOLLOW_UP = "create_follow_up"
    CHANGE_FOLLOW_UP = "change_follow_up"
    END_FOLLOW_UP = "end_follow_up"
    SKIP_FOLLOW_UP = "skip_follow_up"
    SETTLE_DOUBT = "settle_doubt"
    EDIT_SURVEY = "edit_survey"
    EDIT_REPLIES = "edit_replies"
    RELEASE = "release"
    ADD_USER = "add_user"
    CHANGE_USER = "change_user"
    CHANGE_SETTING = "change_setting"
    CHANGE_NUMBER = "change_number"
    IMPORT = "import"
    REPAIR = "repair"
    RESTORE = "restore"
    MOVE_DATABASE = "move_database"


@dataclass(frozen=True, slots=True)
class Event:
    """A change in the journal; `event_sentences.summary` makes its sentence."""

    id: EventId
    at: datetime
    by: str
    acting_for: str | None
    kind: EventKind
    campaign: str | None
    facts: EventFacts
    undoable: bool
    undone_by: EventId | None
    undoes: EventId | None
    under_way: bool
    """Whether it is a move in steps that is not finished (`docs/rules.md 4.8`)."""


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """The effect that the undo of an event would have."""

    entry: Event
    takes_effect: bool
    """False if later changes have replaced all of the event, so that nothing is left to undo."""
    moves: int = 0
    """How many conversations would go back."""
    skipped: tuple[ConversationId, ...] = ()
    """The conversations that would stay, because they were moved since."""
    gains: Mapping[str, int] = field(default_factory=dict)
    """The net gain by login, or `unassigned`."""
    asked_for: bool = False
    """Whether the event is an opt-out that the contact asked for in their own words."""
    told: bool = False
    """Whether the event is an opt-out whose confirmation has left for the contact."""

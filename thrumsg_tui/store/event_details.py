"""Storage of the facts of `domain/event_facts.py`: JSON in `event.details`, beside the data that undo needs.

`_forms` has the facts that each kind of event can have, by the name of their form in the database. Neither a form nor a
field that was released is ever renamed; a new field has a default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, assert_never, get_args, get_origin, get_type_hints

from thrumsg_tui.domain import campaign_facts as campaigns
from thrumsg_tui.domain import content_facts as content
from thrumsg_tui.domain import conversation_facts as conversations
from thrumsg_tui.domain import organization_facts as organization
from thrumsg_tui.domain.event_facts import EventFacts, OldSentences
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.frozen_record import FrozenRecord

_Record = TypeVar("_Record", bound=FrozenRecord)

_fields: Callable[[type], Mapping[str, Any]] = cache(get_type_hints)
"""Return the types of the fields of a class."""


def stored_details(kind: EventKind, facts: EventFacts, details: Mapping[str, object]) -> str:
    """Return facts and details for undo as JSON for the journal; LookupError if the kind has no such facts."""
    form = next((name for name, wanted in _forms(kind).items() if type(facts) is wanted), None)
    if form is None:
        raise LookupError(f"{kind} has no {type(facts).__name__}")
    return _written({**details, "facts": {"form": form, **facts.field_values}})


def facts_of(kind: EventKind, summary: str, details: str) -> EventFacts:
    """Read the facts of an event.

    Args:
        kind: The kind of the event.
        summary: Its sentence; empty except in events of versions that stored no facts.
        details: Its stored JSON.
    """
    stored = json.loads(details)
    if "facts" not in stored:
        return OldSentences(summary, str(stored.get("thread", kind)))
    wanted = _forms(kind).get(stored["facts"]["form"])
    if wanted is None:  # written by a newer thrumsg
        return OldSentences(kind.replace("_", " "), kind.replace("_", " "))
    return _record(wanted, stored["facts"])


def are_readable(details: str) -> bool:
    """Whether the facts in the details of an event can be read, by the form that they name.

    True for details without facts, of an earlier version, and for facts of a form that a newer version wrote.
    """
    stored = json.loads(details)
    if "facts" not in stored:
        return True
    named = _facts_by_form().get(stored["facts"]["form"])
    return not named or any(_fits(cls, stored["facts"]) for cls in named)


def _fits(cls: type[FrozenRecord], stored: Mapping[str, Any]) -> bool:
    try:
        _record(cls, stored)
    except (TypeError, ValueError, LookupError, AttributeError):
        return False
    return True


def _as_json(value: object) -> object:
    if isinstance(value, FrozenRecord):
        return dict(value.field_values)
    raise TypeError(f"{value!r} is none of the facts")


_written = json.JSONEncoder(default=_as_json).encode
"""Write JSON, as `json.dumps` does, which would make an encoder each time."""


def _record(cls: type[_Record], stored: Mapping[str, Any]) -> _Record:
    return cls(**{name: _value(hint, stored[name]) for name, hint in _fields(cls).items() if name in stored})


def _value(hint: Any, stored: Any) -> Any:
    """Convert the JSON of a field to its type."""
    if stored is None:
        return None
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], item) for item in stored)
    if isinstance(hint, UnionType):
        hint = next(member for member in get_args(hint) if member is not NoneType)
    return _record(hint, stored) if issubclass(hint, FrozenRecord) else hint(stored)


@cache
def _facts_by_form() -> Mapping[str, Sequence[type[EventFacts]]]:
    named: dict[str, list[type[EventFacts]]] = {}
    for kind in EventKind:
        for form, facts in _forms(kind).items():
            named.setdefault(form, []).append(facts)
    return named


def _forms(kind: EventKind) -> Mapping[str, type[EventFacts]]:  # noqa: C901, PLR0911, PLR0912 - one case for each kind
    """Return the facts that a kind of event can have, by the name of their form."""
    match kind:
        case EventKind.SEND:
            return {"sent": conversations.MessageSent}
        case EventKind.RECEIVE:
            return {"received": conversations.MessageReceived}
        case EventKind.REASSIGN:
            return {"moved": conversations.Moved, "begun": conversations.MoveBegun}
        case EventKind.REMOVE_SENDER:
            return {"removed": conversations.SenderRemoved}
        case EventKind.ADD_SENDER:
            return {"added": campaigns.SendersAdded}
        case EventKind.OPT_OUT:
            return {
                "opted_out": conversations.NumberOptedOut,
                "asked_again": conversations.OptOutAskedAgain,
                "list": conversations.ListOptedOut,
                "kept": conversations.OptOutsKept,
            }
        case EventKind.OPT_IN:
            return {"opted_in": conversations.NumberOptedIn}
        case EventKind.CHANGE_OPT_OUT:
            return {"note": conversations.OptOutNoteChanged}
        case EventKind.ANSWER:
            return {"answer": content.AnswerRecorded}
        case EventKind.UNDO:
            return {
                **_undo_forms(),
                "taken_back": conversations.MessageTakenBack,
                "returned": conversations.SenderReturned,
            }
        case EventKind.REDO:
            return {**_undo_forms(), "removed": conversations.SenderRemoved}
        case EventKind.CREATE_CAMPAIGN:
            return {"created": campaigns.CampaignCreated}
        case EventKind.CHANGE_CAMPAIGN:
            return {
                "edited": campaigns.CampaignEdited,
                "state": campaigns.CampaignStateChanged,
                "confirmed": campaigns.PointsConfirmed,
                "purged": campaigns.CampaignPurged,
            }
        case EventKind.CREATE_FOLLOW_UP:
            return {"created": campaigns.FollowUpCreated}
        case EventKind.CHANGE_FOLLOW_UP:
            return {"changed": campaigns.FollowUpChanged}
        case EventKind.END_FOLLOW_UP:
            return {"ended": campaigns.FollowUpEnded}
        case EventKind.SKIP_FOLLOW_UP:
            return {"skipped": campaigns.FollowUpSkipped}
        case EventKind.SETTLE_DOUBT:
            return {"settled": conversations.DoubtSettled}
        case EventKind.EDIT_SURVEY:
            return {
                "added": content.QuestionAdded,
                "changed": content.QuestionChanged,
                "moved": content.QuestionMoved,
                "retired": content.QuestionRetired,
                "restored": content.QuestionRestored,
            }
        case EventKind.EDIT_REPLIES:
            return {
                "added": content.ReplyAdded,
                "changed": content.ReplyChanged,
                "moved": content.ReplyMoved,
                "removed": content.ReplyRemoved,
            }
        case EventKind.RELEASE:
            return {"released": conversations.MessagesReleased, "withdrawn": conversations.MessageWithdrawn}
        case EventKind.ADD_USER:
            return {"owner": organization.OwnerAdded, "added": organization.UserAdded}
        case EventKind.CHANGE_USER:
            return {
                "changed": organization.UserChanged,
                "role": organization.RoleChanged,
                "key_added": organization.KeyAdded,
                "key_removed": organization.KeyRemoved,
            }
        case EventKind.CHANGE_SETTING:
            return {"settings": organization.SettingsChanged}
        case EventKind.CHANGE_NUMBER:
            return {
                "added": organization.NumberAdded,
                "state": organization.NumberStateChanged,
                "campaign": organization.CampaignNumbersChanged,
                "conversation": organization.ConversationRenumbered,
                "replaced": organization.NumberReplaced,
            }
        case EventKind.IMPORT:
            return {"file": organization.FileImported}
        case EventKind.REPAIR:
            return {"repaired": organization.Repaired}
        case EventKind.RESTORE:
            return {"backup": organization.BackupRestored}
        case EventKind.MOVE_DATABASE:
            return {"moved": organization.DatabaseMoved, "taken_back": organization.DatabaseTakenBack}
    assert_never(kind)


def _undo_forms() -> Mapping[str, type[EventFacts]]:
    """Return the forms that both an undo and a redo can have."""
    return {
        "moved": conversations.Moved,
        "begun": conversations.MoveBegun,
        "opt_out": conversations.OptOutUndone,
        "opt_in": conversations.OptInUndone,
        "list": conversations.ListUndone,
        "answer": content.AnswerUndone,
        "skip": campaigns.FollowUpSkipUndone,
    }

"""Facts of every kind of change: as the journal stores them, as the program has them, and the sentences they make.

The stored form is what files have: it may get fields, but what is here stays readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from thrumsg_tui.domain.campaign_facts import (
    CampaignCreated,
    CampaignEdited,
    CampaignPurged,
    CampaignStateChanged,
    FollowUpChanged,
    FollowUpCreated,
    FollowUpEnded,
    FollowUpSkipped,
    FollowUpSkipUndone,
    PointsConfirmed,
    SendersAdded,
    SetupPart,
    SkipUndoneState,
)
from thrumsg_tui.domain.content_facts import (
    AnswerRecorded,
    AnswerUndone,
    QuestionAdded,
    QuestionChanged,
    QuestionMoved,
    QuestionRestored,
    QuestionRetired,
    ReplyAdded,
    ReplyChanged,
    ReplyMoved,
    ReplyRemoved,
)
from thrumsg_tui.domain.conversation_facts import (
    DoubtAnswer,
    DoubtSettled,
    ListOptedOut,
    ListUndone,
    MessageReceived,
    MessageSent,
    MessagesReleased,
    MessageTakenBack,
    MessageWithdrawn,
    MoveBegun,
    Moved,
    NumberOptedIn,
    NumberOptedOut,
    OptInUndone,
    OptOutAskedAgain,
    OptOutNoteChanged,
    OptOutsKept,
    OptOutUndone,
    SenderRemoved,
    SenderReturned,
    WithdrawalReason,
)
from thrumsg_tui.domain.difference import Difference
from thrumsg_tui.domain.enums import CampaignState, ImportKind, MessageKind, OptOutKind, UnmatchedReason
from thrumsg_tui.domain.event_facts import EventFacts
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.organization_facts import (
    BackupRestored,
    CampaignNumbersChanged,
    ConversationRenumbered,
    DatabaseMoved,
    DatabaseTakenBack,
    FileImported,
    KeyAdded,
    KeyRemoved,
    NumberAdded,
    NumberReplaced,
    NumberStateChanged,
    OwnerAdded,
    Repaired,
    RoleChanged,
    SettingsChanged,
    SettingValue,
    UserAdded,
    UserChanged,
)
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.redaction import Ours, Phone

NUMBER = "+14155550142"


class Example(NamedTuple):
    """A change: its facts as stored and in the program, its line in the history, and what a thread says of it.

    `thread` is by Ana Ortiz, or by nobody where `by` is None; None where the change is in no thread.
    """

    kind: EventKind
    stored: Mapping[str, Any]
    facts: EventFacts
    summary: str
    thread: str | None = None
    by: str | None = "Ana Ortiz"


_MOVED = {"moved": 3, "sources": ["Lee Bishop"], "destinations": ["Unassigned", "Kim Alvarez"], "skipped": 2}
_MOVES = Moved(3, ("Lee Bishop",), ("Unassigned", "Kim Alvarez"), 2)
_MOVED_SENTENCE = "moved 3 conversations from Lee Bishop to Unassigned and Kim Alvarez; 2 skipped"
_WINDOW_OVER = "message cancelled: the initial window was over before it could leave"

MESSAGES = [
    Example(
        EventKind.SEND,
        {"form": "sent", "message": "follow_up", "to": "Maria Lopez"},
        MessageSent(MessageKind.FOLLOW_UP, "Maria Lopez"),
        "sent a follow-up to Maria Lopez",
    ),
    Example(
        EventKind.RECEIVE,
        {"form": "received", "sender": NUMBER, "unmatched": None},
        MessageReceived(Phone(NUMBER)),
        f"received a message from {NUMBER}",
    ),
    Example(
        EventKind.RECEIVE,
        {"form": "received", "sender": "", "unmatched": "no_number"},
        MessageReceived(Phone(""), UnmatchedReason.NO_NUMBER),
        "received a message from (no sender), in no conversation: no phone number",
    ),
    Example(
        EventKind.RELEASE,
        {"form": "released", "released": 1, "cancelled": 2},
        MessagesReleased(released=1, cancelled=2),
        "1 scheduled message may leave now; 2 scheduled initials cancelled: too late for the initial window",
        _WINDOW_OVER,
        None,
    ),
    *(
        Example(
            EventKind.RELEASE,
            {"form": "withdrawn", "why": why.value},
            MessageWithdrawn(why),
            sentence,
            sentence,
            None,
        )
        for why, sentence in {
            WithdrawalReason.OPTED_OUT: "message cancelled: the contact was opted out before it could leave",
            WithdrawalReason.OPTED_IN: "message cancelled: the contact was opted in again before it could leave",
            WithdrawalReason.WINDOW_OVER: _WINDOW_OVER,
            WithdrawalReason.TOO_LATE: "confirmation cancelled: it could not leave within five minutes",
        }.items()
    ),
]

TAKEN_BACK = Example(
    EventKind.UNDO,
    {"form": "taken_back", "to": "Maria Lopez"},
    MessageTakenBack("Maria Lopez"),
    "took back a message to Maria Lopez before it left",
    "message taken back by Ana Ortiz before it left",
)

DOUBTS = [
    Example(
        EventKind.SETTLE_DOUBT,
        {"form": "settled", "answer": answer.value, "to": "Maria Lopez"},
        DoubtSettled(answer, "Maria Lopez"),
        f"decided that the message in doubt to Maria Lopez {what}",
        f"Ana Ortiz decided that the message in doubt {what}",
    )
    for answer, what in {
        DoubtAnswer.WAS_SENT: "was sent",
        DoubtAnswer.SEND_AGAIN: "is sent again",
        DoubtAnswer.DROP: "is dropped",
    }.items()
]

MOVES = [
    Example(EventKind.REASSIGN, {"form": "moved", **_MOVED}, _MOVES, _MOVED_SENTENCE),
    Example(
        EventKind.REASSIGN,
        {"form": "begun", "conversations": 1, "sources": ["Unassigned"], "destinations": ["Kim Alvarez"]},
        MoveBegun(1, ("Unassigned",), ("Kim Alvarez",)),
        "moving 1 conversation from Unassigned to Kim Alvarez",
    ),
    Example(
        EventKind.REMOVE_SENDER,
        {"form": "removed", "sender": "Lee Bishop", "moves": _MOVED},
        SenderRemoved("Lee Bishop", _MOVES),
        f"took Lee Bishop off the campaign; {_MOVED_SENTENCE}",
    ),
    *(
        example
        for kind in (EventKind.UNDO, EventKind.REDO)
        for example in (
            Example(kind, {"form": "moved", **_MOVED}, _MOVES, _MOVED_SENTENCE),
            Example(
                kind,
                {"form": "begun", "conversations": 2, "sources": ["A", "B"], "destinations": ["C"]},
                MoveBegun(2, ("A", "B"), ("C",)),
                "moving 2 conversations from A and B to C",
            ),
        )
    ),
    Example(
        EventKind.UNDO,
        {"form": "returned", "sender": "Lee Bishop", "moves": _MOVED},
        SenderReturned("Lee Bishop", _MOVES),
        f"put Lee Bishop back on the campaign; {_MOVED_SENTENCE}",
    ),
    Example(
        EventKind.REDO,
        {"form": "removed", "sender": "Lee Bishop", "moves": _MOVED},
        SenderRemoved("Lee Bishop", _MOVES),
        f"took Lee Bishop off the campaign; {_MOVED_SENTENCE}",
    ),
]

OPT_OUTS = [
    Example(
        EventKind.OPT_OUT,
        {"form": "opted_out", "phone": NUMBER, "how": "manual", "note": "at the door"},
        NumberOptedOut(Phone(NUMBER), OptOutKind.MANUAL, "at the door"),
        f"opted {NUMBER} out (manual)",
        "opted out by Ana Ortiz: at the door",
    ),
    Example(
        EventKind.OPT_OUT,
        {"form": "opted_out", "phone": NUMBER, "how": "automatic", "note": "STOP"},
        NumberOptedOut(Phone(NUMBER), OptOutKind.AUTOMATIC, "STOP"),
        f"opted {NUMBER} out (automatic)",
        "opted out by the contact: STOP",
        None,
    ),
    Example(
        EventKind.OPT_OUT,
        {"form": "opted_out", "phone": NUMBER, "how": "manual", "note": ""},
        NumberOptedOut(Phone(NUMBER), OptOutKind.MANUAL, ""),
        f"opted {NUMBER} out (manual)",
        "opted out by Ana Ortiz",
    ),
    Example(
        EventKind.OPT_OUT,
        {"form": "asked_again", "phone": NUMBER},
        OptOutAskedAgain(Phone(NUMBER)),
        f"{NUMBER} asked to be opted out, and already was",
    ),
    Example(
        EventKind.OPT_OUT,
        {"form": "list", "numbers": 3, "note": "by mistake"},
        ListOptedOut(3, "by mistake"),
        "opted 3 numbers out, from a list: by mistake",
        "opted out by Ana Ortiz, from a list: by mistake",
    ),
    Example(
        EventKind.OPT_OUT,
        {"form": "list", "numbers": 1, "note": ""},
        ListOptedOut(1, ""),
        "opted 1 number out, from a list",
        "opted out by Ana Ortiz, from a list",
    ),
    Example(
        EventKind.OPT_OUT,
        {"form": "kept", "numbers": 2},
        OptOutsKept(2),
        "kept 2 numbers opted out, from after the backup",
        "opted out, from after the backup that was restored",
    ),
    Example(
        EventKind.OPT_IN,
        {"form": "opted_in", "phone": NUMBER},
        NumberOptedIn(Phone(NUMBER)),
        f"opted {NUMBER} in",
        "opted in by Ana Ortiz",
    ),
    Example(
        EventKind.OPT_IN,
        {"form": "opted_in", "phone": NUMBER},
        NumberOptedIn(Phone(NUMBER)),
        f"opted {NUMBER} in",
        "opted in by the contact",
        None,
    ),
    Example(
        EventKind.CHANGE_OPT_OUT,
        {"form": "note", "phone": NUMBER, "note": "", "was": "at the door"},
        OptOutNoteChanged(Phone(NUMBER), "", was="at the door"),
        f"changed the note on the opt-out of {NUMBER} to '', was 'at the door'",
        "note on the opt-out changed by Ana Ortiz: (none)",
    ),
    Example(
        EventKind.CHANGE_OPT_OUT,
        {"form": "note", "phone": NUMBER, "note": "by phone", "was": ""},
        OptOutNoteChanged(Phone(NUMBER), "by phone", was=""),
        f"changed the note on the opt-out of {NUMBER} to 'by phone', was ''",
        "note on the opt-out changed by Ana Ortiz: by phone",
    ),
]

OPT_OUT_UNDOS = [
    example
    for kind in (EventKind.UNDO, EventKind.REDO)
    for example in (
        Example(
            kind,
            {"form": "opt_out", "contact": "Maria Lopez", "asked": False, "told": False},
            OptOutUndone("Maria Lopez", asked=False, told=False),
            "Maria Lopez is opted in again",
            "opt-out taken back by Ana Ortiz",
        ),
        Example(
            kind,
            {"form": "opt_out", "contact": "Maria Lopez", "asked": True, "told": True},
            OptOutUndone("Maria Lopez", asked=True, told=True),
            "Maria Lopez is opted in again, though they asked to be opted out",
            "opt-out taken back by Ana Ortiz",
        ),
        Example(
            kind,
            {"form": "opt_out", "contact": None, "asked": False, "told": True},
            OptOutUndone(None, asked=False, told=True),
            "the number is opted in again, though they were told that they are opted out",
        ),
        Example(
            kind,
            {"form": "opt_in", "contact": "Maria Lopez"},
            OptInUndone("Maria Lopez"),
            "Maria Lopez is opted out again",
            "opted out again by Ana Ortiz",
        ),
        Example(kind, {"form": "opt_in", "contact": None}, OptInUndone(None), "the number is opted out again"),
        Example(
            kind,
            {"form": "list", "numbers": 2, "left": 0, "opted_out": True},
            ListUndone(2, left=0, opted_out=True),
            "2 numbers opted out again",
            "opted out again by Ana Ortiz",
        ),
        Example(
            kind,
            {"form": "list", "numbers": 1, "left": 3, "opted_out": False},
            ListUndone(1, left=3, opted_out=False),
            "1 number opted in again, 3 left alone because of later changes",
            "opt-out taken back by Ana Ortiz",
        ),
    )
]

CAMPAIGNS = [
    Example(
        EventKind.CREATE_CAMPAIGN,
        {"form": "created", "name": "Spring", "confirmed": []},
        CampaignCreated("Spring"),
        "created 'Spring'",
    ),
    Example(
        EventKind.CREATE_CAMPAIGN,
        {"form": "created", "name": "Spring", "confirmed": ["sender", "quiet-hours"]},
        CampaignCreated("Spring", confirmed=("sender", "quiet-hours")),
        "created 'Spring', confirming: sender, quiet-hours",
    ),
    Example(
        EventKind.CHANGE_CAMPAIGN,
        {
            "form": "edited",
            "name": "Spring",
            "parts": ["name"],
            "new_name": "Summer",
            "released": 0,
            "cancelled": 0,
            "confirmed": [],
        },
        CampaignEdited("Spring", (SetupPart.NAME,), "Summer", released=0, cancelled=0),
        "changed the name of 'Spring', now 'Summer'",
    ),
    Example(
        EventKind.CHANGE_CAMPAIGN,
        {
            "form": "edited",
            "name": "Spring",
            "parts": [part.value for part in SetupPart],
            "new_name": "Summer",
            "released": 2,
            "cancelled": 1,
            "confirmed": ["unicode"],
        },
        CampaignEdited("Spring", tuple(SetupPart), "Summer", released=2, cancelled=1, confirmed=("unicode",)),
        "changed the name, the initial script, the description, the hours, the choice of time zone, the first day, "
        "the last day, QuickSend, the quiet hours of 'Spring', now 'Summer', confirming: unicode; "
        "2 scheduled messages may leave now; 1 scheduled initial cancelled: too late for the initial window",
        _WINDOW_OVER,
    ),
    Example(
        EventKind.CHANGE_CAMPAIGN,
        {"form": "state", "name": "Spring", "state": "paused", "was": "active", "conversations": 0, "confirmed": []},
        CampaignStateChanged("Spring", CampaignState.PAUSED, was=CampaignState.ACTIVE, conversations=0),
        "'Spring' is paused, was active",
    ),
    Example(
        EventKind.CHANGE_CAMPAIGN,
        {"form": "state", "name": "Spring", "state": "archived", "was": "active", "conversations": 2, "confirmed": []},
        CampaignStateChanged("Spring", CampaignState.ARCHIVED, was=CampaignState.ACTIVE, conversations=2),
        "'Spring' is archived, was active; what was scheduled in 2 conversations is cancelled",
        "message cancelled: the campaign was archived before it could leave",
    ),
    Example(
        EventKind.CHANGE_CAMPAIGN,
        {"form": "confirmed", "name": "Spring", "confirmed": ["quiet-hours", "state-hours-FL"]},
        PointsConfirmed("Spring", ("quiet-hours", "state-hours-FL")),
        "confirmed for 'Spring': quiet-hours, state-hours-FL",
    ),
    Example(
        EventKind.CHANGE_CAMPAIGN,
        {"form": "purged", "name": "Spring", "messages": 2, "contacts": 1},
        CampaignPurged("Spring", messages=2, contacts=1),
        "purged 'Spring': removed the texts of 2 messages and the names of 1 contact",
    ),
    Example(
        EventKind.ADD_SENDER,
        {"form": "added", "logins": ["kim", "lee"], "campaign": "Spring"},
        SendersAdded(("kim", "lee"), "Spring"),
        "added kim, lee to 'Spring'",
    ),
]

FOLLOW_UPS = [
    Example(
        EventKind.CREATE_FOLLOW_UP,
        {"form": "created", "title": "Reminder", "conversations": 3},
        FollowUpCreated("Reminder", 3),
        "made the follow-up 'Reminder' for 3 conversations",
    ),
    Example(
        EventKind.CHANGE_FOLLOW_UP,
        {
            "form": "changed",
            "title": "Reminder",
            "titles": {"now": "Last call", "was": "Reminder"},
            "texts": {"now": "Polls close at 8", "was": "Vote!"},
            "ends": {"now": "2026-11-03T20:00:00+00:00", "was": None},
        },
        FollowUpChanged(
            "Reminder",
            titles=Difference("Last call", "Reminder"),
            texts=Difference("Polls close at 8", "Vote!"),
            ends=Difference("2026-11-03T20:00:00+00:00", None),
        ),
        "changed the follow-up 'Reminder': title is 'Last call', was 'Reminder'; "
        "text is 'Polls close at 8', was 'Vote!'; end is 2026-11-03 20:00 UTC, was none",
    ),
    Example(
        EventKind.END_FOLLOW_UP,
        {"form": "ended", "title": "Reminder", "unsent": 2, "expired": False},
        FollowUpEnded("Reminder", 2, expired=False),
        "ended the follow-up 'Reminder', unsent in 2 conversations",
    ),
    Example(
        EventKind.END_FOLLOW_UP,
        {"form": "ended", "title": "Reminder", "unsent": 1, "expired": True},
        FollowUpEnded("Reminder", 1, expired=True),
        "the follow-up 'Reminder' has expired, unsent in 1 conversation",
        by=None,
    ),
    Example(
        EventKind.SKIP_FOLLOW_UP,
        {"form": "skipped", "title": "Reminder", "contact": "Maria Lopez"},
        FollowUpSkipped("Reminder", "Maria Lopez"),
        "skipped the follow-up 'Reminder' for Maria Lopez",
        "follow-up 'Reminder' skipped by Ana Ortiz",
    ),
]

SKIP_UNDOS = [
    Example(
        kind,
        {"form": "skip", "contact": "Maria Lopez", "state": state.value},
        FollowUpSkipUndone("Maria Lopez", state),
        f"the follow-up for Maria Lopez {what}",
        f"follow-up {what}, by Ana Ortiz",
    )
    for kind in (EventKind.UNDO, EventKind.REDO)
    for state, what in {
        SkipUndoneState.UP: "is up again",
        SkipUndoneState.SKIPPED: "is skipped again",
        SkipUndoneState.NOT_FOR_THEM: "is no longer skipped, but this contact no longer matches it",
    }.items()
]

ANSWER_UNDOS = [
    Example(
        kind,
        {"form": "answer", "contact": "Maria Lopez", "question": "Will you vote?", "choice": choice},
        AnswerUndone("Maria Lopez", "Will you vote?", choice),
        f"Maria Lopez's answer to 'Will you vote?' {again}",
        f"answer to 'Will you vote?' {again}, by Ana Ortiz",
    )
    for kind in (EventKind.UNDO, EventKind.REDO)
    for choice, again in {"Yes": "is 'Yes' again", None: "is taken back"}.items()
]

SURVEY = [
    Example(
        EventKind.ANSWER,
        {"form": "answer", "question": "Will you vote?", "choice": "Yes", "contact": "Maria Lopez"},
        AnswerRecorded("Will you vote?", "Yes", "Maria Lopez"),
        "Will you vote? Yes for Maria Lopez",
        "Will you vote? Yes, by Ana Ortiz",
    ),
    Example(
        EventKind.ANSWER,
        {"form": "answer", "question": "Will you vote?", "choice": None, "contact": "Maria Lopez"},
        AnswerRecorded("Will you vote?", None, "Maria Lopez"),
        "Will you vote? (cleared) for Maria Lopez",
        "Will you vote? (answer cleared), by Ana Ortiz",
    ),
    Example(
        EventKind.EDIT_SURVEY,
        {"form": "added", "text": "Will you vote?"},
        QuestionAdded("Will you vote?"),
        "added the question 'Will you vote?'",
    ),
    Example(
        EventKind.EDIT_SURVEY,
        {"form": "changed", "text": "Will you vote?", "new_text": "Going to vote?"},
        QuestionChanged("Will you vote?", "Going to vote?"),
        "changed the question 'Will you vote?' to 'Going to vote?'",
    ),
    Example(
        EventKind.EDIT_SURVEY,
        {"form": "changed", "text": "Will you vote?", "new_text": None},
        QuestionChanged("Will you vote?", None),
        "changed the question 'Will you vote?'",
    ),
    Example(
        EventKind.EDIT_SURVEY,
        {"form": "moved", "text": "Will you vote?", "place": 2},
        QuestionMoved("Will you vote?", 2),
        "moved 'Will you vote?' to place 2",
    ),
    Example(
        EventKind.EDIT_SURVEY,
        {"form": "retired", "text": "Will you vote?", "kept": True},
        QuestionRetired("Will you vote?", kept=True),
        "retired the question 'Will you vote?'",
    ),
    Example(
        EventKind.EDIT_SURVEY,
        {"form": "retired", "text": "Will you vote?", "kept": False},
        QuestionRetired("Will you vote?", kept=False),
        "deleted the question 'Will you vote?'",
    ),
    Example(
        EventKind.EDIT_SURVEY,
        {"form": "restored", "text": "Will you vote?"},
        QuestionRestored("Will you vote?"),
        "restored the question 'Will you vote?'",
    ),
]

REPLIES = [
    Example(
        EventKind.EDIT_REPLIES, {"form": "added", "title": "Where"}, ReplyAdded("Where"), "added the reply 'Where'"
    ),
    Example(
        EventKind.EDIT_REPLIES,
        {"form": "changed", "title": "Where"},
        ReplyChanged("Where"),
        "changed the reply 'Where'",
    ),
    Example(
        EventKind.EDIT_REPLIES,
        {"form": "moved", "title": "Where", "place": 1},
        ReplyMoved("Where", 1),
        "moved the reply 'Where' to place 1",
    ),
    Example(
        EventKind.EDIT_REPLIES,
        {"form": "removed", "title": "Where", "body": "At the school"},
        ReplyRemoved("Where", "At the school"),
        "removed the reply 'Where'",
    ),
]

TEAM = [
    Example(
        EventKind.ADD_USER,
        {"form": "owner", "login": "ana"},
        OwnerAdded("ana"),
        "ana made this database and is its owner",
    ),
    Example(
        EventKind.ADD_USER,
        {"form": "added", "name": "Kim Alvarez", "login": "kim", "role": "sender"},
        UserAdded("Kim Alvarez", "kim", Role.SENDER),
        "added Kim Alvarez (kim) as sender",
    ),
    Example(
        EventKind.CHANGE_USER,
        {
            "form": "changed",
            "login": "kim",
            "first_name": {"now": "Kimberly", "was": "Kim"},
            "last_name": None,
            "email": {"now": "kim@example.org", "was": ""},
        },
        UserChanged("kim", Difference("Kimberly", "Kim"), None, Difference("kim@example.org", "")),
        "changed kim: first name 'Kimberly', was 'Kim', email 'kim@example.org', was ''",
    ),
    Example(
        EventKind.CHANGE_USER,
        {"form": "role", "login": "ana", "role": "admin", "was": "owner"},
        RoleChanged("ana", Role.ADMIN, was=Role.OWNER),
        "made ana admin, was owner",
    ),
    Example(
        EventKind.CHANGE_USER,
        {"form": "key_added", "login": "kim", "fingerprint": "SHA256:4F6k", "comment": "kim@laptop"},
        KeyAdded("kim", "SHA256:4F6k", "kim@laptop"),
        "let kim in by the SSH key 'kim@laptop' (SHA256:4F6k)",
    ),
    Example(
        EventKind.CHANGE_USER,
        {"form": "key_removed", "login": "kim", "fingerprint": "SHA256:4F6k", "comment": "kim@laptop"},
        KeyRemoved("kim", "SHA256:4F6k", "kim@laptop"),
        "shut out the SSH key 'kim@laptop' of kim (SHA256:4F6k)",
    ),
]

OURS = Ours("+14155550100")

NUMBERS = [
    Example(
        EventKind.CHANGE_NUMBER,
        {"form": "added", "number": "+14155550100", "kind": "long", "mps": 2.5},
        NumberAdded(OURS, NumberKind.LONG, 2.5),
        "our number +14155550100 is a long code, 2.5 segments a second",
    ),
    Example(
        EventKind.CHANGE_NUMBER,
        {"form": "state", "number": "+14155550100", "state": "withdrawn", "was": "ready", "why": "given back"},
        NumberStateChanged(OURS, NumberState.WITHDRAWN, NumberState.READY, "given back"),
        "our number +14155550100 is withdrawn, was ready: given back",
    ),
    Example(
        EventKind.CHANGE_NUMBER,
        {"form": "campaign", "campaign": "Spring", "numbers": ["+14155550100", "32665"]},
        CampaignNumbersChanged("Spring", (OURS, Ours("32665"))),
        "'Spring' texts from +14155550100, 32665",
    ),
    Example(
        EventKind.CHANGE_NUMBER,
        {"form": "conversation", "contact": "Ann Otieno", "was": "+14155550100", "now": "+15105550100"},
        ConversationRenumbered("Ann Otieno", OURS, Ours("+15105550100")),
        "Ann Otieno is texted from +15105550100, was +14155550100",
        "texted from +15105550100 from now on, was +14155550100, by Ana Ortiz",
    ),
    Example(
        EventKind.CHANGE_NUMBER,
        {"form": "replaced", "was": "+14155550100", "now": None, "conversations": 12},
        NumberReplaced(OURS, None, 12),
        "gave 12 conversations of our number +14155550100 others of our numbers",
        "texted from another of our numbers from now on, was +14155550100, by Ana Ortiz",
    ),
]

DATABASE = [
    Example(
        EventKind.CHANGE_SETTING,
        {
            "form": "settings",
            "settings": [{"key": "default_open", "value": "09:00"}, {"key": "organization", "value": "Harbor"}],
        },
        SettingsChanged((SettingValue("default_open", "09:00"), SettingValue("organization", "Harbor"))),
        "set default_open to '09:00', set organization to 'Harbor'",
    ),
    Example(
        EventKind.IMPORT,
        {
            "form": "file",
            "what": "survey",
            "file": "questions.csv",
            "imported": 2,
            "updated": 1,
            "unchanged": 0,
            "duplicates": 1,
            "rejected": 3,
        },
        FileImported(ImportKind.SURVEY, "questions.csv", 2, 1, 0, duplicates=1, rejected=3),
        "took in survey questions from questions.csv: 2 imported, 1 updated, 1 duplicates, 3 rejected",
    ),
    Example(
        EventKind.IMPORT,
        {
            "form": "file",
            "what": "opt-outs",
            "file": "do not call.csv",
            "imported": 2,
            "updated": 0,
            "unchanged": 4,
            "duplicates": 0,
            "rejected": 0,
        },
        FileImported(ImportKind.OPT_OUTS, "do not call.csv", 2, 0, 4, duplicates=0, rejected=0),
        "took in opt-outs from do not call.csv: 2 imported, 4 unchanged",
        "opted out by Ana Ortiz, with do not call.csv",
    ),
    Example(
        EventKind.REPAIR,
        {"form": "repaired", "mended": ["replies by hour recounted", "assigned of kim in 'Spring' recounted"]},
        Repaired(("replies by hour recounted", "assigned of kim in 'Spring' recounted")),
        "repaired: replies by hour recounted; assigned of kim in 'Spring' recounted",
    ),
    Example(
        EventKind.RESTORE,
        {
            "form": "backup",
            "file": "backup.db",
            "as_of": "2026-03-01T17:30:00+00:00",
            "stranger": None,
            "in_doubt": 4,
        },
        BackupRestored("backup.db", "2026-03-01T17:30:00+00:00", None, 4),
        "went back to the backup backup.db, as of 2026-03-01 17:30 UTC",
    ),
    Example(
        EventKind.RESTORE,
        {"form": "backup", "file": "backup.db", "as_of": None, "stranger": "sam", "in_doubt": 0},
        BackupRestored("backup.db", None, "sam", 0),
        "went back to the backup backup.db, from before the first change (by sam)",
        by=None,
    ),
    Example(
        EventKind.MOVE_DATABASE,
        {"form": "moved", "source": "/srv/texting/thrumsg.db", "rows": 1000, "replaced": 0},
        DatabaseMoved("/srv/texting/thrumsg.db", 1000, 0),
        "moved the database here from /srv/texting/thrumsg.db, 1000 rows",
    ),
    Example(
        EventKind.MOVE_DATABASE,
        {"form": "taken_back", "target": "postgresql://db.example.org/thrumsg"},
        DatabaseTakenBack("postgresql://db.example.org/thrumsg"),
        "took the database back from postgresql://db.example.org/thrumsg, as it was when it was moved",
    ),
]

EXAMPLES = [
    *(MESSAGES + MOVES + OPT_OUTS + CAMPAIGNS),
    *DOUBTS,
    *(OPT_OUT_UNDOS + SKIP_UNDOS + ANSWER_UNDOS + [TAKEN_BACK]),
    *(FOLLOW_UPS + SURVEY + REPLIES + TEAM + NUMBERS + DATABASE),
]

"""Sentences for the journal's facts about campaigns, content, users and the database."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from thrumsg_tui.domain.campaign_facts import (
    AnswerFacts,
    AnswerRecorded,
    AnswerUndone,
    BackupRestored,
    CampaignCreated,
    CampaignEdited,
    CampaignFacts,
    CampaignNumbersChanged,
    CampaignPurged,
    CampaignStateChanged,
    ConversationRenumbered,
    DatabaseFacts,
    Difference,
    FileImported,
    FollowUpChanged,
    FollowUpCreated,
    FollowUpEnded,
    FollowUpFacts,
    FollowUpSkipped,
    FollowUpSkipUndone,
    KeyAdded,
    KeyRemoved,
    NumberAdded,
    NumberFacts,
    NumberReplaced,
    NumberStateChanged,
    OwnerAdded,
    PointsConfirmed,
    QuestionAdded,
    QuestionChanged,
    QuestionMoved,
    QuestionRestored,
    QuestionRetired,
    Repaired,
    ReplyAdded,
    ReplyChanged,
    ReplyFacts,
    ReplyMoved,
    ReplyRemoved,
    RoleChanged,
    SendersAdded,
    SettingsChanged,
    SetupPart,
    SkipUndoneState,
    SurveyFacts,
    TeamFacts,
    UserAdded,
    UserChanged,
)
from thrumsg_tui.domain.conversation_sentences import released
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.our_numbers import NumberKind
from thrumsg_tui.domain.redaction import Ours
from thrumsg_tui.domain.wording import pluralize

_MOST_MENDED = 500
"""How many characters a line of the history shows of the list of repairs, which may be long."""


def campaign_summary(facts: CampaignFacts) -> str:
    """Return the history's sentence for a change to a campaign."""
    match facts:
        case CampaignCreated():
            return f"created {facts.name!r}{_confirming(facts.confirmed)}"
        case CampaignEdited():
            renamed = f", now {facts.new_name!r}" if facts.new_name is not None else ""
            changed = f"changed {', '.join(map(_part, facts.parts))} of {facts.name!r}{renamed}"
            changed += _confirming(facts.confirmed)
            return "; ".join([changed, *released(facts.released, facts.cancelled)])
        case CampaignStateChanged():
            held = f"; what was scheduled in {pluralize(facts.conversations, 'conversation')} is cancelled"
            held = held if facts.conversations else ""
            return f"{facts.name!r} is {facts.state}, was {facts.was}{held}{_confirming(facts.confirmed)}"
        case PointsConfirmed():
            return f"confirmed for {facts.name!r}: {', '.join(facts.confirmed)}"
        case CampaignPurged():
            of = f"{pluralize(facts.messages, 'message')} and the names of {pluralize(facts.contacts, 'contact')}"
            return f"purged {facts.name!r}: removed the texts of {of}"
        case SendersAdded():
            return f"added {', '.join(facts.logins)} to {facts.campaign!r}"
    assert_never(facts)


def _confirming(points: tuple[str, ...]) -> str:
    """Return the points of compliance that an owner confirmed, after what was done."""
    return f", confirming: {', '.join(points)}" if points else ""


def _part(part: SetupPart) -> str:
    match part:
        case SetupPart.NAME:
            return "the name"
        case SetupPart.INITIAL_SCRIPT:
            return "the initial script"
        case SetupPart.DESCRIPTION:
            return "the description"
        case SetupPart.HOURS:
            return "the hours"
        case SetupPart.HOURS_IN:
            return "the choice of time zone"
        case SetupPart.STARTS | SetupPart.ENDS:
            return "the first day" if part is SetupPart.STARTS else "the last day"
        case SetupPart.QUICKSEND:
            return "QuickSend"
        case SetupPart.QUIET_HOURS:
            return "the quiet hours"
    assert_never(part)


def follow_up_summary(facts: FollowUpFacts) -> str:
    """Return the history's sentence for a change to a follow-up."""
    match facts:
        case FollowUpCreated():
            return f"made the follow-up {facts.title!r} for {pluralize(facts.conversations, 'conversation')}"
        case FollowUpChanged():
            return f"changed the follow-up {facts.title!r}: {_differences(facts)}"
        case FollowUpEnded():
            ended = "the follow-up {!r} has expired" if facts.expired else "ended the follow-up {!r}"
            return f"{ended.format(facts.title)}, unsent in {pluralize(facts.unsent, 'conversation')}"
        case FollowUpSkipped():
            return f"skipped the follow-up {facts.title!r} for {facts.contact}"
        case FollowUpSkipUndone():
            return f"the follow-up for {facts.contact} {_skip_undone(facts.state)}"
    assert_never(facts)


def skip_in_thread(facts: FollowUpSkipped | FollowUpSkipUndone, by: str | None) -> str:
    """Return the thread's sentence for a skip or its undo; `by` is the name of the person who did it."""
    match facts:
        case FollowUpSkipped():
            return f"follow-up {facts.title!r} skipped by {by}"
        case FollowUpSkipUndone():
            return f"follow-up {_skip_undone(facts.state)}, by {by}"
    assert_never(facts)


def _skip_undone(state: SkipUndoneState) -> str:
    match state:
        case SkipUndoneState.UP:
            return "is up again"
        case SkipUndoneState.SKIPPED:
            return "is skipped again"
        case SkipUndoneState.NOT_FOR_THEM:
            return "is no longer skipped, but this contact no longer matches it"
    assert_never(state)


def _differences(facts: FollowUpChanged) -> str:
    ends = facts.ends and Difference(_moment(facts.ends.now), _moment(facts.ends.was))
    changes = {"title": _quoted(facts.titles), "text": _quoted(facts.texts), "end": ends}
    return "; ".join(f"{name} is {change.now}, was {change.was}" for name, change in changes.items() if change)


def _quoted(texts: Difference | None) -> Difference | None:
    return texts and Difference(repr(texts.now), repr(texts.was))


def _moment(iso: str | None) -> str:
    return "none" if iso is None else f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M} UTC"


def survey_summary(facts: SurveyFacts) -> str:
    """Return the history's sentence for a change to a survey question."""
    match facts:
        case QuestionAdded():
            return f"added the question {facts.text!r}"
        case QuestionChanged():
            to = f" to {facts.new_text!r}" if facts.new_text is not None else ""
            return f"changed the question {facts.text!r}{to}"
        case QuestionMoved():
            return f"moved {facts.text!r} to place {facts.place}"
        case QuestionRetired():
            return f"{'retired' if facts.kept else 'deleted'} the question {facts.text!r}"
        case QuestionRestored():
            return f"restored the question {facts.text!r}"
    assert_never(facts)


def answer_summary(facts: AnswerFacts) -> str:
    """Return the history's sentence for a survey answer."""
    match facts:
        case AnswerRecorded():
            return f"{facts.question} {'(cleared)' if facts.choice is None else facts.choice} for {facts.contact}"
        case AnswerUndone():
            return f"{facts.contact}'s {_answer_again(facts)}"
    assert_never(facts)


def answer_in_thread(facts: AnswerFacts, by: str | None) -> str:
    """Return the thread's sentence for a survey answer; `by` is the name of the person who recorded it."""
    match facts:
        case AnswerRecorded():
            return f"{facts.question} {'(answer cleared)' if facts.choice is None else facts.choice}, by {by}"
        case AnswerUndone():
            return f"{_answer_again(facts)}, by {by}"
    assert_never(facts)


def _answer_again(facts: AnswerUndone) -> str:
    again = "is taken back" if facts.choice is None else f"is {facts.choice!r} again"
    return f"answer to {facts.question!r} {again}"


def reply_summary(facts: ReplyFacts) -> str:
    """Return the history's sentence for a change to a recommended reply."""
    match facts:
        case ReplyAdded():
            return f"added the reply {facts.title!r}"
        case ReplyChanged():
            return f"changed the reply {facts.title!r}"
        case ReplyMoved():
            return f"moved the reply {facts.title!r} to place {facts.place}"
        case ReplyRemoved():
            return f"removed the reply {facts.title!r}"
    assert_never(facts)


def team_summary(facts: TeamFacts) -> str:
    """Return the history's sentence for a change to a user."""
    match facts:
        case OwnerAdded():
            return f"{facts.login} made this database and is its owner"
        case UserAdded():
            return f"added {facts.name} ({facts.login}) as {facts.role}"
        case UserChanged():
            changes = {"first name": facts.first_name, "last name": facts.last_name, "email": facts.email}
            said = [f"{name} {change.now!r}, was {change.was!r}" for name, change in changes.items() if change]
            return f"changed {facts.login}: {', '.join(said)}"
        case RoleChanged():
            return f"made {facts.login} {facts.role}, was {facts.was}"
        case KeyAdded():
            return f"let {facts.login} in by the SSH key {facts.comment!r} ({facts.fingerprint})"
        case KeyRemoved():
            return f"shut out the SSH key {facts.comment!r} of {facts.login} ({facts.fingerprint})"
    assert_never(facts)


def number_summary(facts: NumberFacts) -> str:
    """Return the history's sentence for a change to our own numbers."""
    match facts:
        case NumberAdded():
            return f"our number {facts.number} is {_kind(facts.kind)}, {facts.mps:g} segments a second"
        case NumberStateChanged():
            why = f": {facts.why}" if facts.why else ""
            return f"our number {facts.number} is {facts.state}, was {facts.was}{why}"
        case CampaignNumbersChanged():
            return f"{facts.campaign!r} texts from {', '.join(facts.numbers) or 'all our numbers'}"
        case ConversationRenumbered():
            return f"{facts.contact} is texted from {_from(facts.now)}, was {facts.was}"
        case NumberReplaced():
            moved = pluralize(facts.conversations, "conversation")
            return f"gave {moved} of our number {facts.was} {facts.now or 'others of our numbers'}"
    assert_never(facts)


def renumbered_in_thread(facts: ConversationRenumbered | NumberReplaced, by: str | None) -> str:
    """Return the thread's sentence for another number of ours; `by` is the name of the person who gave it."""
    return f"texted from {_from(facts.now)} from now on, was {facts.was}, by {by}"


def _from(number: Ours | None) -> str:
    return "another of our numbers" if number is None else number


def _kind(kind: NumberKind) -> str:
    match kind:
        case NumberKind.LONG:
            return "a long code"
        case NumberKind.TOLL_FREE:
            return "toll-free"
        case NumberKind.SHORT:
            return "a short code"
        case NumberKind.ALPHA:
            return "a name"
        case NumberKind.SERVICE:
            return "a service of the carrier"
    assert_never(kind)


def database_summary(facts: DatabaseFacts) -> str:
    """Return the history's sentence for a change to settings, an import, a repair or a restore."""
    match facts:
        case SettingsChanged():
            return ", ".join(f"set {setting.key} to {setting.value!r}" for setting in facts.settings)
        case FileImported():
            return _imported(facts)
        case Repaired():
            return f"repaired: {'; '.join(facts.mended)[:_MOST_MENDED]}"
        case BackupRestored():
            dated = "from before the first change" if facts.as_of is None else f"as of {_moment(facts.as_of)}"
            by = f" (by {facts.stranger})" if facts.stranger is not None else ""
            return f"went back to the backup {facts.file}, {dated}{by}"
    assert_never(facts)


def _imported(facts: FileImported) -> str:
    counts = {
        "imported": facts.imported,
        "updated": facts.updated,
        "unchanged": facts.unchanged,
        "duplicates": facts.duplicates,
        "rejected": facts.rejected,
    }
    said = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    what = "survey questions" if facts.what is ImportKind.SURVEY else facts.what
    return f"took in {what} from {facts.file}: {said}"

"""Sentences for the journal's facts about campaigns and their follow-ups."""

from __future__ import annotations

from typing import assert_never

from thrumsg_tui.domain.ages import utc_moment
from thrumsg_tui.domain.campaign_facts import (
    CampaignCreated,
    CampaignEdited,
    CampaignFacts,
    CampaignPurged,
    CampaignStateChanged,
    FollowUpChanged,
    FollowUpCreated,
    FollowUpEnded,
    FollowUpFacts,
    FollowUpSkipped,
    FollowUpSkipUndone,
    PointsConfirmed,
    SendersAdded,
    SetupPart,
    SkipUndoneState,
)
from thrumsg_tui.domain.conversation_sentences import released
from thrumsg_tui.domain.difference import Difference
from thrumsg_tui.domain.wording import pluralize


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
            return f"{facts.name!r} is {facts.state.said}, was {facts.was.said}{held}{_confirming(facts.confirmed)}"
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
    ends = facts.ends and Difference(_end(facts.ends.now), _end(facts.ends.was))
    changes = {"title": _quoted(facts.titles), "text": _quoted(facts.texts), "end": ends}
    return "; ".join(f"{name} is {change.now}, was {change.was}" for name, change in changes.items() if change)


def _quoted(texts: Difference | None) -> Difference | None:
    return texts and Difference(repr(texts.now), repr(texts.was))


def _end(iso: str | None) -> str:
    return "none" if iso is None else utc_moment(iso)

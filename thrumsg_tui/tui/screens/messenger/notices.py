"""The messenger's sentences about a conversation (`docs/rules.md 3.17`, `3.18`, `5.4`)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from thrumsg_tui.domain.carrier import Delivery
from thrumsg_tui.domain.closures import closure, format_moment, leaves_after
from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.domain.enums import CampaignState, MessageKind, Tab
from thrumsg_tui.domain.event_sentences import thread_sentence
from thrumsg_tui.domain.field_meanings import FIXED
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.send_rules import Obstacle, Verdict
from thrumsg_tui.domain.suspected_fields import suspected_fields
from thrumsg_tui.store.queries.messenger import ChangeByOthers, MessengerView
from thrumsg_tui.tui.app_context import AppContext
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.widgets.line_widgets import fit

_NAME_IN_QUESTION = 18
"""The cells of a name in a question that is to be read whole in 80 columns."""

KIND_TITLES = {
    MessageKind.INITIAL: "Initial message",
    MessageKind.FOLLOW_UP: "Follow-up",
    MessageKind.REPLY: "Reply",
}

SendingVerb = Literal["sent", "queued"]


def delivery_of(thrumsg: AppContext) -> Delivery:
    """Return whether anything delivers the messages of this database."""
    return thrumsg.carrier.delivery(thrumsg.store.db.clock()) if thrumsg.carrier else Delivery.NEVER


def sending_verb(thrumsg: AppContext) -> SendingVerb:
    """Return "sent" in a practice database, else "queued": a carrier has to take it first (`docs/rules.md 6.6`)."""
    return "sent" if delivery_of(thrumsg) is Delivery.PRACTICE else "queued"


def notice_of(view: MessengerView, verdict: Verdict, now: datetime, *, text: str, writing: bool) -> str:
    """Return the warnings before sending: text that looks like a field, opted out, closed, flagged."""
    if view.open is None:
        return ""
    conversation = view.open.conversation
    suspected = suspected_fields(text, (*FIXED, *conversation.fields)) if verdict.refusal is None else ()
    return " ".join(
        [*(each.sentence for each in suspected), _circumstances(view, conversation, verdict, now, writing=writing)]
    )


def _circumstances(
    view: MessengerView, conversation: Conversation, verdict: Verdict, now: datetime, *, writing: bool
) -> str:
    if opt_out := conversation.opt_out:
        by = f"by {opt_out.by}" if opt_out.by else "by the contact"
        return f"Opted out {by}, {opt_out.at:%Y-%m-%d}. No message may be sent to this number."
    refused = verdict.refusal and verdict.refusal.obstacle is not Obstacle.EMPTY  # the first letter moves nothing
    initial_at = conversation.ahead.initial_at if conversation.ahead and not refused else None
    after = leaves_after(view.campaign_here, initial_at, now) if initial_at else ""
    if closed := closure(view.campaign_here, now):
        if initial_at and closed.opens_at and closed.opens_at < initial_at:
            return f"{closed.sentence} {after}"
        waits_for_opening = view.campaign.state is CampaignState.ACTIVE and not refused
        waits = " What you send now waits until then." if waits_for_opening else ""
        return f"{closed.sentence}{waits}"
    if conversation.flagged:
        key = key_of("triage.opt_out" if writing else "messenger.opt_out")
        return f"May be an opt-out request: {key} opts out."
    if after:
        return after
    if verdict.leaves_at:
        return f"What you send now leaves {format_moment(view.campaign_here, verdict.leaves_at, now)}."
    if verdict.refusal is None or verdict.refusal.obstacle is Obstacle.EMPTY:
        return ""
    return verdict.refusal.sentence


def may_ask_to_be_left(conversation: Conversation) -> str:
    """Say, before a message to a flagged contact is sent, what its Enter and another key will do."""
    opts_out, sends = key_of("triage.opt_out"), key_of("box.send")
    name = fit(conversation.name, _NAME_IN_QUESTION)
    return f"{name} may want to be left alone: {opts_out} opts out, {sends} again sends."


def tab_is_hidden(tab: Tab) -> str:
    """Say that a conversation cannot be opened since its tab is not shown (`docs/rules.md 3.2`)."""
    return f"The contact you chose is in {tab.label}, which is over: this is another."


def departed(departure: ChangeByOthers, phones: PhoneDisplay) -> str:
    """Return a sentence on somebody else's change that took the conversation under the cursor off the list."""
    event = departure.event
    return f"{departure.name}: {thread_sentence(event.facts, event.by_name, phones)}."


def obstacle_of(view: MessengerView | None, verdict: Verdict | None, now: datetime) -> str | None:
    """Return in a few words, for the place of the Send key, why sending is impossible; None if it is possible."""
    if view is None or verdict is None or view.open is None:
        return "nothing to send"
    if verdict.refusal is None:
        return None
    closed = closure(view.campaign_here, now)
    if verdict.refusal.obstacle is Obstacle.CLOSED and closed and closed.opens_at:
        shut = "quiet" if closed.is_quiet else "closed"
        return f"{shut} until {format_moment(view.campaign_here, closed.opens_at, now, why=False)}"
    return verdict.refusal.obstacle

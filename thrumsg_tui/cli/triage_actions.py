"""What can be done with the open conversation in `thrumsg triage --plain`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Protocol

from thrumsg_tui.cli.conversations import thread_lines
from thrumsg_tui.cli.event_records import answers
from thrumsg_tui.cli.prompts import Dialogue
from thrumsg_tui.cli.report import pairs
from thrumsg_tui.cli.shown_times import ShownTimes
from thrumsg_tui.cli.triage_commands import Command
from thrumsg_tui.cli.triage_text import OpenReply, indented, question_lines, reply_lines
from thrumsg_tui.domain.campaigns import Question
from thrumsg_tui.domain.closures import format_moment
from thrumsg_tui.domain.conversations import TOLD_NOTHING, ConversationId, EventId
from thrumsg_tui.domain.departures import seconds_until
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.domain.errors import MovedOn, Refused, ThrumsgError
from thrumsg_tui.domain.fields import no_value
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.domain.segments import measure
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import capitalized, pluralize
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.send import Sent, send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries import campaigns
from thrumsg_tui.store.queries.assignments import assignments, find_destination, unassigned
from thrumsg_tui.store.queries.opt_out_message import told_by_hand

NOBODY = "-"
"""Names Unassigned as the destination."""


class Walk(Protocol):
    """The walk, as its actions see it."""

    db: Database
    who: Identity
    dialogue: Dialogue
    done: Counter[str]
    here: OpenReply | None

    def open(self, conversation_id: ConversationId) -> None:
        """Open a conversation and show it."""

    @property
    def times(self) -> ShownTimes:
        """The form of the times that are shown now."""

    def pass_over(self) -> None:
        """Do not show the open conversation again, although it waits."""

    def read(self, conversation_id: ConversationId) -> OpenReply:
        """Read a conversation as the person may see it now."""

    def explained(self, error: ThrumsgError) -> str:
        """Return why something was not done."""


class TriageActions:
    """Sends, records, opts out and reassigns; each of them returns whether the conversation stays open."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._say = walk.dialogue.say
        self._changes: list[tuple[EventId, ConversationId]] = []
        """What was done in this session and not undone, with the conversation that was open."""

    @property
    def _here(self) -> OpenReply:
        if self._walk.here is None:
            raise LookupError("no conversation is open")
        return self._walk.here

    def do(self, command: Command) -> bool:
        """Do what a command says with the open conversation."""
        match command.name:
            case "reply":
                return self._reply(int(command.argument))
            case "t":
                return self._send(command.argument)
            case "d":
                return self._send_draft()
            case "e":
                self._survey(command.argument)
            case "o":
                return self._opt_out()
            case "r":
                return self._reassign(command.argument)
            case "z":
                self._undo()
            case "m" | "i" | "l":
                self._show(command.name)
            case _:
                raise Refused(
                    f"{command.argument or 'An empty line'} is no command; ? lists them. "
                    "To send it as a message, write t and a space before it."
                )
        return True

    def _show(self, what: str) -> None:
        """Read the conversation again, and show all of it, its contact's fields, or what was shown first."""
        walk = self._walk
        shown = walk.here = walk.read(self._here.conversation.id)
        if what == "l":
            self._say(*reply_lines(shown, walk.times))
        elif what == "m":
            self._say(*thread_lines(shown.conversation, shown.phones, shown.campaign, walk.times))
        else:
            fields = [(code, shown.phones.text(value)) for code, value in shown.conversation.fields.items()]
            self._say(*(pairs(fields) or ["There are no other fields."]))

    def _reply(self, number: int) -> bool:
        replies = self._here.replies
        if not 1 <= number <= len(replies):
            raise Refused(
                f"There is no reply {number}: {pluralize(len(replies), 'reply is', 'replies are')} recommended."
            )
        filled = replies[number - 1].filled
        if filled.unresolved:
            raise Refused(f"{no_value(filled.unresolved[0])}; reply {number} cannot be filled in. Write it with t.")
        return self._send(filled.text)

    def _send_draft(self) -> bool:
        if self._here.draft is None:
            raise Refused("There is no draft of yours here.")
        return self._send(self._here.draft)

    def _send(self, text: str) -> bool:
        """Show a message, and send it after a line that agrees; what is not sent is kept as a draft (`3.11`)."""
        walk, contact = self._walk, self._here.conversation
        is_sent = False
        try:
            measured = measure(text)
            self._say(f"To {self._here.name}, {pluralize(measured.segments, 'segment')}:", *indented(text))
            while self._agrees():
                try:
                    sent = send(
                        walk.db,
                        walk.who,
                        contact.id,
                        body=text,
                        kind=MessageKind.REPLY,
                        read_to=self._here.read_to,
                        from_box=True,
                    )
                except MovedOn:
                    self._say_what_is_new()
                    continue
                is_sent = True
                self._done("sent", sent.event)
                self._say(self._sent(sent))
                return False
            self._say("Nothing was sent. The text is kept as your draft: d sends it.")
        finally:
            if not is_sent:
                keep_draft(walk.db, walk.who, contact.id, text)
                walk.here = replace(self._here, draft=text)
        return True

    def _agrees(self) -> bool:
        """Ask whether to send; a contact who may have asked to be left alone gets nothing by Enter alone (5.4)."""
        if not self._here.conversation.flagged:
            return self._walk.dialogue.agrees("Enter alone sends it; anything else does not.", "")
        self._say(f"{self._here.name} may have asked to be left alone: o opts the number out.")
        return self._walk.dialogue.agrees("y sends it all the same; anything else does not.", "y")

    def _say_what_is_new(self) -> None:
        """Read the thread again, and show what has happened since it was read."""
        walk, known = self._walk, self._here.conversation
        shown = walk.here = walk.read(known.id)
        self._say("The thread has moved on, so nothing was sent yet. Since then:")
        seen = len(known.messages) + len(known.events)
        self._say(*thread_lines(shown.conversation, shown.phones, shown.campaign, walk.times, seen))

    def _sent(self, sent: Sent) -> str:
        now, name = self._walk.db.clock(), self._here.name
        if sent.leaves_at is None:
            return f"Reply to {name} is queued."
        if sent.state is MessageState.UNSENT:
            return (
                f"Reply to {name} waits until {format_moment(self._here.campaign, sent.leaves_at, now)}; z undoes it."
            )
        return f"Reply to {name} leaves in {seconds_until(sent.leaves_at, now)} s; until then z takes it back."

    def _survey(self, given: str) -> None:
        """Record `QUESTION ANSWER`, or ask each question."""
        asked = self._here.questions
        if not asked:
            raise Refused("There is no survey.")
        if given:
            numbers = given.split()
            if len(numbers) != 2:
                raise Refused("Write e, the number of the question and the number of the answer, as in e 1 2.")
            question = asked[_number(numbers[0], len(asked), "question") - 1]
            self._record(question, numbers[1])
            return
        for question in asked:
            recorded = answers(self._here.conversation, asked).get(question.text)
            self._say(*question_lines(question, recorded))
            line = self._walk.dialogue.ask("Number of the answer? (Enter leaves it, 0 clears it)").strip()
            if line:
                self._record(question, line)

    def _record(self, question: Question, number: str) -> None:
        walk, contact = self._walk, self._here.conversation
        chosen = _number(number, len(question.choices), "answer", least=0)
        choice = question.choices[chosen - 1] if chosen else None
        event = record_answer(walk.db, walk.who, contact.id, question.id, choice.id if choice else None)
        walk.here = walk.read(contact.id)
        if event is None:
            self._say("It was so already.")
            return
        self._done("recorded" if choice else "cleared", event)
        self._say(f"{question.text} {choice.text}. Recorded; z undoes it." if choice else "Cleared; z undoes it.")

    def _opt_out(self) -> bool:
        walk, contact = self._walk, self._here.conversation
        if contact.opted_out:
            raise Refused("The number is opted out already.")
        with walk.db.reading() as conn:
            told = told_by_hand(conn, contact.phone, walk.db.clock())
        self._say(f"Opt {self._here.name} out, in all campaigns?", "They are told:" if told else TOLD_NOTHING)
        self._say(*indented(told))
        if not walk.dialogue.agrees("y opts them out; anything else does not.", "y"):
            self._say("Nobody was opted out.")
            return True
        self._done("opted out", opt_out_number(walk.db, walk.who, contact.phone, done_in=contact.id).event)
        self._say(f"{self._here.name} is opted out{'; z undoes it' if walk.who.may(Permission.OPT_IN) else ''}.")
        return False

    def _reassign(self, login: str) -> bool:
        walk, contact = self._walk, self._here.conversation
        walk.who.require(Permission.REASSIGN)
        with walk.db.reading() as conn:
            campaign = campaigns.get_campaign(conn, contact.campaign_id)
            if not login:
                senders = assignments(conn, campaign.id, walk.db.clock())
                self._say(*(f"r {each.login or NOBODY}: {each.shown_name}." for each in senders))
                return True
            to = unassigned(conn, campaign.id) if login == NOBODY else find_destination(conn, campaign, login)
        outcome = reassign(
            walk.db, walk.who, Request(campaign.id, FromConversations((contact.id,)), ToAssignments((to,)))
        )
        self._say(f"{capitalized(outcome.sentence)}{'; z undoes it' if outcome.event else ''}.")
        if outcome.event is not None:
            self._done("reassigned", outcome.event)
            walk.pass_over()
        return outcome.event is None

    def _undo(self) -> None:
        """Undo the last change of this session, and open its conversation again; a change that stays is passed."""
        walk = self._walk
        if not self._changes:
            raise Refused("Nothing of this session is left to undo; `thrumsg history` lists older changes.")
        event, concerned = self._changes.pop()
        outcome = undo(walk.db, walk.who, event)
        self._say(f"{capitalized(outcome.sentence)}.")
        if outcome.event is not None:
            walk.done["undone"] += 1
        walk.open(concerned)

    def _done(self, what: str, event: EventId | None) -> None:
        self._walk.done[what] += 1
        if event is not None:
            self._changes.append((event, self._here.conversation.id))


def _number(text: str, most: int, what: str, *, least: int = 1) -> int:
    """Parse the number of a question or an answer."""
    if not (text.isascii() and text.isdigit() and len(text) < 5 and least <= int(text) <= most):
        raise Refused(f"{text} is no {what} here: there are {least} to {most}.")
    return int(text)

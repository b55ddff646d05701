"""Walks the waiting replies, one conversation after the other, by lines (`thrumsg triage --plain`)."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress

from thrumsg_tui.cli.prompts import Dialogue, EndOfInput, LineInput
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.shown_times import ShownTimes, shown_times
from thrumsg_tui.cli.triage_actions import TriageActions
from thrumsg_tui.cli.triage_commands import HELP, Command, parse_line
from thrumsg_tui.cli.triage_text import OpenReply, open_reply, reply_lines
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseUnusable, Refused, ThrumsgError
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.gateway.practice_delivery import deliver_practice
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.presence import end_presence, show_presence
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries.conversations import ListRequest, count, ids
from thrumsg_tui.store.queries.users import identify

_PRESENCE = 10.0
"""Seconds between two reports that the person is still here."""

_DONE = {
    "sent": ("reply", "replies"),
    "recorded": ("answer", "answers"),
    "cleared": ("answer", "answers"),
    "opted out": ("number", "numbers"),
    "reassigned": ("conversation", "conversations"),
    "skipped": ("conversation", "conversations"),
    "undone": ("change", "changes"),
}
"""What the summary counts, with its noun."""


class TriageWalk:
    """Shows the longest waiting conversation, does what the lines say, and goes on to the next."""

    def __init__(self, session: Session, waiting: ListRequest) -> None:
        self.db, self.who, self._session = session.db, session.who, session
        self.waiting = waiting
        self.done: Counter[str] = Counter()
        """How often each of `_DONE` was done."""
        self.dialogue = Dialogue(LineInput(self._stay_online, _PRESENCE))
        self.here: OpenReply | None = None
        self._passed: set[ConversationId] = set()
        self._presence = f"triage-{os.urandom(8).hex()}"
        self._actions = TriageActions(self)

    def run(self) -> None:
        """Go on until nobody waits, the person stops, or the input ends."""
        try:
            while (following := self._next()) is not None:
                self.open(following)
                self._work()
            self.dialogue.say("Nobody else waits.")
        except EndOfInput:
            pass
        finally:
            with suppress(DatabaseUnusable):  # it is forgotten after 30 seconds
                end_presence(self.db, self._presence)

    def summary(self) -> str:
        """Say what was done, and how many still wait."""
        with self.db.reading() as conn:
            left = count(conn, self.waiting)
        done = ", ".join(f"{pluralize(number, *_DONE[what])} {what}" for what, number in self.done.items()) or "nothing"
        return f"Done: {done}. {pluralize(left, 'reply waits', 'replies wait')}."

    def open(self, conversation_id: ConversationId) -> None:
        """Open a conversation, let others see that it is open, and show it."""
        self._passed.discard(conversation_id)
        campaign_id = self.waiting.campaign_id
        show_presence(self.db, self._presence, self.who.user.id, campaign_id, conversation_id)
        self.here = self.read(conversation_id)
        self.dialogue.say("", *reply_lines(self.here, self.times))

    @property
    def times(self) -> ShownTimes:
        """The form of the times that are shown now."""
        return shown_times(self._session)

    def pass_over(self) -> None:
        """Do not show the open conversation again, although it waits."""
        if self.here is not None:
            self._passed.add(self.here.conversation.id)

    def read(self, conversation_id: ConversationId) -> OpenReply:
        """Read a conversation as the person may see it now."""
        with self.db.reading() as conn:
            self.who = _identified(conn, self.who)
            shown = open_reply(conn, self.who, conversation_id, self.db.clock())
        if shown.conversation.sender_id != self.who.user.id:
            self.who.require(Permission.VIEW_ALL)
        return shown

    def explained(self, error: ThrumsgError) -> str:
        """Return why something was not done, with numbers hidden where they are hidden everywhere."""
        if isinstance(error, Refused):
            with self.db.reading() as conn:
                error.phones = phone_display(conn)
        return str(error)

    def _next(self) -> ConversationId | None:
        """Return the longest waiting conversation that was not passed over."""
        deliver_practice(self.db)
        with self.db.reading() as conn:
            first = ids(conn, self.waiting, limit=len(self._passed) + 1)
        return next((each for each in first if each not in self._passed), None)

    def _work(self) -> None:
        """Do what the lines say, until the conversation is left; raises `EndOfInput` if the person stops."""
        stays = True
        while stays:
            try:
                stays = self._do(parse_line(self.dialogue.ask("What now? (? lists it)")))
            except ThrumsgError as error:
                self.dialogue.say(self.explained(error))
            deliver_practice(self.db)

    def _do(self, command: Command) -> bool:
        """Do one thing; return whether the conversation stays."""
        match command.name:
            case "?":
                self.dialogue.say(*HELP)
            case "q":
                raise EndOfInput
            case "s":
                self.done["skipped"] += 1
                self.pass_over()
                return False
            case _:
                return self._actions.do(command)
        return True

    def _stay_online(self) -> None:
        """Say that the person is still here, and let leave what is due."""
        if self.here is None:
            return
        with suppress(DatabaseUnusable):  # said when the person does something
            show_presence(
                self.db, self._presence, self.who.user.id, self.waiting.campaign_id, self.here.conversation.id
            )
            let_due(self.db)
            deliver_practice(self.db)


def _identified(conn: Connection, who: Identity) -> Identity:
    """Read the person again: their role may have changed since the command began."""
    return identify(conn, who.actor.login, None if who.user.id == who.actor.id else who.user.login)

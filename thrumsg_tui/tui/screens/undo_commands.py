"""Undo and redo on every screen (`docs/rules.md 4.9`).

The records of all undoable changes are imported when somebody undoes one, to start faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from thrumsg_tui.domain.errors import Refused, ThrumsgError
from thrumsg_tui.domain.events import Event, EventKind
from thrumsg_tui.domain.wording import capitalized
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.tui.screen_context import ScreenContext, action_worker

if TYPE_CHECKING:
    from thrumsg_tui.store.queries.lookup import FoundConversation


class UndoContext(ScreenContext, Protocol):
    """A screen as undo sees it."""

    async def about_to_undo(self) -> None:
        """Store what is being written, before undo may put other text into the box."""

    async def write_again(self, found: FoundConversation) -> None:
        """Go to the box that holds the text of an undone message."""

    def undone(self) -> None:
        """Return to the subject of the undone change, before the panes refresh."""


class UndoCommands:
    """The commands of every screen that undo the person's last change, and redo it."""

    def __init__(self, screen: UndoContext) -> None:
        self.screen = screen

    @action_worker
    async def action_undo(self) -> None:
        """Undo the person's last change; preview it first if they may not expect it, or if it is large."""
        from thrumsg_tui.store.queries.history import get_event, newest_own
        from thrumsg_tui.store.queries.undo_preview import last_undoable, why_it_stays

        store, who = self.screen.thrumsg.store, self.screen.thrumsg.who
        try:
            newest = await store.query(newest_own, who.user.id)
            made = None if newest is None else await store.query(get_event, newest)
            late = None if made is None else await store.query(why_it_stays, who, made)
            try:
                last = await store.query(last_undoable, who, before_messages=True)
            except Refused as nothing:
                raise Refused(late) if late and made and self._is_fresh(made) else nothing from None
            is_here = self._here is None or last.campaign in {None, self._here}
            expected = last.id == newest and is_here and last.kind is not EventKind.IMPORT
            await self._undo_or_redo(last, "Undo", late, asks=not expected or await self._is_weighty(last))
        except ThrumsgError as error:
            self.screen.say(str(error), warning=True)

    @action_worker
    async def action_redo(self) -> None:
        """Redo the person's last undo; preview it first if they may not expect it, or if it is large."""
        from thrumsg_tui.store.queries.undo_preview import last_redoable, newest_change

        store, who = self.screen.thrumsg.store, self.screen.thrumsg.who
        try:
            last = await store.query(last_redoable, who)
            newest = await store.query(newest_change, who)
            since = newest is not None and newest > last.id
            await self._undo_or_redo(last, "Redo", asks=since or await self._is_weighty(last))
        except ThrumsgError as error:
            self.screen.say(str(error), warning=True)

    @property
    def _here(self) -> str | None:
        """The name of the campaign on the screen, None if there is none."""
        campaign = self.screen.facts().campaign
        return campaign.name if campaign else None

    async def _is_weighty(self, wanted: Event) -> bool:
        """Return whether a change has weight, or is older than this session (`docs/rules.md 4.9`)."""
        from thrumsg_tui.store.queries.undo_preview import is_weighty

        has_weight = await self.screen.thrumsg.store.query(is_weighty, wanted.id)
        return has_weight or not self._is_fresh(wanted)

    def _is_fresh(self, event: Event) -> bool:
        """Return whether an event is of this session."""
        return event.at >= self.screen.thrumsg.opened_at

    async def _undo_or_redo(self, wanted: Event, title: str, late: str | None = None, *, asks: bool) -> None:
        """Undo or redo an event and show the outcome; `late` is the reason why a later change cannot be undone."""
        from thrumsg_tui.store.changes.undo import begin_undo
        from thrumsg_tui.store.queries.undo_preview import taken_back_in
        from thrumsg_tui.tui.dialogs.undo import undo_confirmation

        store, who = self.screen.thrumsg.store, self.screen.thrumsg.who
        if asks:
            phones = (await store.query(settings)).phone_display(ascii_only=self.screen.thrumsg.glyphs.ascii_only)
            question = await undo_confirmation(
                store, who, wanted.id, phones, title=title, late=late, campaign=self._here
            )
            if not await self.screen.show_dialog(question):
                return
        await self.screen.about_to_undo()
        outcome = await store.execute(begin_undo, who, wanted.id)
        doing, done = ("Redoing", "Redone") if title == "Redo" else ("Undoing", "Undone")
        sentence = capitalized(outcome.sentence)
        self.screen.say(f"{done}: {outcome.sentence}." if outcome.event else f"{sentence}.")
        if outcome.under_way:
            self.screen.say(f"{doing}: {outcome.sentence}.")
            self.screen.thrumsg.finish_later(outcome)
        found = await store.query(taken_back_in, outcome.event) if outcome.event else None
        if found:
            self.screen.say(f"{sentence}: its words are in the box again.")
            await self.screen.write_again(found)
            return
        self.screen.undone()
        self.screen.ask_again()

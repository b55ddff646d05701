"""The dialog of a bulk reassignment: what its keys do, and what Enter would (`docs/rules.md 4.7`)."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from thrumsg_tui.domain.campaigns import Assignment
from thrumsg_tui.domain.reassignment import Plan, Request
from thrumsg_tui.domain.reassignment_summary import of_whom, what_stays
from thrumsg_tui.tui.app_context import app_context
from thrumsg_tui.tui.bulk_choices import BulkAction, BulkChoices, BulkField
from thrumsg_tui.tui.bulk_guidance import BulkGuidance
from thrumsg_tui.tui.bulk_planner import BulkPlanner
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.cursors import next_in_cycle
from thrumsg_tui.tui.dialogs.bulk_panes import BulkPanes
from thrumsg_tui.tui.dialogs.dialog import Dialog
from thrumsg_tui.tui.dialogs.frame import Apart
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.stale_keys import TOO_EARLY, Sight
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.widgets.line_widgets import Part

_COUNTING_AFTER = 0.3
"""Seconds after which the dialog says that the preview is still being counted."""

_TO_EVEN_OUT = (
    "To even out what senders hold, leave this, mark the senders who hold too many with "
    f"{key_of('senders.mark')}, and press {key_of('senders.reassign_bulk')}."
)


class BulkReassign(Dialog[Plan | None]):
    """Return the plan that the preview shows when Enter is pressed, or None.

    Letters search a destination, wherever the cursor is. Enter and Space choose the one that was found; with nothing
    typed, Enter applies what the preview shows. Esc clears the search, then takes choices back one at a time, then
    leaves.
    """

    SCOPES = (Scope.BULK,)
    BINDINGS = bindings(commands_of(Scope.BULK), checked=False, priority=True)

    def __init__(
        self,
        whose: str,
        base: Request,
        action: BulkAction,
        rows: Sequence[Assignment],
        store: StoreClient,
        glyphs: Glyphs,
    ) -> None:
        super().__init__()
        self.choices = BulkChoices(base, action, rows)
        self._whose = of_whom(base, rows, whose)
        self._action = action
        self._asks = action is not BulkAction.UNASSIGN_ALL
        self.panes = BulkPanes(self.choices, glyphs, asks=self._asks)
        self.search, self.destinations, self.fields = self.panes.search, self.panes.destinations, self.panes.fields
        self._followed = ""
        """The search that the list of destinations shows."""
        self._planner = BulkPlanner(store, self.choices)
        self._notice = ""
        self._sight = Sight()

    def compose(self) -> ComposeResult:
        yield Apart(self.panes)

    def on_mount(self) -> None:
        self._fit()
        self.destinations.show_rows()
        if self._asks:
            self.search.focus()
        self._changed()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self.panes.fit(self.size, has_plan=self._planner.plan is not None)

    # Preview

    def _changed(self) -> None:
        """Plan again after a change of the request; until the preview is there, Enter applies nothing."""
        must_plan = self._planner.outdate()
        self._notice = ""
        self.destinations.repaint_changed()
        self.fields.remake()
        if must_plan:
            self.run_worker(self._plan(), name="preview")
            self.set_timer(_COUNTING_AFTER, self._say_that_it_counts)

    async def _plan(self) -> None:
        await self._planner.make()
        if self.is_attached:
            if self._planner.plan is None:
                self.panes.show_refusal("" if self._guidance.awaits_destination else self._planner.refusal)
            else:
                self.panes.show_plan(self._planner.plan)
            self._say_again()

    # Sentences

    def _say(self, notice: str = "") -> None:
        """Show a notice, what Enter does now, and which conversations stay and why."""
        self._notice = notice
        self.panes.name_action(f"{self._action}: {self._moving}")
        sentences: list[Part] = [(notice, "warning")] if notice else []
        guidance = self._guidance
        sentences.append((guidance.enter, "quiet" if guidance.awaits_destination else "accent"))
        if stays := what_stays(self.choices.request, self.choices.rows):
            sentences.append((f"{stays} {_TO_EVEN_OUT}" if self.choices.request.from_all_to_all else stays, ""))
        if self.panes.show_words([each for each in sentences if each[0]]):
            self._sight.changed()
            self.call_after_refresh(self._seen)
        self._fit()
        self.panes.name_keys(self._guidance.escape)

    def _seen(self) -> None:
        self._sight.drawn()
        self._sight.painted()

    def _say_again(self) -> None:
        """Show again what Enter does now, and keep the last notice."""
        self._say(self._notice)

    def _say_that_it_counts(self) -> None:
        """Say each second for how long the preview is being counted: a million conversations take seconds."""
        if self._planner.counting and self.is_attached:
            self._say_again()
            self.set_timer(1, self._say_that_it_counts)

    @property
    def _moving(self) -> str:
        """Whose conversations move; from everyone to all senders, only Unassigned's do."""
        return "unassigned conversations" if self.choices.request.from_all_to_all else self._whose

    @property
    def _guidance(self) -> BulkGuidance:
        row = self.destinations.row
        return BulkGuidance(
            choices=self.choices,
            whose=self._moving,
            asks_for_destinations=self._asks,
            search=self.search.value,
            found=self.destinations.name_of(row) if row else None,
            plan=self._planner.plan,
            counting=self._planner.counting,
            counting_for=self._planner.counting_for,
            counted=self._planner.counted,
            refusal=self._planner.refusal,
        )

    # Searching

    def on_input_changed(self) -> None:
        """Narrow the destinations to the search, unless a key has done that already."""
        if self._followed != self.search.value:
            self._follow_search()
            self._say()

    def _follow_search(self) -> None:
        """Narrow the destinations now, before a key that acts on the one that was found."""
        if not self.search.value.strip():
            self.search.value = ""  # pasted spaces are no search
        else:
            self._go_to(None)
        self._followed = self.search.value
        self.destinations.search(self._followed)

    def _clear_search(self) -> None:
        self.search.value = ""
        self._follow_search()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys that edit the search to it while it is not empty."""
        match action:
            case "mark" | "move" | "next_field":
                return self._asks
            case "turn":
                return self._asks and not self.search.value
            case "digit":
                return self.choices.takes_count and not self.search.value
            case "erase_digit":
                return not self.search.value and self.choices.request.count is not None
            case _:
                return True

    def action_go_on(self) -> None:
        """Choose the destination that was found; with nothing typed, return the plan that is shown."""
        self._follow_search()
        if self.search.value:
            self._choose_found()
        elif (planned := self._planner.plan) is not None and planned.moves:
            if self._sight.before(app_context(self).key_pressed_at):
                self.dismiss(planned)
            else:
                self._say(TOO_EARLY.format(key_of("bulk.apply")))
        else:
            self._say(self._guidance.why_nothing_moved)

    def action_mark(self) -> None:
        """Choose the destination under the cursor or take it back; on a field, go to its next value."""
        self._follow_search()
        if self.fields.field is not None:
            self.action_turn(1)
        elif (row := self.destinations.row) is None:
            self._say("Nothing was chosen.")
        else:
            if row.assignment:
                self.choices.turn_destination(row.assignment)
            else:
                self.choices.turn_everyone()
            self._clear_search()
            self._changed()

    def _choose_found(self) -> None:
        row = self.destinations.row
        if row is None or row.assignment is None:
            self._say("Nothing was chosen.")
            return
        self.choices.choose(row.assignment)
        self._clear_search()
        self._changed()

    def action_step_back(self) -> None:
        """Clear the search, else take the last choice back, else leave."""
        if self.search.value:
            self._clear_search()
            self._say()
        elif self.choices.step_back():
            self._changed()
        else:
            self.dismiss(None)

    def action_move(self, rows: int) -> None:
        """Move the cursor through the destinations and on into the fields; in a search, only through the matches."""
        self._follow_search()
        fields = self.choices.fields
        here = self.fields.field
        if here is not None:
            place = fields.index(here) + rows
            self._go_to(None if place < 0 else fields[min(place, len(fields) - 1)])
        elif rows > 0 and not self.search.value and self.destinations.cursor == self.destinations.total - 1:
            self._go_to(fields[0])
        else:
            self.destinations.action_move(rows)
        self._say()

    def action_next_field(self, step: int) -> None:
        """Go to the next field; the destinations are the first."""
        if self.search.value:
            self._say(f"Press {key_of('bulk.apply')} or {key_of('bulk.back')} first: a name is being searched.")
            return
        self._go_to(next_in_cycle([None, *self.choices.fields], self.fields.field, step))
        self._say()

    def action_turn(self, step: int) -> None:
        """Go to the next value of the field under the cursor."""
        match self.fields.field:
            case None:
                pass
            case BulkField.COUNT:
                self._say("Type how many: a number, or nothing for all.")
            case field:
                self.choices.turn(field, step)
                self._changed()

    def action_digit(self, digit: int) -> None:
        """Add a digit to the count."""
        self.choices.type_digit(digit)
        self._changed()

    def action_erase_digit(self) -> None:
        """Erase the last digit of the count."""
        self.choices.erase_digit()
        self._changed()

    def action_page(self, pages: int) -> None:
        """Scroll the preview."""
        preview = self.panes.preview
        preview.scroll_relative(y=pages * preview.size.height, animate=False, force=True)

    def _go_to(self, field: BulkField | None) -> None:
        """Put the cursor on a field, or into the destinations."""
        if field is not self.fields.field:
            self.fields.field = field
            self.destinations.active = field is None
            self.fields.remake()
            self.destinations.repaint_changed()

    @property
    def ready_for_keys(self) -> bool:
        """Whether the preview shows the present request."""
        return not self._planner.counting

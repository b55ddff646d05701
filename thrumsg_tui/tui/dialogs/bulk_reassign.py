"""Bulk reassignment with its preview: what is shown is what Enter does (`docs/rules.md 4.7`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Assignment
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.reassignment import Plan, Request, flows
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.words import Status
from thrumsg_tui.store.queries.reassignment import plan
from thrumsg_tui.tui.desk import Desk
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.drawn import DrawnLine, DrawnLines, Part, fit, heading
from thrumsg_tui.tui.widgets.reassign_form import BulkAction, ReassignForm

_COLUMNS = {
    Status.NOT_STARTED: ("not started", "new"),
    Status.SENT: ("sent", "sent"),
    Status.NEEDS_REPLY: ("needs reply", "waits"),
    Status.ANSWERED: ("answered", "answ."),
}
"""The counts of the preview, with their titles where there is room and where there is less."""

_OPTED_OUT = ("opted out", "out")


class PlanPreview(DrawnLines):
    """Who gives how many to whom, by status."""

    DEFAULT_CSS = "PlanPreview { scrollbar-size-vertical: 1; overflow: hidden auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._plan: Plan | None = None
        self._refusal = ""

    def show_plan(self, planned: Plan | None, refusal: str = "") -> None:
        """Show a plan, or why there is none."""
        self._plan, self._refusal = planned, refusal
        self.remake()

    def lines(self, width: int) -> list[Strip]:
        if self._plan is None or not self._plan.moves:
            sentence = self._refusal or ("Nothing matches: nothing would be moved." if self._plan else "counting")
            look = "warning" if self._refusal else "quiet"
            return [self.strip([(f" {line}", look)], width=width) for line in self.wrapped(sentence, width - 2)]
        roomy = width >= 96
        column = 12 if roomy else 6
        heads = "".join(f"{title[not roomy]:>{column}}" for title in [*_COLUMNS.values(), _OPTED_OUT])
        strips = [self.strip([(" from → to", "quiet")], [(f"{heads}  moved ", "quiet")], width=width)]
        for flow in flows(self._plan.moves):
            names = [safe_text(self._plan.names[each]) for each in (flow.source, flow.destination)]
            counts = [*(flow.by_status.get(status, 0) for status in _COLUMNS), flow.opted_out]
            numbers = "".join(f"{count or '·':>{column}}" for count in counts)
            half = (width - len(numbers) - 13) // 2
            left = f" {fit(names[0], half)} → {fit(names[1], half)}"
            moved: list[Part] = [(numbers, "quiet"), (f"{flow.moved:>7} ", "strong")]
            strips.append(self.strip([(left, "")], moved, width=width))
        return strips


class BulkReassign(ModalScreen[Plan | None]):
    """Returns the plan that was shown when Enter was pressed, or None."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", show=False, priority=True),
        Binding("escape", "dismiss(None)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(
        self, whose: str, base: Request, action: BulkAction, rows: Sequence[Assignment], desk: Desk, glyphs: Glyphs
    ) -> None:
        super().__init__()
        self._title = f"{action}: {whose}"
        self._desk = desk
        self._action = action
        self.form = ReassignForm(base, action, rows, glyphs, id="form")
        self.preview = PlanPreview(id="preview")
        self._total = DrawnLine(id="total")
        self._plan: Plan | None = None
        self._stale = False
        self._asking = False

    def compose(self) -> ComposeResult:
        parts = [self.preview, self._total]
        if self._action is not BulkAction.UNASSIGN_ALL:
            parts.insert(0, self.form)
        self._box = Vertical(*parts, classes="dialog wide")
        self._box.border_title = heading(self._title)
        yield self._box

    def on_mount(self) -> None:
        self.form.on_change = self._changed
        if self._action is not BulkAction.UNASSIGN_ALL:
            self.form.focus()
        self._changed()

    def _changed(self) -> None:
        """What is asked for is another thing now: until its preview is there, Enter does nothing."""
        self._plan = None
        self._stale = True
        if not self._asking:
            self._asking = True
            self.run_worker(self._ask(), name="preview")

    async def _ask(self) -> None:
        try:
            while self._stale:
                self._stale = False
                refusal = ""
                try:
                    self._plan = await self._desk.ask(plan, self.form.request, self._desk.db.clock())
                except ThrumsgError as reason:
                    self._plan, refusal = None, str(reason).removesuffix(" Nothing was moved.")
                if not self._stale:
                    self._paint(refusal)
        finally:
            self._asking = False

    def _paint(self, refusal: str) -> None:
        self.preview.show_plan(self._plan, refusal)
        moves = self._plan.moves if self._plan else ()
        opted_out = sum(move.opted_out for move in moves)
        hint = "  destinations give nothing" if self.form.request.everyone else ""
        total = "" if refusal else f" {len(moves)} of {self.form.matching} that match, {opted_out} opted out"
        self._total.show([(total, "strong"), (hint, "quiet")])
        doing = [f"Enter moves {len(moves)}"] if moves else []
        choosing = ["arrows and space choose"] if self._action is not BulkAction.UNASSIGN_ALL else []
        more = ["PgDn shows more"] if self.preview.max_scroll_y else []
        self._box.border_subtitle = ", ".join([*doing, *choosing, *more, "Esc leaves"])

    def action_apply(self) -> None:
        """Return what is shown."""
        if self._plan is not None and self._plan.moves:
            self.dismiss(self._plan)

    def action_page(self, pages: int) -> None:
        """Scroll the preview."""
        self.preview.scroll_relative(y=pages * self.preview.size.height, animate=False, force=True)

    @property
    def ready_for_keys(self) -> bool:
        """Whether the preview is that of what is asked for."""
        return not self._asking

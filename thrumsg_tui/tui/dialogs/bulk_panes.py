"""The panes of the bulk dialog, which share its height: destinations and fields, the preview, and the sentences."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size

from thrumsg_tui.domain.reassignment import Plan
from thrumsg_tui.tui.bulk_choices import BulkChoices
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.dialogs.picker import LARGEST_PART
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.shared_room import share_lines
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, heading, keys_in_frame
from thrumsg_tui.tui.widgets.plan_preview import PlanPreview
from thrumsg_tui.tui.widgets.reassign_form import BulkFields, DestinationList, DestinationSearch
from thrumsg_tui.tui.widgets.sentence_lines import SentenceLines

_WIDTH = 110
"""The width of the dialog in a wide screen, as in its style sheet."""

_SHORTEST_WORDS = 3
"""Lines that the sentences keep beside a plan, so that they change without moving what is above them."""


class BulkPanes(Vertical):
    """The panes below each other in one frame.

    Args:
        choices: What the dialog asks for.
        glyphs: The characters of the terminal.
        asks: Whether it asks for destinations and fields, and not only whether to do what the preview shows.
    """

    def __init__(self, choices: BulkChoices, glyphs: Glyphs, *, asks: bool) -> None:
        super().__init__(classes="dialog")
        self._asks = asks
        self._choices = choices
        self._has_more = False
        """Whether the preview has more lines than are shown."""
        self.search = DestinationSearch(placeholder="type a name to search", id="search")
        self.destinations = DestinationList(choices, id="destinations")
        self.fields = BulkFields(choices, glyphs, id="fields")
        self.preview = PlanPreview(id="preview")
        self._total = LineWidget(id="total")
        self.words = SentenceLines(id="words")

    def compose(self) -> ComposeResult:
        if self._asks:
            label = LineWidget(id="to")
            label.show([(" To  ", "strong")])
            yield Horizontal(label, self.search, id="to-row")
            yield from (self.destinations, self.fields)
        yield from (self.preview, self._total, self.words)

    def show_plan(self, plan: Plan) -> None:
        """Show what a plan moves."""
        opted_out = sum(move.opted_out for move in plan.moves)
        self.preview.show_plan(plan, self._choices.receivers)
        shown = f" {len(plan.moves)} of {self._choices.matching} that match, {opted_out} opted out"
        self._total.show([(shown, "strong")])

    def show_refusal(self, refusal: str) -> None:
        """Show why there is no plan."""
        self.preview.show_refusal(refusal)
        self._total.show([])

    def show_words(self, sentences: Sequence[Part]) -> bool:
        """Show sentences below the preview; return whether they differ from those before."""
        return self.words.show(sentences)

    def fit(self, screen: Size, *, has_plan: bool) -> None:
        """Distribute the height: fields and sentences are always visible, the others share what is left.

        Destinations and preview each have as many lines as they need, or half of the room if both need more.
        """
        width = min(_WIDTH, int(screen.width * 0.97)) - 4
        fields = 1 + len(self._choices.fields) if self._asks else 0
        room = int(screen.height * LARGEST_PART) - 2
        words = max(min(self.words.lines_for(width), room // 3), _SHORTEST_WORDS if has_plan else 1)
        wanted = self.preview.lines_for(width)
        rows = self.destinations.size_of_all if self._asks else 0
        listed, shown = share_lines(max(room - fields - words - 2, 2), rows, wanted)
        self._has_more = wanted > shown
        self.destinations.styles.height = listed
        self.fields.styles.height = len(self._choices.fields)
        self.preview.styles.height = shown
        self.words.styles.height = words

    def name_keys(self, escape: str) -> None:
        """Name the keys in the frame, the most needed ones first; `escape` says what Esc does."""
        doing = [f"{key_of('bulk.mark')} chooses"] if self._asks else []
        more = [f"{key_of('bulk.page_down')} shows more"] if self._has_more else []
        fields = [f"{key_of('bulk.next_field')} next field"] if self._asks else []
        keys = [f"{key_of('bulk.back')} {escape}", *doing, *more, *fields]
        self.border_subtitle = keys_in_frame(keys, self.outer_size.width)

    def name_action(self, action: str) -> None:
        """Name in the frame what is moved."""
        self.border_title = heading(action)

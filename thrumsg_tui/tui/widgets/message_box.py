"""The message box, with the length of the text and the reason if it cannot be sent (`docs/rules.md 3.11`, `3.18`)."""

from __future__ import annotations

from textual.events import Focus
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from thrumsg_tui.domain.lookalikes import find_lookalikes, replace_lookalikes
from thrumsg_tui.domain.segments import MAX_SEGMENTS, Encoding, measure
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.tui.app_context import app_context
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of, shown_key
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.stale_keys import Sight
from thrumsg_tui.tui.textual_compat import repaint_required
from thrumsg_tui.tui.widgets.line_widgets import heading
from thrumsg_tui.tui.widgets.text_editor import TextEditor


class MessageBox(TextEditor):
    """A text area in which Enter sends. `starting_text` is its text before the user types."""

    SCOPES = (Scope.MESSAGE_BOX,)
    BINDINGS = bindings(commands_of(Scope.MESSAGE_BOX), checked=False, priority=True)
    DEFAULT_CSS = """
    MessageBox { padding: 0 1; }
    """

    class Send(Message):
        """Enter was pressed in the box, at `pressed_at` on the monotonic clock."""

        def __init__(self, pressed_at: float) -> None:
            super().__init__()
            self.pressed_at = pressed_at

    class Leave(Message):
        """Esc was pressed in the box."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=False)
        self.starting_text = ""
        self._glyphs = glyphs
        self._edges = ("", "")
        self.sight = Sight()
        """When the present text and cursor were painted; what the user types counts as seen already."""

    def hold(self, text: str, starting_text: str) -> None:
        """Set the text, a new one or a stored draft, and its `starting_text`; put the cursor at its end.

        Nobody has written, so there is no `Changed`, which would store the text as a draft.
        """
        self.starting_text = starting_text
        if text != self.content:
            with self.prevent(self.Changed, self.SelectionChanged):
                self.put_in(text)
            self.must_be_seen()
        elif self.cursor_location != self.document.end:
            self.move_cursor(self.document.end)

    def write(self, text: str) -> None:
        """Set the text to one that the user has chosen, which is stored as their draft."""
        self.put_in(text)
        self.must_be_seen()

    def append(self, text: str) -> None:
        """Append a text to the user's own."""
        self.write(f"{self.text.rstrip()} {text}" if self.text.strip() else text)

    def must_be_seen(self) -> None:
        """Refuse to send by a key that was pressed before the box is painted as it is now (`docs/rules.md 12.2`)."""
        self.sight.changed()
        self.refresh()

    def on_focus(self, event: Focus) -> None:
        """Require that the box, now with the cursor, is painted before a key sends."""
        del event
        self.must_be_seen()

    def render_lines(self, crop: Region) -> list[Strip]:
        if not repaint_required(self):  # else another widget caused this, and the box is painted only after it
            self.sight.drawn()
        return super().render_lines(crop)

    @property
    def draft(self) -> str | None:
        """The user's text, None while it equals the starting text."""
        return self.content if self.content != self.starting_text else None

    @property
    def _key_that_sends(self) -> str:
        key = key_of("box.send")
        return self._glyphs.enter if key == shown_key("enter") else key

    def tell(self, author: str, obstacle: str | None) -> None:
        """Show on the frame the author, the length of the text, and the key that sends or the obstacle to sending."""
        measured = measure(self.content)
        counts = f"{measured.units}/{measured.capacity}"
        segments = pluralize(measured.segments, "segment")
        if measured.segments > MAX_SEGMENTS:
            segments += f", {MAX_SEGMENTS} at most"
        forcing = ""
        if measured.encoding is Encoding.UCS_2:
            shown = " ".join(measured.forcing[:3])
            forcing = f" for {shown}"
            if find_lookalikes(self.text):
                forcing += f", {key_of('box.plain')}: plain"
        between = f" {self._glyphs.separator} "
        ending = obstacle or f"{self._key_that_sends} Send"
        told = [counts, ending] if obstacle else [counts, segments, measured.encoding + forcing, ending]
        edges = f"as {author}", between.join(told)
        if edges != self._edges:
            self._edges = edges
            self.border_title, self.border_subtitle = map(heading, edges)
        self.set_class(obstacle is not None and bool(self.text), "-refused")

    def action_send(self) -> None:
        """Ask to send the text."""
        if not self.read_only:
            self.post_message(self.Send(app_context(self).key_pressed_at))

    def action_new_line(self) -> None:
        """Begin a new line."""
        if not self.read_only:
            self.insert("\n")

    def action_plain(self) -> None:
        """Replace lookalikes, as curly quotes, with plain characters (`docs/rules.md 7.3`)."""
        if not self.read_only and find_lookalikes(self.text):
            self.load_text(replace_lookalikes(self.text))
            self.move_cursor(self.document.end)

    def action_leave(self) -> None:
        """Go back to the list."""
        self.post_message(self.Leave())

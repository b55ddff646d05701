"""The preview of a script, below the form that edits it (`docs/rules.md` 7)."""

from __future__ import annotations

from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.queries.script_preview import ScriptPreview
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import Part


def script_preview_lines(shown: ScriptPreview, glyphs: Glyphs) -> list[list[Part]]:
    """Draw a script as one contact would get it, the results of its checks, and the fields."""
    length = f"{pluralize(shown.measured.segments, 'segment')}, {shown.measured.encoding}"
    lines: list[list[Part]] = [[(f" To {shown.contact}, {length}: ", "quiet"), (shown.rendered.text, "")]]
    for check in sorted(shown.checks, key=lambda check: check.fit):  # warnings first
        sign = (f" {glyphs.fit} ", "recorded") if check.fit else (f" {glyphs.flag} ", "warning")
        lines.append([sign, (check.sentence, "quiet" if check.fit else "warning")])
    return [*lines, [(f" Fields: {' '.join(f'%{code}%' for code in shown.fields)}", "quiet")]]

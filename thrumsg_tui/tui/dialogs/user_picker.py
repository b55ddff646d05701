"""The picker of users to add to a campaign (`docs/rules.md 4.12`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.strip import Strip

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.users import User
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.dialogs.picker import MarkableList, MultiPicker
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import Part


class UserTable(MarkableList[User]):
    """Users with name, login and role."""

    empty_text = "Nobody matches."

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs

    def draw(self, row: User, index: int, line: int, width: int) -> Strip:
        mark: Part = (f"{self._glyphs.mark} " if row in self.marked else "  ", "marked")
        right: list[Part] = [(f"{safe_text(row.login)}  ", "quiet"), (f"{row.role:<10}", "quiet")]
        return self.strip([mark, (safe_text(row.name), "")], right, width=width, base=self.cursor_look(index))


class UserPicker(MultiPicker[User]):
    """A picker of users, by name or login."""

    width_class: ClassVar[str] = "narrow"

    def __init__(self, title: str, users: Sequence[User], glyphs: Glyphs) -> None:
        mark, take, leave = key_of("picker.mark"), key_of("picker.choose"), key_of("picker.leave")
        hint = f"{mark} marks, {take} takes, {leave} leaves"
        super().__init__(title, users, UserTable(glyphs, id="users"), hint=hint)

    def searched_text(self, row: User) -> str:
        return f"{row.name} {row.login}"

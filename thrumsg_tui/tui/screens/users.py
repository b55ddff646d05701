"""The users screen: the users of the database and their roles (`docs/rules.md` 8)."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on, work
from textual.strip import Strip

from thrumsg_tui.domain.names import search_rows
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.users import User
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.queries.users import PersonRow, people_rows
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.dialogs.user_form import user_form
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import ListingScreen, OverlayList
from thrumsg_tui.tui.widgets.line_widgets import Part, pad
from thrumsg_tui.tui.widgets.paged_list import PagedList


class UserList(OverlayList[PersonRow]):
    """The users with their roles and numbers of campaigns."""

    empty_text = f"Nobody matches: {key_of('overlay.escape')} clears the search."

    def titles(self) -> tuple[Sequence[str], Sequence[str]]:
        return [f"  {'Name':<21}", f"{'Login':<13}", "E-mail"], [f" {'Role':<10}", f"{'Works on':>13} "]

    def draw(self, row: PersonRow, index: int, line: int, width: int) -> Strip:
        user = row.user
        left: list[Part] = [
            (f"  {pad(safe_text(user.name), 20)} ", ""),
            (f"{pad(safe_text(user.login), 12)} ", "quiet"),
            (safe_text(user.email), "quiet"),
        ]
        right: list[Part] = [
            (f" {pad(user.role, 10)}{pad(pluralize(row.campaigns, 'campaign'), 13, right=True)} ", "quiet"),
        ]
        return self.strip(left, right, width=width, base=self.cursor_look(index))


class UsersScreen(ListingScreen[PersonRow]):
    """The list of users, with commands that add and change them."""

    SCOPES = (Scope.USERS, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.USERS))
    searches_for = "name, login or role"

    def make_list(self) -> UserList:
        return UserList(id="users")

    def on_mount(self) -> None:
        self.show_title("Users")
        super().on_mount()

    def moved(self) -> None:
        """Do nothing: all rows are in memory."""

    async def ask_and_paint(self) -> None:
        everybody = await self.thrumsg.store.query(people_rows)
        rows = search_rows(
            everybody, self.search.value, lambda row: f"{row.user.name} {row.user.login} {row.user.role}"
        )
        self.list.show_all(rows, self.list.cursor)
        self.summary.show([(f"  {pluralize(len(everybody), 'user')}", "quiet")])

    @work(group=ACTION)
    async def action_add(self) -> None:
        """Add a user."""
        await self._edit(None)

    @on(PagedList.Chosen)
    @work(group=ACTION)
    async def action_change(self) -> None:
        """Change the user under the cursor."""
        if not self.thrumsg.who.may(Permission.MANAGE_PEOPLE):
            self.say(f"Changing users needs {needed_role(Permission.MANAGE_PEOPLE)}.", warning=True)
        elif row := self.list.row:
            await self._edit(row.user)

    async def _edit(self, user: User | None) -> None:
        form = user_form(self.thrumsg.store, self.thrumsg.who, self.thrumsg.glyphs, user)
        if stored := await self.app.push_screen_wait(form):
            done = "Saved" if user else "Added"
            self.say(f"{done}: {stored.name} ({stored.login}), {stored.role}.")
            self.ask_again()

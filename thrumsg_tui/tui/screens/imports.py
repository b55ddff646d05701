"""The import screen: choose a file, preview it line by line, import it (`docs/rules.md` 9)."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from textual import on, work
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import inflect
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.import_kinds import import_file
from thrumsg_tui.store.imports.result import Imported
from thrumsg_tui.store.queries.campaigns import campaigns
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.tui.commands import Command, Facts, Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.dialogs.confirm_points import confirming
from thrumsg_tui.tui.dialogs.import_forms import FileChoice, columns_form, file_form, rejects_form
from thrumsg_tui.tui.named_files import NamedFiles, named_files
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import ListingScreen, NumbersList
from thrumsg_tui.tui.store_client import Progress
from thrumsg_tui.tui.widgets.line_widgets import Part
from thrumsg_tui.tui.widgets.paged_list import PagedList
from thrumsg_tui.tui.widgets.progress_bar import progress_bar

_SHOW_PROGRESS_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class LineReport:
    """The result of one row: the line on which it begins, its fate and the reason; a note has line 0.

    `number` is its phone cell, with the number read from it.
    """

    line: int
    fate: str
    reason: str = ""
    row: tuple[str, ...] = ()
    number: tuple[str, str] | None = None


class ReportList(NumbersList[LineReport]):
    """The rows that an import would change or reject; rejected ones come first."""

    def draw(self, row: LineReport, index: int, line: int, width: int) -> Strip:
        look = {"rejected": "warning", "look": "warning", "duplicate": "accent"}.get(row.fate, "recorded")
        if not row.line:
            note: Part = (f"  {self.phones.text(safe_text(row.reason))}", "")
            return self.strip([note], width=width, base=self.cursor_look(index))
        why = self.phones.text(safe_text(row.reason))
        if row.number:
            why = " is ".join(self.phones.number(safe_text(each)) for each in row.number)
        left: list[Part] = [(f"  line {row.line:<7}", "quiet"), (f"{row.fate:<11}", look), (why, "")]
        cells = "  ".join(self.phones.text(safe_text(cell)) for cell in row.row)
        said: Part = (f"   {cells}" if why else cells, "quiet")
        return self.strip([*left, said], width=width, base=self.cursor_look(index))


class ImportScreen(ListingScreen[LineReport]):
    """A file to import: choose it, correct its columns, look at the preview, import it."""

    SCOPES = (Scope.IMPORT, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.IMPORT))

    def __init__(self, campaign: Campaign | None) -> None:
        super().__init__()
        self._campaign = campaign
        self._chosen: FileChoice | None = None
        self._result: Imported | None = None
        self._done = False
        self._progress = Progress()
        self._taking_in = False

    def make_list(self) -> ReportList:
        return ReportList(self.thrumsg.zone, id="lines")

    def on_mount(self) -> None:
        self.show_title("Import")
        super().on_mount()
        self.summary.show([("  Choose a file.", "quiet")])
        choose = f"{key_of('import.file')} chooses a file; its rows are shown here before any is imported."
        self.list.empty_text = f"Nothing is read yet. {choose}"
        self.action_file()

    def moved(self) -> None:
        """Do nothing: all lines are in memory."""

    async def ask_and_paint(self) -> None:
        """Do nothing: the report does not change by itself."""

    def shown_commands(self) -> list[Command]:
        shown = super().shown_commands()
        return [each for each in shown if not (self._done and each.id == "import.go")]

    # Choosing

    @work(group=ACTION)
    async def action_file(self) -> None:
        """Choose a file, then its columns; leaving the first choice leaves the screen."""
        store, glyphs, files = self.thrumsg.store, self.thrumsg.glyphs, named_files(self.thrumsg)
        offered = [each for each in await store.query(campaigns) if each.state is not CampaignState.ARCHIVED]
        form = file_form(store, files, glyphs, offered, self._campaign, self._chosen)
        if (chosen := await self.app.push_screen_wait(form)) is not None:
            self._chosen = chosen
            await self._choose_columns(chosen)
        elif self._chosen is None:
            self.action_back()

    @work(group=ACTION)
    async def action_columns(self) -> None:
        """Change the meaning of the columns."""
        if self._chosen:
            await self._choose_columns(self._chosen)

    async def _choose_columns(self, chosen: FileChoice) -> None:
        try:
            form = await columns_form(self.thrumsg.store, named_files(self.thrumsg), self.thrumsg.glyphs, chosen)
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        mapping = await self.app.push_screen_wait(form)
        if mapping is not None:
            self._chosen = replace(chosen, options=replace(chosen.options, mapping=mapping))
        await self._run(dry_run=True)

    # Running

    @on(PagedList.Chosen)
    @work(group=ACTION)
    async def action_go(self) -> None:
        """Import the previewed file, once."""
        if self._taking_in:
            return
        if self._done or self._chosen is None or self._result is None:
            file = key_of("import.file")
            done = f"It is imported already; {file} chooses another file."
            self.say(done if self._done else f"Choose a file first: {file}.")
        elif not (self._result.imported or self._result.updated):
            self.say("Nothing in this file would change anything.", warning=True)
        else:
            await self._run(dry_run=False)

    async def _run(self, *, dry_run: bool) -> None:
        if (chosen := self._chosen) is None:
            return
        self._progress = Progress()
        self._taking_in = True
        watching = self.set_interval(_SHOW_PROGRESS_EVERY, self._show_progress)
        try:
            self.query_one(ReportList).tell_phones(
                (await self.thrumsg.store.query(settings)).phone_display(ascii_only=self.thrumsg.glyphs.ascii_only)
            )
            result = await confirming(
                self.app, self.thrumsg.who, "Import", lambda codes: self._take_in(chosen, codes, dry_run=dry_run)
            )
        except ThrumsgError as refusal:
            self._result, self._done = None, False
            self._paint()
            self.say(str(refusal), warning=True)
            return
        finally:
            watching.stop()
            self._taking_in = False
        self._result, self._done = result, not dry_run
        self._paint()

    async def _take_in(self, chosen: FileChoice, codes: Container[str], *, dry_run: bool) -> Imported:
        options = replace(chosen.options, confirmed=codes)
        chosen = replace(chosen, options=options)
        return await self.thrumsg.store.run_long(
            _take_in, self._progress, self.thrumsg.who, named_files(self.thrumsg), chosen, dry_run
        )

    def _show_progress(self) -> None:
        done, total = self._progress.done, self._progress.total
        if done:
            bar, stop = progress_bar(done, total, 20, self.thrumsg.glyphs), key_of("overlay.escape")
            self.say_progress(f"{bar} {done} of {total} rows, {stop} stops")

    def action_escape(self) -> None:
        """Stop a running import, else go back."""
        if self._taking_in:
            self._progress.stopped = True
        else:
            super().action_escape()

    @property
    def ready_for_keys(self) -> bool:
        """Whether keys are taken; they are during an import, too, since Esc stops it."""
        return self._taking_in or super().ready_for_keys

    def facts(self) -> Facts:
        return replace(super().facts(), busy=self._taking_in)

    # Showing

    def _paint(self) -> None:
        rows = reports(self._result) if self._result else []
        listed = self.query_one(ReportList)
        if self._result:
            listed.empty_text = "No row would change anything."
        listed.show_all(rows, 0)
        if self._result is None or self._chosen is None:
            self.summary.show([("  Nothing was changed.", "quiet")])
            return
        counts = counted(self._result)
        file = safe_text(self._chosen.path.name)
        where = f" into {safe_text(self._chosen.campaign)}" if self._chosen.campaign else ""
        verb = "imported" if self._done else "would import"
        self.summary.show([(f"  {counts}", "strong"), (f"; {verb} {self._chosen.kind} from {file}{where}", "quiet")])
        self.key_line.show_keys(self.shown_commands())
        if self._done:
            keeps = f"{key_of('import.rejects')} keeps the rejected rows in a file."
            goes = f"{key_of('app.back')} goes back."
            self.say(f"Imported. {keeps if self._result.rejected else goes}")
        elif self._result.imported or self._result.updated:
            take, columns, file = key_of("import.go"), key_of("import.columns"), key_of("import.file")
            what = f"{take} imports it, {columns} sets columns, {file} another file."
            self.say(f"Nothing is changed yet: {what}")
        else:
            self.say("Nothing in this file would change anything.", warning=True)

    @work(group=ACTION)
    async def action_rejects(self) -> None:
        """Write the rejected rows to a file that can be corrected and imported."""
        if self._result is None or self._chosen is None or not self._result.rejected:
            self.say("No row was rejected.")
            return
        files = named_files(self.thrumsg)
        form = rejects_form(self.thrumsg.store, files, self.thrumsg.glyphs, self._chosen.path, self._result)
        if written := await self.app.push_screen_wait(form):
            self.say(f"The rejected rows are in {written}: correct them there, and import that.")


def reports(imported: Imported) -> list[LineReport]:
    """Return the notes, then a report for each row, those that need attention first."""
    cells = {row.line: row.cells for row in imported.rows}
    numbers = {each.line: (each.text, each.phone) for each in imported.readings}
    codes = ", ".join(f"%{code}% from {title!r}" for code, title in imported.custom.items())
    notes = [*imported.notes, *([f"Custom fields: {codes}."] if codes else [])]
    return [
        *(LineReport(0, "note", each) for each in notes),
        *(LineReport(each.line, "rejected", each.reason, each.row) for each in imported.rejected),
        *(LineReport(each.line, "duplicate", each.reason, each.row) for each in imported.repeated),
        *(LineReport(each.line, "look", each.reason, each.row) for each in imported.warnings),
        *(LineReport(line, "updated", row=cells[line], number=numbers.get(line)) for line in imported.updated_lines),
        *(LineReport(line, "new", row=cells[line], number=numbers.get(line)) for line in imported.new_lines),
    ]


def counted(imported: Imported) -> str:
    """Return the counts of an import in words."""
    counts = {
        "rejected": len(imported.rejected),
        "new": imported.imported,
        "updated": imported.updated,
        "unchanged": imported.unchanged,
        inflect(imported.duplicates, "duplicate"): imported.duplicates,
    }
    return ", ".join(f"{number} {word}" for word, number in counts.items() if number) or "nothing"


def _take_in(
    db: Database, progress: Progress, who: Identity, files: NamedFiles, chosen: FileChoice, dry_run: bool
) -> Imported:
    options = replace(chosen.options, dry_run=dry_run, on_progress=progress)
    with files.naming(chosen.path):
        return import_file(db, who, chosen.kind, chosen.path, chosen.campaign, options)

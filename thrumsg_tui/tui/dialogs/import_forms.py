"""The forms of an import: the file, the columns of its fields, and the file for rejected rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.errors import Refused, ThrumsgError
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.imports.inspection import Inspection, inspect
from thrumsg_tui.store.imports.result import Imported, write_rejects
from thrumsg_tui.store.input_files import refuse_odd_file
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.dialogs.form import Entered, FormDialog, Unfit
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.named_files import NamedFiles
from thrumsg_tui.tui.path_completion import first_of
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.widgets.form_fields import ChoiceField, Field, PathField, TextField
from thrumsg_tui.tui.widgets.line_widgets import Part

_SAMPLE = 3


@dataclass(frozen=True, slots=True)
class FileChoice:
    """A file to import, with its kind, its campaign and the options."""

    kind: ImportKind
    path: Path
    campaign: str | None
    options: ImportOptions


def file_form(
    store: StoreClient,
    files: NamedFiles,
    glyphs: Glyphs,
    offered: Sequence[Campaign],
    here: Campaign | None,
    before: FileChoice | None,
) -> FormDialog[FileChoice]:
    """Make the form that chooses a file, and one of the `offered` campaigns for it.

    The form starts with the choice made `before`, else with the campaign from which the user came (`here`). The columns
    named by hand stay with their file: another one has its own.
    """
    names = [each.name for each in offered]
    usual = here.name if here and here.name in names else names[0] if names else ""
    first = (before.campaign if before else None) or usual
    fields: list[Field] = [
        PathField(
            "file",
            "File",
            files.shown(before.path) if before else "",
            f"{key_of('field.enter')} lists the files; or {files.hint}",
            files.matching,
            files.folder,
            lambda typed: _refusal(files, typed),
        ),
        ChoiceField(
            "kind",
            "What",
            [(str(kind), str(kind)) for kind in ImportKind],
            before.kind if before else ImportKind.CONTACTS,
            by_letter=False,
        ),
        ChoiceField(
            "campaign", "Into", [*((name, name) for name in names), ("", "no campaign")], first, by_letter=False
        ),
        TextField(
            "region", "Numbers of", before.options.region if before else "US", "the country of numbers without a code"
        ),
    ]

    async def save(entered: Entered) -> FileChoice:
        kind = ImportKind(entered["kind"])
        if not entered["file"].strip():
            raise Unfit({"file": "Which file?"})
        if wrong := await store.run_io(lambda: _refusal(files, entered["file"])):
            raise Unfit({"file": wrong})
        path = await store.run_io(lambda: files.to_read(entered["file"]))
        campaign = (entered["campaign"] or None) if kind.takes_campaign else None
        if kind.needs_campaign and campaign is None:
            raise Unfit({"campaign": "This goes into a campaign: choose one, or make one first."})
        try:
            await store.run_io(lambda: _inspect(files, path, kind))
        except Refused as refusal:
            raise Unfit({"file": refusal.explanation}) from refusal
        again = before if before and (before.path, before.kind) == (path, kind) else None
        mapping = again.options.mapping if again else {}
        return FileChoice(kind, path, campaign, ImportOptions(mapping, _region(entered)))

    async def preview(entered: Entered) -> Sequence[Sequence[Part]]:
        kind, typed = ImportKind(entered["kind"]), entered["file"]
        found = await store.run_io(lambda: first_of(files.matching(typed)))
        path = await store.run_io(lambda: files.named(typed)) if typed.strip() else None
        if path is None or not await store.run_io(path.is_file):
            return [[(f" {name}", "quiet")] for name in found]
        await store.run_io(lambda: files.to_read(typed))
        return _inspected(await store.run_io(lambda: _inspect(files, path, kind, region=_region(entered))))

    return FormDialog("Import a file", fields, save, glyphs, done="looks at its columns", preview=preview)


async def columns_form(
    store: StoreClient, files: NamedFiles, glyphs: Glyphs, chosen: FileChoice
) -> FormDialog[Mapping[str, str]]:
    """Make the form that assigns columns to fields; it returns those that differ from the recognised ones."""
    found = await store.run_io(lambda: _inspect(files, chosen.path, chosen.kind))
    kept = {name: title for name, title in chosen.options.mapping.items() if title in found.header}
    fields: list[Field] = []
    for field in found.fields:
        recognised = kept.get(field.name) or found.columns.get(field.name, "")
        nothing = "(which column?)" if field.required else "(none)"
        options = [
            *([] if found.columns.get(field.name) else [("", nothing)]),
            *((title, title) for title in found.header),
        ]
        fields.append(ChoiceField(field.name, field.name.replace("_", " ").capitalize(), options, recognised))

    def mapping(entered: Entered) -> dict[str, str]:
        return {name: title for name, title in entered.items() if title and title != found.columns.get(name)}

    async def look(entered: Entered) -> Inspection:
        region = chosen.options.region
        return await store.run_io(lambda: _inspect(files, chosen.path, chosen.kind, mapping(entered), region))

    async def save(entered: Entered) -> Mapping[str, str]:
        if missing := (await look(entered)).missing:
            raise Unfit(dict.fromkeys(missing, "Say which column this is."))
        return mapping(entered)

    async def preview(entered: Entered) -> Sequence[Sequence[Part]]:
        return _inspected(await look(entered))

    title = f"Columns of {chosen.path.name}"
    return FormDialog(title, fields, save, glyphs, done="shows what would happen", preview=preview)


def rejects_form(
    store: StoreClient, files: NamedFiles, glyphs: Glyphs, source: Path, result: Imported
) -> FormDialog[str]:
    """Make the form that writes the rejected rows to a file; it returns the path."""
    default = source.with_name(f"{source.stem}-rejects.csv")

    async def save(entered: Entered) -> str:
        def write(_: Database) -> Path:
            path = files.named(entered["file"])
            with files.to_write(path):
                write_rejects(path, source, result.header, result.rejected)
            return path

        return files.shown(await store.execute(write))

    fields: list[Field] = [PathField("file", "File", files.shown(default), files.hint, files.matching)]
    return FormDialog("Keep the rejected rows", fields, save, glyphs, done="writes them")


def _refusal(files: NamedFiles, typed: str) -> str:
    """Return why what was typed names no file that can be imported, empty if it does."""
    try:
        path = files.to_read(typed)
        with files.naming(path):
            refuse_odd_file(path, path.stat())
    except FileNotFoundError:
        return f"There is no file {files.shown(path)}."
    except OSError as error:
        return f"{files.shown(path)} cannot be read: {error.strerror}."
    except ThrumsgError as refusal:
        return refusal.explanation
    return ""


def _inspect(
    files: NamedFiles, path: Path, kind: ImportKind, mapping: Mapping[str, str] | None = None, region: str = "US"
) -> Inspection:
    with files.naming(path):
        return inspect(path, kind, mapping or {}, region=region)


def _region(entered: Entered) -> str:
    return entered["region"].strip() or "US"


def _inspected(found: Inspection) -> list[list[Part]]:
    """Describe a file: the number of rows, and the columns with the first values."""
    lines: list[list[Part]] = [[(f" {pluralize(found.rows, 'row')}. ", "strong"), (" ".join(found.notes), "quiet")]]
    if found.refusal:
        lines.append([(f" {', '.join(found.missing)}: not recognised, say which column it is.", "warning")])
    for name, title in found.columns.items():
        titles, values = repr(title), _values(found, title)
        if name == "phone":
            titles = ", else ".join(map(repr, found.phones))
            values = ", ".join(
                f"{text} is {meaning}" if text else meaning.removesuffix(".")
                for text, meaning in found.numbers[:_SAMPLE]
            )
        lines.append([(f" {name}", "recorded"), (f" from {titles}: ", "quiet"), (values, "")])
    for code, title in found.custom.items():
        lines.append([(f" %{code}%", "accent"), (f" from {title!r}: ", "quiet"), (_values(found, title), "")])
    if found.unused:
        lines.append([(f" Not used: {', '.join(found.unused)}", "quiet")])
    return lines


def _values(found: Inspection, title: str) -> str:
    place = found.header.index(title)
    filled = [row[place] for row in found.first_rows[:_SAMPLE] if row[place].strip()]
    return ", ".join(filled) or "empty in the first rows"

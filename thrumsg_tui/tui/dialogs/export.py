"""The form that writes an export (`docs/rules.md 9.3`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.enums import ExportKind
from thrumsg_tui.domain.fields import field_code
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.export import export
from thrumsg_tui.tui.dialogs.form import Entered, FormDialog
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.named_files import NamedFiles
from thrumsg_tui.tui.store_client import Progress, StoreClient
from thrumsg_tui.tui.widgets.form_fields import ChoiceField, Field, TextField
from thrumsg_tui.tui.widgets.line_widgets import Part

_THIS, _ALL = "this", "all"

_HOLDS = {
    ExportKind.MESSAGES: "Every message in and out, with its state and who wrote it.",
    ExportKind.SURVEYS: "Every recorded answer.",
    ExportKind.CONVERSATIONS: "Every contact with sender, status and answers, one row each.",
    ExportKind.OPT_OUTS: "Opted-out numbers with their notes; for one campaign, only those of its contacts.",
}


def export_form(
    campaign: Campaign | None, store: StoreClient, who: Identity, files: NamedFiles, glyphs: Glyphs
) -> FormDialog[str]:
    """Make the form; it returns the number of rows and the file that was written, as a text."""
    of_which = [(_THIS, campaign.name), (_ALL, "all campaigns")] if campaign else [(_ALL, "all campaigns")]
    fields: list[Field] = [
        ChoiceField("kind", "What", [(str(kind), str(kind)) for kind in ExportKind], ExportKind.MESSAGES),
        ChoiceField("of", "Of", of_which, of_which[0][0]),
        TextField("file", "File", hint=f"the name below, {files.where}"),
    ]
    progress = Progress()

    def target(entered: Entered) -> Path:
        whose = f"{field_code(campaign.name).strip('_')}-" if campaign and entered["of"] == _THIS else ""
        default = f"{whose}{entered['kind']}.csv".replace("_", "-")
        return files.named(entered["file"].strip() or default)

    async def save(entered: Entered) -> str:
        campaign_id = campaign.id if campaign and entered["of"] == _THIS else None
        progress.stopped = False
        file = await store.run_io(lambda: target(entered))
        rows = await store.run_long(_write, progress, who, ExportKind(entered["kind"]), files, file, campaign_id)
        return f"{pluralize(rows, 'row')} in {files.shown(file)}"

    async def preview(entered: Entered) -> Sequence[Sequence[Part]]:
        file = await store.run_io(lambda: target(entered))
        replaced = ", in place of the file there" if await store.run_io(file.is_file) else ""
        return [
            [(f" {_HOLDS[ExportKind(entered['kind'])]}", "quiet")],
            [(" Goes to ", "quiet"), (files.shown(file), ""), (replaced, "warning")],
        ]

    return FormDialog("Export", fields, save, glyphs, done="writes it", preview=preview, progress=progress)


def _write(
    db: Database,
    progress: Progress,
    who: Identity,
    kind: ExportKind,
    files: NamedFiles,
    file: Path,
    campaign_id: CampaignId | None,
) -> int:
    with files.to_write(file):
        return export(db, who, kind, file, campaign_id, on_progress=progress)

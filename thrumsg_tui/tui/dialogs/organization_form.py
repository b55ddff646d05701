"""The form of the organization's settings (`docs/rules.md` 5.2, 5.3, 3.20, 6.1)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.segments import measure
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.settings import change_settings, checked_setting
from thrumsg_tui.store.queries.settings import Setting, stored_settings
from thrumsg_tui.tui.dialogs.confirm_points import confirming
from thrumsg_tui.tui.dialogs.form import Entered, FormDialog, Unfit
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.widgets.form_fields import ChoiceField, Field, TextField
from thrumsg_tui.tui.widgets.line_widgets import Part

_ON_OFF = (("on", "on"), ("off", "off"))


async def organization_form(store: StoreClient, who: Identity, glyphs: Glyphs) -> FormDialog[tuple[str, ...]]:
    """Make the form; it returns the titles of the settings that were changed."""
    stored = await store.query(stored_settings)
    fields: list[Field] = [
        TextField("organization", "Organization", stored["organization"], "what %organization% stands for"),
        TextField(
            "opt_out_message", "Opt-out message", stored["opt_out_message"], "what opted-out contacts are told", 3
        ),
        ChoiceField("auto_opt_out", "STOP opts out", _ON_OFF, stored["auto_opt_out"]),
        ChoiceField("redact_phones", "Hide numbers", _ON_OFF, stored["redact_phones"]),
        TextField("undo_send", "Undo a send", stored["undo_send"], "how many seconds it can be undone, 0 to 60"),
        TextField(
            "default_timezone", "Time zone", stored["default_timezone"], "this machine's; or like America/New_York"
        ),
        TextField("default_open", "Opens", stored["default_open"], "09:00"),
        TextField("default_close", "Closes", stored["default_close"], "21:00"),
    ]

    async def save(entered: Entered) -> tuple[str, ...]:
        if wrong := _wrong(entered):
            raise Unfit(wrong)
        changed = [key for key, value in entered.items() if value.strip() != stored[key]]
        values = {key: entered[key] for key in changed}
        await confirming(
            form.app, who, title, lambda codes: store.execute(change_settings, who, values, confirmed=codes)
        )
        return tuple(field.title for field in fields if field.name in changed)

    async def preview(entered: Entered) -> Sequence[Sequence[Part]]:
        measured = measure(entered["opt_out_message"])
        count = f" The opt-out message takes {measured.segments} of 9 segments, {measured.encoding}."
        return [[(count, "quiet")], [(" New campaigns begin with this time zone and these hours.", "quiet")]]

    title = "Settings of the organization"
    form = FormDialog(title, fields, save, glyphs, preview=preview)
    return form


def _wrong(entered: Entered) -> dict[str, str]:
    wrong = {}
    for key, value in entered.items():
        try:
            checked_setting(Setting.named(key), value)
        except Refused as reason:
            wrong[key] = str(reason)
    return wrong

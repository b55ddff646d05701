"""The forms of the opt-outs screen: numbers to opt out, and the note of an opt-out (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.conversations import OptOut, heard_of_opt_out
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers, pieces
from thrumsg_tui.store.changes.opt_outs import change_note, opt_out_number
from thrumsg_tui.store.phones import normalize
from thrumsg_tui.store.queries.opt_out_message import told_by_hand
from thrumsg_tui.tui.dialogs.form import Entered, FormDialog, Unfit
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.widgets.form_fields import Field, TextField
from thrumsg_tui.tui.widgets.line_widgets import Part


def opt_out_form(store: StoreClient, who: Identity, glyphs: Glyphs, phones: PhoneDisplay) -> FormDialog[str]:
    """Make the form that opts out one number or a pasted list; it returns a sentence about what was done."""
    fields: list[Field] = [
        TextField("numbers", "Numbers", hint="one, or a pasted list: a line each, or with commas between", lines=6),
        TextField("note", "Note", hint="may be empty"),
        TextField("region", "Numbers of", "US", "the country of numbers without a code"),
    ]

    async def save(entered: Entered) -> str:
        listed = _listed(entered)
        if not listed:
            raise Unfit({"numbers": "Which number?"})
        region = entered["region"]
        if len(listed) == 1:
            try:
                phone = _number(listed[0], region)
            except ValueError as reason:
                raise Unfit({"numbers": str(reason)}) from None
            done = await store.execute(opt_out_number, who, phone, entered["note"].strip())
            told = ", and told so" if done.confirmation_sent else ""
            return f"{phones.number(phone)} is opted out{told}."
        result = await store.execute(opt_out_numbers, who, entered["numbers"], entered["note"], region.strip() or "US")
        parts = [f"{len(result.new)} opted out", f"{pluralize(len(result.already), 'was', 'were')} already"]
        if result.unreadable:
            parts.append(
                f"{len(result.unreadable)} left out as no number, such as {phones.text(result.unreadable[0].text)!r}"
            )
        return f"{', '.join(parts)}."

    async def preview(entered: Entered) -> Sequence[Sequence[Part]]:
        listed = _listed(entered)
        if len(listed) < 2:
            return [[(f" {await _heard(store, listed, entered['region'])}", "quiet")]]
        wrong = await store.run_io(lambda: _wrong(listed, entered["region"].strip() or "US"))
        lines: list[list[Part]] = [
            [(f" A list of {pluralize(len(listed) - len(wrong), 'number')}: nobody is told.", "quiet")]
        ]
        if wrong:
            lines.append(
                [(f" {pluralize(len(wrong), 'line')} left out as no number: {'; '.join(wrong[:3])}", "warning")]
            )
        return lines

    return FormDialog("Opt out", fields, save, glyphs, done="opts out", preview=preview)


def _number(typed: str, region: str) -> str:
    return normalize(typed, region.strip() or "US", to_opt_out=True).e164


async def _heard(store: StoreClient, listed: Sequence[str], region: str) -> str:
    """Say what the contact of one number hears; before there is one, what they would hear."""
    try:
        phone = _number(listed[0], region)
    except (IndexError, ValueError):
        return "One number: the contact gets the opt-out message, if a campaign that can send has texted them."
    return heard_of_opt_out(await store.query(told_by_hand, phone, store.db.clock()))


def note_form(store: StoreClient, who: Identity, glyphs: Glyphs, opt_out: OptOut, shown: str) -> FormDialog[bool]:
    """Make the form that changes the note of an opt-out; it returns whether the note changed."""

    async def save(entered: Entered) -> bool:
        if entered["note"] == opt_out.note:  # keeps the note that somebody else may have written meanwhile
            return False
        return await store.execute(change_note, who, opt_out.phone, entered["note"]) is not None

    fields: list[Field] = [TextField("note", "Note", opt_out.note, "may be empty")]
    return FormDialog(f"Note on the opt-out of {shown}", fields, save, glyphs)


def _listed(entered: Entered) -> list[str]:
    return [piece for _, piece in pieces(entered["numbers"])]


def _wrong(listed: Sequence[str], region: str) -> list[str]:
    wrong = []
    for number in listed:
        try:
            normalize(number, region, to_opt_out=True)
        except ValueError as reason:
            wrong.append(str(reason).removesuffix("."))
    return wrong

"""The form of a campaign, with a preview of its script for a real contact (`docs/rules.md` 6, 7)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date

from thrumsg_tui.domain.campaign_setup import check_setup, read_setup
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.compliance import Level, of_level
from thrumsg_tui.domain.enums import HoursIn
from thrumsg_tui.domain.hours import WindowState, format_clock, window_state
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import create_campaign, edit_campaign
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.phone_display import refusals_redacted
from thrumsg_tui.store.queries.campaigns import campaigns
from thrumsg_tui.store.queries.compliance import setup_points
from thrumsg_tui.store.queries.script_preview import script_preview
from thrumsg_tui.store.queries.settings import default_timezone, stored_settings
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.dialogs.confirm_points import confirm_points, confirming
from thrumsg_tui.tui.dialogs.form import Entered, FormDialog, Unfit
from thrumsg_tui.tui.dialogs.script_preview_lines import script_preview_lines
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.store_client import Progress, StoreClient
from thrumsg_tui.tui.widgets.form_fields import ChoiceField, Field, TextField
from thrumsg_tui.tui.widgets.line_widgets import Part

_EXAMPLE = "for example: Hi %first_name%, it's %sender_first_name% with %organization%. … Reply STOP to end."
_DRAFT, _ACTIVE = "later", "now"
_WHAT_IT_MEANS = {
    _ACTIVE: "Launched now: senders can text at once, within hours and window.",
    _DRAFT: "A draft: nothing can be sent from it until {launch} launches it.",
}
_IN_PREVIEW = {"sender", "way-out", "unicode", "too-long", "unknown-field", "misspelt-field", "no-numbers", "volume"}
"""The points of compliance that the script's preview says already, or that say nothing of the setup."""


async def campaign_form(
    store: StoreClient, who: Identity, glyphs: Glyphs, campaign: Campaign | None = None
) -> FormDialog[Campaign]:
    """Make the form of a new campaign, or of one to change; it returns the stored campaign."""
    usual = await store.query(stored_settings)
    known = await store.query(campaigns)
    taken = {other.name for other in known if campaign is None or other.id != campaign.id}

    async def save(entered: Entered) -> Campaign:
        if wrong := check_setup(entered, taken):
            raise Unfit(wrong)
        setup = read_setup(entered)
        if campaign is None and window_state(setup.window, store.db.clock()) is WindowState.OVER:
            raise Unfit({"ends": "That day has passed already: no first message could be sent."})
        if campaign:
            return await confirming(form.app, who, title, lambda codes: edit(campaign, setup, codes))
        if entered["launch"] != _DRAFT:
            await _confirm_launch(form, store, who, setup)
        return await store.execute(create_campaign, who, setup, draft=entered["launch"] == _DRAFT)

    async def edit(before: Campaign, setup: Setup, codes: Container[str]) -> Campaign:
        # Beside queries and changes: it may read every contact.
        return await store.run_long(_edit, Progress(), who, before, setup, codes)

    async def preview(entered: Entered) -> Sequence[Sequence[Part]]:
        campaign_id = campaign.id if campaign else None
        lines = script_preview_lines(
            await store.query(script_preview, who, entered["script"], campaign_id, initial=True), glyphs
        )
        if campaign is None:
            lines.insert(0, [(_WHAT_IT_MEANS[entered["launch"]].format(launch=key_of("manage.state")), "")])
        if check_setup(entered, taken):
            return lines
        points = await store.query(setup_points, who, read_setup(entered), campaign_id, store.db.clock())
        flags = [
            [(f" {glyphs.flag} ", "warning"), (each.sentence, "warning")]
            for each in points
            if each.code not in _IN_PREVIEW
        ]
        return [*flags, *lines]

    title = f"Settings of {campaign.name}" if campaign else "New campaign"
    done = "saves" if campaign else "makes it"
    form = FormDialog(title, _fields(campaign, usual), save, glyphs, preview=preview, done=done)
    return form


async def _confirm_launch(form: FormDialog[Campaign], store: StoreClient, who: Identity, setup: Setup) -> None:
    """Ask an owner for what the launch of a new campaign needs; one that cannot be launched becomes a draft."""
    points = await store.query(setup_points, who, setup, None, store.db.clock())
    to_confirm = of_level(points, Level.CONFIRM)
    if to_confirm and not of_level(points, Level.REFUSE) and who.may(Permission.CONFIRM_COMPLIANCE):
        await confirm_points(form.app, setup.name, to_confirm, "launched", "Confirm and launch")


def _edit(
    db: Database, _progress: Progress, who: Identity, before: Campaign, setup: Setup, codes: Container[str]
) -> Campaign:
    with refusals_redacted(db):
        return edit_campaign(db, who, before.id, setup, seen=before.setup, confirmed=codes)


def _fields(campaign: Campaign | None, usual: dict[str, str]) -> list[Field]:
    setup = campaign.setup if campaign else None
    hours = setup.hours if setup else None
    launch = ChoiceField("launch", "When it is made", ((_ACTIVE, "launch now"), (_DRAFT, "keep as a draft")), _ACTIVE)
    return [
        TextField("name", "Name", setup.name if setup else ""),
        TextField("script", "First message", setup.initial_script if setup else "", _EXAMPLE, 4),
        *([] if campaign else [launch]),
        TextField("description", "Description", setup.description if setup else "", "may be empty"),
        TextField("timezone", "Time zone", hours.timezone if hours else default_timezone(usual)),
        TextField("opens", "Opens", format_clock(hours.opens) if hours else usual["default_open"]),
        TextField("closes", "Closes", format_clock(hours.closes) if hours else usual["default_close"]),
        ChoiceField(
            "hours_in",
            "Hours are in",
            ((HoursIn.CAMPAIGN, "this time zone"), (HoursIn.CONTACT, "each contact's, by their number")),
            setup.hours_in if setup else HoursIn.CAMPAIGN,
        ),
        ChoiceField(
            "quiet_hours",
            "Quiet hours",
            (("yes", "none before 08:00 or after 21:00 at the contact"), ("no", "off")),
            _yes(setup.quiet_hours if setup else True),
        ),
        TextField("starts", "Initials from", _day(setup.starts if setup else None), "any day; or like 2026-11-03"),
        TextField("ends", "Initials until", _day(setup.ends if setup else None), "any day; or the last day"),
        ChoiceField(
            "quicksend",
            "QuickSend",
            (("no", "no Send All"), ("yes", "Send All is allowed")),
            _yes(setup.quicksend if setup else False),
        ),
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _yes(allowed: bool) -> str:
    return "yes" if allowed else "no"

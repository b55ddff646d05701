"""Making and changing a campaign in the app (docs/rules.md 6, 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from threading import Event
from typing import Any

import pytest
from textual._compositor import Compositor, ReflowResult
from textual.geometry import Size
from textual.widget import Widget

from tests.tui.filling import choose, fill, form_of
from tests.tui.office import PATIENCE, Office, settle
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import CampaignState, HoursIn
from thrumsg_tui.domain.opened_points import EVERYTHING
from thrumsg_tui.domain.preferences import AsciiOnly
from thrumsg_tui.store.changes.campaigns import edit_campaign
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import campaigns, find_campaign
from thrumsg_tui.store.queries.script_preview import ScriptPreview, script_preview
from thrumsg_tui.tui.dialogs import campaign_form
from thrumsg_tui.tui.dialogs.form import FormDialog
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.timers import Timers


def stored(office: Office, name: str) -> Campaign:
    """A campaign as it is stored."""
    with office.db.reading() as conn:
        return find_campaign(conn, name)


SIZES = [(120, 40), (80, 24)]


@pytest.mark.parametrize(("size", "most"), [((80, 24), 1), ((60, 18), 0)])
async def test_the_form_leaves_no_rows_empty_while_its_preview_has_more(
    office: Office, size: tuple[int, int], most: int
) -> None:
    office.contact("Maria Lopez")
    async with office.app(size=size) as person:
        await person.press("c")
        inside = [line.strip(" │▁▂▃▄▅▆▇█") for line in person.lines]
        first = next(y for y, line in enumerate(inside) if line.startswith("Launched now:"))
        last = next(y for y, line in enumerate(inside) if line.startswith("╰"))
        assert form_of(person).preview_pane.max_scroll_y, "there is more"
        assert [inside[first - 1], bool(inside[first - 2])] == ["", True]
        assert inside[first:last].count("") <= most


async def test_the_keys_in_the_frame_of_a_form_are_those_that_fit_now(office: Office) -> None:
    async with office.app(size=(80, 24)) as person:
        await person.press("c")
        assert person.sees("Enter next, PgDn shows more ─╯")
        await person.pilot.resize_terminal(60, 18)
        await settle(person.pilot)
        assert person.sees("Esc leaves, Enter next ─╯")


@pytest.mark.parametrize("size", SIZES)
async def test_a_campaign_is_made_by_keys_alone(bare: Office, size: tuple[int, int]) -> None:
    change_setting(bare.db, bare.ana, "default_timezone", "America/New_York")
    async with bare.app(size=size) as person:
        await person.press("c")
        await person.type("Autumn")
        await person.press("enter")
        await person.type("Hi %first_name%, Harbor here. Reply STOP to end.")
        await person.press("ctrl+o", "y")
        assert person.sees("Add senders to Autumn")
        await person.type("kim")
        await person.press("enter")
        assert isinstance(person.app.screen, CampaignsScreen)
        assert person.sees("Autumn", "active")
    made = stored(bare, "Autumn")
    with bare.db.reading() as conn:
        assert find_assignment(conn, made, "kim")
    assert made.state is CampaignState.ACTIVE
    assert made.initial_script == "Hi %first_name%, Harbor here. Reply STOP to end."
    assert (made.hours.timezone, made.hours.opens, made.hours.closes) == ("America/New_York", 9 * 60, 21 * 60)


@pytest.mark.parametrize("size", SIZES)
async def test_what_a_field_is_for_stands_in_brackets_until_it_has_a_value(bare: Office, size: tuple[int, int]) -> None:
    async with bare.app(size=size) as person:
        await person.press("c")
        assert person.sees("First message   (for example: Hi %first_name%", "Description     (may be empty)")
        await person.press("tab", "x")
        assert person.sees("First message   x")
        assert not person.sees("(for example")


async def test_a_letter_lays_nothing_out_anew(bare: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[Size] = []
    reflow = Compositor.reflow

    def counted(self: Compositor, parent: Widget, size: Size) -> ReflowResult:
        laid_out.append(size)
        return reflow(self, parent, size)

    async with bare.app() as person:
        await person.press("c", "a")
        monkeypatch.setattr(Compositor, "reflow", counted)
        await person.press(*"utumn", "space", "backspace", "left", "home")
        assert laid_out == []
        assert person.sees("autumn")


async def test_letters_do_not_wait_for_the_preview(bare: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Event()

    def held_up(*args: Any, **options: Any) -> ScriptPreview:
        held.wait(PATIENCE)
        return script_preview(*args, **options)

    bare.timers = Timers(key=PATIENCE)
    async with bare.app() as person:
        await person.press("c", *"Autumn", "enter")
        monkeypatch.setattr(campaign_form, "script_preview", held_up)
        person.send(*"Hi,STOPP", "backspace", "ctrl+o")
        await person.reach(lambda: form_of(person).form.entered["script"] == "Hi,STOP", "all letters")
        assert isinstance(person.app.screen, FormDialog), "what saves waits for the preview"
        held.set()
        await settle(person.pilot)
        assert "Before it is launched, confirm" in person.question
        assert person.sees("Hi,STOP")


async def test_arrows_stop_at_the_last_field(bare: Office) -> None:
    async with bare.app() as person:
        await person.press("c")
        await person.type("Autumn")
        await person.press("enter")
        await person.type("Hi")
        await person.press(*["down"] * 30)
        assert isinstance(person.app.screen, FormDialog)
    with bare.db.reading() as conn:
        assert campaigns(conn) == []


@pytest.mark.parametrize("script", ["Hi %first_name%\r\nline two\nline three", "Hi\u2028there", "plain"])
async def test_a_script_that_was_not_touched_stays_as_somebody_else_made_it(office: Office, script: str) -> None:
    campaign = stored(office, "Spring")
    edit_campaign(
        office.db, office.ana, campaign.id, replace(campaign.setup, initial_script=script), confirmed=EVERYTHING
    )
    async with office.app() as person:
        await person.press("i")
        await fill(person, description="About it")
        now = stored(office, "Spring")
        edit_campaign(
            office.db, office.ana, campaign.id, replace(now.setup, initial_script="Hello %first_name%, rewritten")
        )
        await person.press("ctrl+o")
    after = stored(office, "Spring")
    assert (after.initial_script, after.description) == ("Hello %first_name%, rewritten", "About it")


async def test_enter_goes_through_all_fields_and_makes_it_at_the_last(bare: Office) -> None:
    async with bare.app() as person:
        await person.press("c")
        await person.type("Autumn")
        await person.press("enter")
        await person.type("Hi")
        await person.press("ctrl+n")
        await person.type("there")
        await person.press("enter", "right", *["enter"] * 9)
        assert isinstance(person.app.screen, FormDialog), "the last field is still to come"
        await person.press("enter", "escape")
        assert person.sees("Autumn", "draft")
    assert stored(bare, "Autumn").initial_script == "Hi\nthere"


async def test_all_fields_count(bare: Office) -> None:
    async with bare.app() as person:
        await person.press("c")
        await fill(
            person,
            name="Autumn",
            script="Hi",
            description="Doors",
            timezone="Europe/Paris",
            opens="10:00",
            closes="20:30",
            starts="2026-09-01",
            ends="2026-09-30",
        )
        form = person.app.screen
        assert isinstance(form, FormDialog)
        form.form.begin("hours_in")
        await person.press("space")
        form.form.begin("quicksend")
        await person.press("right", "ctrl+o", "y")
    made = stored(bare, "Autumn")
    assert (made.description, made.hours.timezone, made.hours.opens, made.hours.closes) == (
        "Doors",
        "Europe/Paris",
        600,
        1230,
    )
    assert (made.window.starts, made.window.ends) == (date(2026, 9, 1), date(2026, 9, 30))
    assert (made.hours_in, made.quicksend, made.quiet_hours) == (HoursIn.CONTACT, True, True)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "A campaign needs a name."),
        ("name", "Spring", "There is a campaign of that name already."),
        ("script", " ", "A campaign needs a first message."),
        ("timezone", "Mars/Olympus", "is not a known time zone"),
        ("opens", "9 o'clock", "is not a time of day"),
        ("closes", "08:00", "is not after opening time"),
        ("starts", "tomorrow", "is not a date"),
        ("ends", "2026-02-01", "before the start date"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    office: Office, field: str, value: str, sentence: str
) -> None:
    async with office.app() as person:
        await person.press("q", "c")
        good = {"name": "Autumn", "script": "Hi", "starts": "2026-03-01"}
        await fill(person, **good | {field: value})
        await person.press("ctrl+o")
        screen = person.app.screen
        assert isinstance(screen, FormDialog)
        assert person.sees(sentence)
        assert screen.form.here == field
        kept = screen.form.entered
        assert {name: kept[name] for name in good if name != field} == {
            name: text for name, text in good.items() if name != field
        }
    with office.db.reading() as conn:
        assert [each.name for each in campaigns(conn)] == ["Spring"]


async def test_the_preview_follows_what_is_typed_on_a_real_contact(office: Office) -> None:
    office.contact("Maria Lopez", "kim")
    async with office.app() as person:
        await person.press("i")
        assert person.sees(
            "To Maria Lopez, 1 segment, GSM-7: Hi Maria, it's Kim. Will you vote?", "does not say how to opt out"
        )
        await fill(person, script="Hey {firstName}, %first name%, reply STOP")
        assert person.sees("{firstName} looks like a field", "%first name% is not a field")
        await fill(person, script="Hey %first_name% – %nope%, reply STOP")
        assert person.sees("Hey Maria – %nope%, reply STOP", "%nope%: no contact has this field")
        assert person.sees("It says how to opt out.", "Unicode because of –", "plain look-alikes would do")


async def test_changing_a_campaign_changes_what_was_changed_only(office: Office) -> None:
    before = stored(office, "Spring")
    async with office.app() as person:
        await person.press("i")
        await fill(person, description="Two weeks")
        await person.press("ctrl+o")
        assert isinstance(person.app.screen, OverviewScreen)
        assert person.notice == "Spring is saved."
    after = stored(office, "Spring")
    assert after.description == "Two weeks"
    assert (after.name, after.hours, after.window) == (before.name, before.hours, before.window)


async def test_leaving_asks_where_something_was_typed(office: Office) -> None:
    async with office.app() as person:
        await person.press("i", "escape")
        assert isinstance(person.app.screen, OverviewScreen), "nothing was typed"
        await person.press("i")
        await fill(person, description="Two weeks")
        await person.press("escape", "enter")
        assert person.sees("Two weeks"), "the safe answer goes on typing"
        await person.press("escape", "y")
        assert isinstance(person.app.screen, OverviewScreen)
    assert stored(office, "Spring").description == ""


async def test_hostile_words_do_no_harm(bare: Office) -> None:
    async with bare.app() as person:
        await person.press("c")
        await fill(person, name="[red]Au[/]tumn", script="[bold]Hi \u202e %first_name%")
        await person.press("ctrl+o", "escape")
        assert person.sees("[red]Au[/]tumn")


async def test_the_organization_is_settled_in_a_form(bare: Office) -> None:
    async with bare.app(size=(80, 24)) as person:
        await person.press("comma")
        await fill(person, organization="Harbor", default_open="8:30", default_timezone="nowhere")
        await person.press("ctrl+o")
        assert person.sees("is not a known time zone")
        await fill(person, default_timezone="America/Chicago")
        await person.press("ctrl+o")
        assert person.notice.startswith("Saved: Organization, Time zone, Opens")
        await person.press("comma")
        assert person.sees("Harbor", "08:30", "America/Chicago")


async def test_a_campaign_with_open_points_is_launched_only_once_an_owner_confirms_them(bare: Office) -> None:
    async with bare.app(size=(80, 24)) as person:
        await person.press("c")
        await fill(person, name="Autumn", script="Hi, vote! bit.ly/harbor")
        assert person.sees("has a link of bit.ly")
        await person.press("ctrl+o")
        assert "Before it is launched, confirm:" in person.question
        assert "has a link of bit.ly" in person.question
        assert "It does not say how to opt out" in person.question
        await person.press("enter")
        assert isinstance(person.app.screen, FormDialog), "what was typed is kept"
        assert person.sees("It was not confirmed, so nothing was saved yet."), person.screen
        with bare.db.reading() as conn:
            assert campaigns(conn) == []
        await person.press("ctrl+o", "y")
    assert stored(bare, "Autumn").state is CampaignState.ACTIVE


async def test_settings_that_open_a_point_of_a_launched_campaign_are_saved_only_once_confirmed(office: Office) -> None:
    campaign = stored(office, "Spring")
    on = replace(campaign.setup, quiet_hours=True)
    edit_campaign(office.db, office.ana, campaign.id, on)
    async with office.app(size=(80, 24)) as person:
        await person.press("i")
        await choose(person, quiet_hours="no")
        await person.press("ctrl+o")
        assert "Before it is saved, confirm:" in person.question
        assert person.question.count("- ") == 1, "what was open before is not asked again"
        await person.press("enter")
        assert stored(office, "Spring").quiet_hours
        await person.press("ctrl+o", "y")
    assert not stored(office, "Spring").quiet_hours


async def test_a_draft_with_open_points_is_saved_without_a_question(bare: Office) -> None:
    async with bare.app() as person:
        await person.press("c")
        await fill(person, name="Autumn", script="Hi")
        await choose(person, launch="later")
        await person.press("ctrl+o")
    assert stored(bare, "Autumn").state is CampaignState.DRAFT


@pytest.mark.parametrize("size", SIZES)
async def test_whether_it_is_launched_at_once_is_a_choice_in_sight_that_says_what_it_means(
    bare: Office, size: tuple[int, int]
) -> None:
    async with bare.app(size=size) as person:
        await person.press("c")
        await fill(person, name="Autumn", script="Hi. Reply STOP to end.")
        form_of(person).form.begin("script")
        assert person.sees("launch now", "keep as a draft")
        assert person.sees("senders can text at once")
        await choose(person, launch="later")
        assert person.sees("A draft: nothing can be sent from it until l launches it.")
        await person.press("ctrl+o", "escape")
        assert person.notice.startswith("Created Autumn (draft). l launches it.")


async def test_from_an_overview_a_new_campaign_is_made_and_opened(office: Office) -> None:
    async with office.app(size=(80, 24)) as person:
        await person.press("c")
        await fill(person, name="Autumn", script="Hi. Reply STOP to end.")
        await person.press("ctrl+o", "y", "escape")
        assert isinstance(person.app.screen, OverviewScreen)
        assert person.lines[0].startswith(" Autumn")
        assert person.notice == "Created Autumn (active)."
        assert person.sees("I imports contacts")


async def test_what_is_right_with_a_script_has_a_sign_in_ascii_and_no_state_of_a_message(office: Office) -> None:
    office.preferences = replace(office.preferences, ascii=AsciiOnly.ON)
    async with office.app(size=(120, 40)) as person:
        await person.press("q", "c")
        assert person.sees("+ It has no fields.")

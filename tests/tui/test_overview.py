"""The campaigns and the overview: counters, the senders table, and its order (docs/rules.md 2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.tui.moving import give
from tests.tui.office import ALWAYS_OPEN, SCRIPT, Office, Person
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.enums import CampaignState, SenderSort
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.presence import show_presence
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker
from thrumsg_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen
from thrumsg_tui.tui.screens.overview import OverviewScreen, sparkline


def senders(person: Person) -> list[str]:
    """The names in the senders table, from top to bottom."""
    screen = person.app.screen
    assert isinstance(screen, OverviewScreen | SenderPicker)
    return [row.name for row in screen.table.rows]


def fill(office: Office) -> None:
    """Kim has one of three waiting, Lee two of two; one is Unassigned."""
    office.contact("Maria Lopez", "kim", wrote="Hello")
    office.contact("Dev Patel", "kim")
    office.contact("Ann Otieno", "kim", texted=True)
    office.contact("Bo Berg", "lee", wrote="Hello")
    office.contact("Cy Cohen", "lee", wrote="Hello")
    office.contact("Dora Dunn", None)


async def test_without_a_campaign_it_says_how_to_make_one(bare: Office) -> None:
    async with bare.app() as person:
        assert person.sees("There is no campaign yet", "c   makes one", "thrumsg demo")
        bare.campaign()
        await person.wait_for("Spring", "active")


async def test_the_only_active_campaign_opens_by_itself(office: Office) -> None:
    async with office.app() as person:
        assert isinstance(person.app.screen, OverviewScreen)
        assert person.sees("Spring", "Overview")


async def test_of_several_campaigns_one_is_chosen(office: Office) -> None:
    office.campaign("Autumn")
    async with office.app() as person:
        assert isinstance(person.app.screen, CampaignsScreen)
        row = next(number for number, line in enumerate(person.lines) if "Spring" in line)
        first = next(number for number, line in enumerate(person.lines) if "Autumn" in line)
        await person.press(*["j"] * max(row - first, 0), "enter")
        assert person.sees("Spring", "Overview")


async def test_the_last_screen_opens_again(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        await person.press("j", "j", "enter")
        assert person.sees("Viewing as: Lee Bishop")
    async with office.app() as person:
        assert isinstance(person.app.screen, MessengerScreen)
        assert person.sees("Viewing as: Lee Bishop")


async def test_the_sum_is_always_on_screen(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        assert person.sees("5 assigned + 1 Unassigned = 6 contacts", "Total 6", "Not started 2", "Needs reply 3")
        office.contact("Eli East", None)
        await person.wait_for("5 assigned + 2 Unassigned = 7 contacts", "Total 7", "Not started 3")


async def test_unassigned_is_on_top_in_every_order(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        orders = {
            (SenderSort.SENDER, False): ["Unassigned", "Kim Alvarez", "Lee Bishop"],
            (SenderSort.SENDER, True): ["Unassigned", "Lee Bishop", "Kim Alvarez"],
            (SenderSort.PROGRESS, False): ["Unassigned", "Kim Alvarez", "Lee Bishop"],
            (SenderSort.PROGRESS, True): ["Unassigned", "Lee Bishop", "Kim Alvarez"],
            (SenderSort.NEEDS_REPLY, False): ["Unassigned", "Lee Bishop", "Kim Alvarez"],
            (SenderSort.NEEDS_REPLY, True): ["Unassigned", "Kim Alvarez", "Lee Bishop"],
            (SenderSort.WAITING, False): ["Unassigned", "Kim Alvarez", "Lee Bishop"],
            (SenderSort.WAITING, True): ["Unassigned", "Lee Bishop", "Kim Alvarez"],
        }
        for (sort, reverse), expected in orders.items():
            assert senders(person) == expected
            arrow = person.app.glyphs.up if reverse else person.app.glyphs.down
            assert [each for each in SenderSort if person.sees(f"{each.label} {arrow}")] == [sort]
            await person.press("s" if reverse else "b")


async def test_the_order_is_the_same_in_the_picker_and_is_remembered(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        await person.press("s", "s")  # needs reply
        await person.press("j", "enter", "v")
        assert senders(person) == ["Unassigned", "Lee Bishop", "Kim Alvarez"]
        await person.press("left")
        assert senders(person) == ["Unassigned", "Kim Alvarez", "Lee Bishop"]
        await person.press("escape", "q")
        assert isinstance(person.app.screen, OverviewScreen)
        assert senders(person) == ["Unassigned", "Kim Alvarez", "Lee Bishop"]
    async with office.app() as person:
        assert senders(person) == ["Unassigned", "Kim Alvarez", "Lee Bishop"]


async def test_next_sender_goes_on_in_that_order_and_begins_again(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        await person.press("s", "s", "enter")
        for name in ("Unassigned", "Lee Bishop", "Kim Alvarez", "Unassigned"):
            assert person.sees(f"Viewing as: {name}")
            await person.press("n")
        await person.press("N", "N")
        assert person.sees("Viewing as: Kim Alvarez")


async def test_a_search_finds_a_sender(office: Office) -> None:
    async with office.app() as person:
        await person.press("slash")
        await person.type("bish")
        assert senders(person) == ["Lee Bishop"]
        await person.press("enter", "enter")
        assert person.sees("Viewing as: Lee Bishop")


async def test_escape_clears_the_search(office: Office) -> None:
    async with office.app() as person:
        await person.press("slash")
        await person.type("bish")
        await person.press("escape")
        assert len(senders(person)) == 3


async def test_the_cursor_stays_on_its_sender_when_the_order_changes(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        await person.press("j", "b", "enter")
        assert person.sees("Viewing as: Kim Alvarez")


async def test_how_long_contacts_wait_is_seen_of_each_sender_that_comes_into_sight(office: Office) -> None:
    """It is asked only of those that are near: there may be thousands."""
    logins = [f"u{nth:03}" for nth in range(100)]
    for login in logins:
        office.person(login, login.capitalize(), Role.SENDER)
    add_senders(office.db, office.ana, "Spring", logins)
    office.contact("Maria Lopez", "u098", wrote="Hello")
    office.clock.forward(minutes=6)

    def waits(person: Person) -> str:
        found = [line for line in person.lines if "U098 Doe" in line]
        assert found, person.screen
        return found[0].split("1  ")[-1].strip(" ▄")  # beside it may be the end of the scrollbar

    async with office.app(size=(80, 24)) as person:
        await person.press("G")
        assert waits(person) == "7 min"
        await person.press("g", "slash")
        await person.type("u09")
        assert waits(person) == "7 min"
        await person.press("escape", "s", "s", "s", "g")
        assert senders(person)[1] == "U098 Doe"
        assert waits(person) == "7 min"


async def test_a_paused_campaign_says_that_it_is_closed(office: Office) -> None:
    async with office.app() as person:
        assert person.sees("Campaign is open.")
        change_state(office.db, office.ana, "Spring", CampaignState.PAUSED)
        await person.wait_for("Campaign is currently closed: it is paused.")


async def test_when_a_campaign_opens_and_its_hours_are_seen_in_80_columns(bare: Office) -> None:
    bare.campaign(hours=DailyHours("America/New_York", 9 * 60, 21 * 60))
    bare.clock.now = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
    async with bare.app(size=(80, 24)) as person:
        assert person.lines[1] == "  Campaign is currently closed until tomorrow 09:00 EST; its hours are"
        assert person.lines[2] == "  09:00–21:00 America/New_York."
    async with bare.app() as person:
        assert person.sees("closed until tomorrow 09:00 EST; its hours are 09:00–21:00 America/New_York.")


async def test_who_has_the_messenger_open_is_online(office: Office) -> None:
    async with office.app() as person:
        assert person.sees("0 others online")
        show_presence(office.db, "another", office.identity("kim").user.id, office.campaigns["Spring"].id, None)
        await person.wait_for("1 other online")
        line = next(line for line in person.lines if "Kim Alvarez" in line)
        assert "● online" in line


async def test_whoever_looks_is_none_of_the_others_online(office: Office) -> None:
    add_senders(office.db, office.ana, "Spring", ["ana"])
    show_presence(office.db, "another", office.ana.user.id, office.campaigns["Spring"].id, None)
    async with office.app() as person:
        assert person.sees("0 others online", "● online")


async def test_escape_takes_the_marks_off(office: Office) -> None:
    async with office.app() as person:
        await person.press("j", "space")
        assert person.sees("1 sender marked")
        await person.press("escape")
        assert not person.sees("marked")
        await person.press("R")
        assert person.sees("Conversations of everyone")


async def test_escape_shows_all_senders_again(office: Office) -> None:
    office.contact("Maria Lopez", "kim")
    async with office.app() as person:
        await person.press("w")
        assert senders(person) == ["Kim Alvarez"]
        await person.press("escape")
        assert senders(person) == ["Unassigned", "Kim Alvarez", "Lee Bishop"]


# What comes next in a new campaign


@pytest.mark.parametrize("contacts", [0, 1])
async def test_a_new_campaign_says_that_contacts_are_imported_then_senders_added(bare: Office, contacts: int) -> None:
    bare.campaigns["Spring"] = create_campaign(bare.db, bare.ana, Setup("Spring", SCRIPT, hours=ALWAYS_OPEN))
    for number in range(contacts):
        bare.contact(f"Person {number}", None)
    async with bare.app() as person:
        assert person.sees("I imports contacts") is not bool(contacts)
        assert person.sees("+ adds senders") is bool(contacts)


async def test_r_is_said_to_deal_contacts_out_until_anybody_has_one(office: Office) -> None:
    """docs/rules.md 4.1."""
    maria = office.contact("Maria Lopez", None)
    office.contact("Dev Patel", None)
    async with office.app() as person:
        assert person.sees("R deals them out to the senders")
        give(office, "kim", [maria])
        await person.wait_for("1 assigned + 1 Unassigned")
        assert not person.sees("R deals them out")


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_in_the_bars_only_no_replies_at_all_look_like_none(glyphs: Glyphs) -> None:
    assert sparkline([0, 1, 1000], glyphs) == glyphs.bars[0] + glyphs.bars[1] + glyphs.bars[-1]


def test_without_any_reply_all_bars_are_empty() -> None:
    assert sparkline([0] * 24, UNICODE) == UNICODE.bars[0] * 24


async def test_the_titles_stand_above_their_columns_beside_a_scrollbar(office: Office) -> None:
    fill(office)
    async with office.app(size=(80, 13)) as person:
        assert isinstance(screen := person.app.screen, OverviewScreen)
        assert screen.table.beside_rows == 1
        heading, row = (next(line for line in person.lines if word in line) for word in ("Needs reply  ", "0/1"))
        number = re.search(r"0/1\s+\S+\s+(\d+)", row)
        assert number
        assert heading.index("Needs reply") + len("Needs reply") == number.end(1)


async def test_a_low_window_has_room_for_twelve_senders_below_the_counters(office: Office) -> None:
    fill(office)
    async with office.app(size=(80, 24)) as person:
        assert isinstance(screen := person.app.screen, OverviewScreen)
        assert screen.table.visible_rows >= 12


@pytest.mark.parametrize("width", [60, 76])
async def test_a_narrow_window_shows_whole_names_of_campaigns_with_titles_above_all_columns(
    office: Office, width: int
) -> None:
    name = "Spring Turnout North"
    office.campaign(name)
    async with office.app(size=(width, 18)) as person:
        assert person.sees(name)
        heading, row = (next(line for line in person.lines if word in line) for word in ("Campaign  ", name))
        assert heading.split() == ["Campaign", "State", "Sent/total", "Needs", "reply"]
        assert (heading.index("State"), len(heading.rstrip())) == (row.index("active"), len(row.rstrip()))


async def test_a_narrow_window_shows_the_replies_of_all_hours(office: Office) -> None:
    fill(office)
    async with office.app(size=(60, 18)) as person:
        line = next(line for line in person.lines if "last 24 h" in line)
        assert "…" not in line
        assert person.app.glyphs.bars[-1] in line


@pytest.mark.parametrize("width", [120, 200])
@pytest.mark.parametrize("name", ["Kim Alvarez", "Maximiliana Featherstonehaugh of the North"])
async def test_in_a_wide_window_the_columns_stand_near_the_longest_name(office: Office, name: str, width: int) -> None:
    fill(office)
    office.campaign(name)
    add_user(office.db, office.ana, "max", *name.split(" ", 1), role=Role.SENDER)
    add_senders(office.db, office.ana, "Spring", ["max"])
    async with office.app(size=(width, 40)) as person:
        for heading, title, cell in (("Campaign  ", "State", "active"), ("Sender ", "Status", "offline")):
            titles, row = (next(line for line in person.lines if word in line) for word in (heading, name[:14]))
            assert titles.index(title) == row.rindex(cell) <= max(28, len(f"  {name}  ")) + 1
            assert "…" not in row
            await person.press("g", "j", "enter")


async def test_the_number_of_replies_stands_beside_their_bars(office: Office) -> None:
    fill(office)
    async with office.messenger(size=(200, 60)) as person:
        await person.press("q")
        bars = person.app.glyphs.bars
        assert re.search(rf"last 24 h [{bars}]+  3 messages", person.screen)


@pytest.mark.parametrize("width", [100, 120, 200])
async def test_the_picker_of_a_sender_says_status_above_its_column(office: Office, width: int) -> None:
    fill(office)
    async with office.messenger(size=(width, 40)) as person:
        await person.press("v")
        titles, row = (next(line for line in person.lines if word in line) for word in ("Sender ", "Lee Bishop"))
        assert titles.index("Status") == row.index("offline") <= row.index("Lee Bishop") + 40

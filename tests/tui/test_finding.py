"""Finding a contact: the finder, the overview's search, and a search without matches (docs/rules.md 3.6, 8.1)."""

from __future__ import annotations

from datetime import date

from tests.tui.office import Office, Person, settle
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.tui.dialogs.contact_finder import ContactFinder
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen


def fill(office: Office) -> None:
    """Maria is Kim's and waits, Marco is Lee's, Mara is nobody's."""
    office.contact("Maria Lopez", "kim", wrote="Where do I vote?")
    office.contact("Marco Berg", "lee", texted=True)
    office.contact("Mara Dunn", None)
    office.contact("Ann Otieno", "kim", wrote="Hello")


def found(person: Person) -> list[str]:
    """The names in the finder, from top to bottom."""
    screen = person.app.screen
    assert isinstance(screen, ContactFinder), person.screen
    return [each.row.name for each in screen.table.rows]


def viewed(person: Person) -> str | None:
    """The name of the conversation that is open in the messenger."""
    screen = person.app.screen
    assert isinstance(screen, MessengerScreen), person.screen
    return screen.open_contact.name if screen.open_contact else None


async def test_a_contact_of_any_sender_is_found_and_opened_in_the_senders_view(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        await person.press("P")
        assert person.sees("Type part of a name, or some digits of a number.")
        await person.type("mar")
        assert sorted(found(person)) == ["Mara Dunn", "Marco Berg", "Maria Lopez"]
        assert person.sees(
            "3 matches", "Where do I vote?", "Spring · Kim Alvarez", "Spring · Unassigned", "needs reply"
        )
        await person.type("co")
        await person.press("enter")
        assert person.sees("Viewing as: Lee Bishop")
        assert viewed(person) == "Marco Berg"


async def test_the_contact_who_waits_stands_first_and_typing_ahead_opens_the_right_one(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        await person.press("P")
        await person.type("mar")
        assert found(person)[0] == "Maria Lopez"
        person.send(*"co", "enter")  # before it is searched
        await settle(person.pilot)
        assert viewed(person) == "Marco Berg"


async def test_part_of_a_number_finds_unless_numbers_are_hidden(office: Office) -> None:
    fill(office)
    digits = office.conversation(office.contact("Bo Berg", "lee")).phone[-5:]
    async with office.app() as person:
        await person.press("ctrl+f")
        await person.type(digits)
        assert found(person)[0] == "Bo Berg"
        await person.press("escape", "escape")  # clears, then leaves
        change_setting(office.db, office.ana, "redact_phones", "on")
        await person.press("ctrl+f")
        assert person.sees("Type part of a name.", "Numbers are hidden")
        await person.type(digits)
        assert found(person) == []
        assert person.sees(f"Nobody matches '{digits}'.")


async def test_who_finds_nobody_is_told_what_to_do(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        await person.press("P")
        await person.type("xyz")
        assert person.sees("Nobody matches 'xyz'.", "Try fewer letters.", "Esc, then p: look up any number.")
        await person.press("enter")
        assert person.sees("Nobody is chosen")


async def test_a_sender_finds_only_their_own(office: Office) -> None:
    fill(office)
    async with office.app("kim") as person:
        await person.press("P")
        assert person.sees("All your conversations")
        await person.type("mar")
        assert found(person) == ["Maria Lopez"]


async def test_the_overviews_search_finds_contacts_beside_the_senders(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        await person.press("slash")
        await person.type("a")
        await person.wait_for("4 contacts: ctrl+f lists them", "Kim Alvarez")
        await person.press("ctrl+f")
        assert len(found(person)) == 4
        await person.press("escape", "escape")
        await person.type("ri")
        await person.wait_for("1 contact: Enter lists them", "No sender of this campaign matches")
        await person.press("enter")
        assert found(person) == ["Maria Lopez"]
        await person.press("enter")
        assert viewed(person) == "Maria Lopez"


async def test_a_search_that_finds_nothing_says_where_there_are_matches(office: Office) -> None:
    fill(office)
    office.contact("Marta Moss", "kim", texted=True)
    async with office.messenger() as person:
        await person.press("slash")
        await person.type("mart")
        await person.wait_for("None here: 1 in Sent.")
        await person.press("escape", "slash")
        await person.type("mar")
        await person.press("backspace", "backspace", "backspace")
        await person.type("marc")
        await person.wait_for("1 with Lee Bishop")
        await person.press("enter")
        assert found(person) == ["Marco Berg"]
        await person.press("enter")
        assert person.sees("Viewing as: Lee Bishop")
        assert viewed(person) == "Marco Berg"


async def test_a_senders_empty_search_tells_nothing_of_others(office: Office) -> None:
    fill(office)
    async with office.messenger(login="kim") as person:
        await person.press("slash")
        await person.type("marco")
        await person.wait_for("Nothing matches, here or elsewhere")


async def test_a_look_up_names_the_sender_as_all_else_does(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("p")
        assert person.sees("Phone Lookup", " Spring  Kim Alvarez ")


async def test_a_number_is_looked_up_by_its_last_digits(office: Office) -> None:
    fill(office)
    digits = office.conversation(office.contact("Bo Berg", "lee")).phone[-4:]
    async with office.app() as person:
        await person.press("p")
        assert person.sees("Type a phone number, or its last digits.")
        await person.press(*digits[:2])
        assert person.sees("too few digits")
        person.send(*digits[2:], "enter")  # before they are looked up
        await settle(person.pilot)
        assert viewed(person) == "Bo Berg"


async def test_several_numbers_with_the_same_last_digits_are_listed(office: Office) -> None:
    fill(office)
    ann = office.conversation(office.contact("Ann Abel", "kim")).phone
    file = office.folder / "others.csv"
    file.write_text(f"First Name,Last Name,Cell\nBo,Berg,+1212555{ann[-4:]}\n", encoding="utf-8")
    import_contacts(office.db, office.ana, file, "Spring")
    async with office.app() as person:
        await person.press("p", *ann[-4:])
        assert person.sees("2 numbers end with that:", "Ann Abel", "Bo Berg")
        await person.press("down", "enter")
        assert person.sees("Ann Abel", "Not opted out", "Spring  Kim Alvarez")
        await person.press("enter")
        assert viewed(person) == "Ann Abel"


async def test_the_cursor_stays_in_sight_among_many_numbers(office: Office) -> None:
    numbers = [f"+1415{exchange}0142" for exchange in range(560, 580)]
    file = office.folder / "others.csv"
    file.write_text("First Name,Last Name,Cell\n" + "".join(f"Bo,Berg,{each}\n" for each in numbers), encoding="utf-8")
    import_contacts(office.db, office.ana, file, "Spring")
    async with office.app(size=(80, 24)) as person:
        await person.press("p", *"0142")
        assert person.sees("20 numbers end with that:", numbers[0])
        assert not person.sees(numbers[-1])
        await person.press(*["down"] * len(numbers))
        assert person.sees(numbers[-1])
        assert not person.sees(numbers[0])


async def test_who_is_in_a_tab_that_is_over_is_not_mistaken_for_another(bare: Office) -> None:
    bare.campaign(ends=date(2026, 3, 3))
    bare.contact("Maria Lopez", wrote="Hello")
    bare.contact("Dora Dunn")
    bare.clock.forward(days=2)
    async with bare.app() as person:
        await person.press("P")
        await person.type("dora")
        await person.press("enter")
        assert viewed(person) == "Maria Lopez"
        await person.reach(
            lambda: "is in Initial Messages, which is over: this is another." in person.notice, "why it is another"
        )


async def test_from_the_message_box_the_draft_is_kept(office: Office) -> None:
    fill(office)
    async with office.messenger() as person:
        await person.press("enter", "alt+enter")
        await person.type("half a")
        await person.press("ctrl+f")
        await person.type("marco")
        await person.press("enter")
        assert viewed(person) == "Marco Berg"
        await person.press("P")
        await person.type("maria")
        await person.press("enter")
        assert viewed(person) == "Maria Lopez"
        await person.wait_for("half a")


async def test_what_is_searched_on_a_screen_over_another_is_found_everywhere(office: Office) -> None:
    fill(office)
    async with office.app() as person:
        await person.press("O", "slash")
        await person.type("marc")
        await person.press("ctrl+f")
        assert found(person) == ["Marco Berg"]
        await person.press("enter")
        assert viewed(person) == "Marco Berg"

"""Finding a contact: the finder, the overview's search, and a search without matches (docs/rules.md 3.6, 8.1)."""

from __future__ import annotations

from tests.tui.office import Office, Person
from thrumsg_tui.store.changes.settings import change_setting
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
        await person.press("P", "m", "a", "r", "enter")
        assert viewed(person) == "Maria Lopez"


async def test_part_of_a_number_finds_unless_numbers_are_hidden(office: Office) -> None:
    fill(office)
    digits = office.conversation(office.contact("Bo Berg", "lee")).phone[-5:]
    async with office.app() as person:
        await person.press("ctrl+f")
        await person.type(digits)
        assert found(person)[0] == "Bo Berg"
        await person.press("escape")
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
        assert person.sees("Nobody matches 'xyz'.", "Try fewer letters.", "p looks up a number that is nobody's.")
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

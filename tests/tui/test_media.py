"""Pictures on the screen: what they are, and where, as text (docs/rules.md 10.7)."""

from __future__ import annotations

from tests.tui.office import Office, Person
from thrumsg_tui.domain.media import Media
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.tui.widgets.thread import ThreadPane

LINK = "https://example.org/a/rather/long/address/of/a/picture/that/has/to/be/wrapped/in/the/thread.jpg"
CLEARING = Media("https://example.org/\x1b[2J", "image/\x1b[31mgif")


def links(person: Person) -> set[str]:
    """The addresses that the terminal is given as links (OSC 8)."""
    strips = person.app.screen.query_one(ThreadPane).render_lines(person.app.screen.query_one(ThreadPane).size.region)
    return {segment.style.link for strip in strips for segment in strip if segment.style and segment.style.link}


async def test_a_picture_is_named_in_the_list_and_shown_with_its_address_in_the_thread(office: Office) -> None:
    maria = office.conversation(office.contact("Maria Lopez", "kim", texted=True)).phone
    receive(office.db, None, maria, "", media=[Media(LINK, "image/jpeg", 34_000)])
    async with office.messenger() as person:
        assert person.screen.count("[picture, image/jpeg") == 2
        assert "example.org" in person.screen
        shown = "".join(person.screen.split())
        assert "https://example.org/a/" in shown
        assert links(person) == {LINK}


async def test_what_a_carrier_calls_a_picture_is_harmless(office: Office) -> None:
    maria = office.conversation(office.contact("Maria Lopez", "kim", texted=True)).phone
    receive(office.db, None, maria, "Look", media=[CLEARING])
    receive(office.db, None, "68849", "", media=[CLEARING])
    async with office.messenger() as person:
        assert "[picture, image/" in person.screen
        assert "\x1b" not in person.screen
        assert links(person) == set()
        await person.press("q", "M")
        assert "[picture, image/" in person.screen
        assert "\x1b" not in person.screen

"""The lines of a thread are aligned, and the contact's last words in sight (docs/rules.md 3.10)."""

from __future__ import annotations

import pytest

from tests.tui.office import Office
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.opt_outs import opt_out_number


async def test_the_second_line_of_an_event_is_indented_like_the_first(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(size=(120, 40)) as person:
        place = next(number for number, line in enumerate(person.lines) if "── reassigned from" in line)
        first, second = (line.split("│")[1] for line in person.lines[place : place + 2])
        assert first.startswith(" ── reassigned from Unassigned to Kim")
        assert len(second) - len(second.lstrip()) == len(" ── ")


async def test_author_and_state_of_a_message_end_in_the_same_column_on_two_lines(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    with office.db.reading() as conn:
        phone = str(conn.execute("SELECT phone FROM contact LIMIT 1").fetchall()[0][0])
    opt_out_number(office.db, office.person("max", "Maximilian-Alexander", Role.ADMIN), phone)
    async with office.messenger(size=(120, 40)) as person:
        await person.press("4")
        place = next(number for number, line in enumerate(person.lines) if "· opt-out " in line)
        author, state = (line.split("│")[1].rstrip() for line in person.lines[place : place + 2])
        assert len(author) == len(state)


async def test_author_kind_and_state_of_an_opt_out_message_share_a_line_beside_the_list(office: Office) -> None:
    id = office.contact("Maria Lopez", wrote="Hello")
    opt_out_number(office.db, office.ana, office.conversation(id).phone)
    with office.db.writing() as tx:
        tx.conn.execute("UPDATE message SET state = 'delivered' WHERE kind = 'opt_out_confirmation'")
    async with office.messenger(size=(120, 40)) as person:
        await person.press("4")
        assert any("Ana Ortiz · opt-out " in line and "✓✓ delivered" in line for line in person.lines)


@pytest.mark.parametrize("words", ["Are there chairs?", "Where do I go, and " * 30 + "are there chairs?"])
@pytest.mark.parametrize("key", ["e", "a", "i"])
async def test_what_came_after_the_contacts_last_words_gives_way_to_them_above_the_sidebar(
    office: Office, words: str, key: str
) -> None:
    office.survey("Will you vote?,Yes|No|Undecided")
    maria = office.contact("Maria Lopez", wrote=words)
    for choice in ("Yes", "No", "Undecided") * 3:
        record_answer(office.db, office.ana, maria, "Will you vote?", choice)
    async with office.messenger(size=(80, 24)) as person:
        await person.press(key)
        assert person.sees("chairs?")
        await person.press("escape", "enter")
        assert person.messenger.conversation.thread.is_vertical_scroll_end

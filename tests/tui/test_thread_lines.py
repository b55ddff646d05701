"""The lines of a thread are aligned (docs/rules.md 3.10)."""

from __future__ import annotations

from tests.tui.office import Office
from thrumsg_tui.domain.permissions import Role
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

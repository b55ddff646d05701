"""Moving conversations by keys: who is there to be moved, the bulk dialog, and who holds what afterwards."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from tests.tui.office import Office, Person, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.domain.events import Event
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.history import history
from thrumsg_tui.store.queries.lookup import conversations_by_phone
from thrumsg_tui.tui.bulk_choices import BulkField
from thrumsg_tui.tui.dialogs.bulk_reassign import BulkReassign
from thrumsg_tui.tui.screens.history import HistoryScreen
from thrumsg_tui.tui.screens.overview import OverviewScreen

KIM, LEE, NOBODY = "Kim Alvarez", "Lee Bishop", "Unassigned"

NORA, SAM, WILMA, ABE, OLGA, OTTO = ("Nora New", "Sam Sent", "Wilma Waits", "Abe Asked", "Olga Out", "Otto Out")
"""One in each status, and two who are opted out: the one waits, the other was never texted."""

MATCHING = {
    StatusFilter.ANY: {NORA, SAM, WILMA, ABE, OLGA, OTTO},
    StatusFilter.NEEDS_REPLY: {WILMA},
    StatusFilter.NOT_STARTED: {NORA},
}
"""Whom of them each status of a bulk move takes (docs/rules.md 4.1)."""


# Who is there


def one_of_each(office: Office, to: str | None = "kim") -> dict[str, ConversationId]:
    """Let somebody hold one conversation in each status, and two that are opted out."""
    made = {
        NORA: office.contact(NORA, to),
        SAM: office.contact(SAM, to, texted=True),
        WILMA: office.contact(WILMA, to, wrote="Hello"),
        ABE: office.contact(ABE, to, wrote="Hello"),
        OLGA: office.contact(OLGA, to, wrote="Hello"),
        OTTO: office.contact(OTTO, to),
    }
    send(office.db, office.ana, made[ABE], body="Thanks")
    for name in (OLGA, OTTO):
        opt_out_number(office.db, office.ana, office.conversation(made[name]).phone)
    office.wrote(made[OLGA], "What was that?")
    return made


def people(office: Office, number: int, to: str | None = None, first: int = 0) -> list[ConversationId]:
    """Import many at once, who have not started, in order."""
    numbers = [f"+1212555{first + nth:04}" for nth in range(number)]
    file = office.folder / "people.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(["First Name", "Last Name", "Cell"])
        writer.writerows([f"P{first + nth}", "", phone] for nth, phone in enumerate(numbers))
    import_contacts(office.db, office.ana, file, "Spring")
    with office.db.reading() as conn:
        found = conversations_by_phone(conn, office.campaigns["Spring"].id)
    made = [found[phone] for phone in numbers]
    if to:
        give(office, to, made)
    return made


def staff(office: Office, *first_names: str) -> None:
    """Put more senders on the campaign, each with their first name as login."""
    for name in first_names:
        add_user(office.db, office.ana, name.lower(), name, "Doe", role=Role.SENDER)
    add_senders(office.db, office.ana, "Spring", [name.lower() for name in first_names])


def give(office: Office, to: str | None, ids: Iterable[ConversationId], who: Identity | None = None) -> None:
    """Move conversations behind the back of whoever is at the screen."""
    request = Request(
        office.campaigns["Spring"].id, FromConversations(tuple(ids)), ToAssignments((office.assignment(to),))
    )
    reassign(office.db, who or office.ana, request)


# Who holds what


def holder(office: Office, id: ConversationId) -> str:
    """Who has a conversation."""
    return office.conversation(id).sender_name


def held_by(office: Office, name: str, among: Mapping[str, ConversationId]) -> set[str]:
    """Which contacts a sender holds."""
    return {contact for contact, id in among.items() if holder(office, id) == name}


def shares(office: Office) -> dict[str, int]:
    """How many each one holds, by login, in the order of the senders table."""
    with office.db.reading() as conn:
        rows = assignments(conn, office.campaigns["Spring"].id, office.clock())
    return {each.login or "unassigned": each.assigned for each in rows}


def journal(office: Office) -> list[Event]:
    """What was done, newest first."""
    with office.db.reading() as conn:
        return history(conn)


# The bulk dialog


@asynccontextmanager
async def menu_of(office: Office, place: str) -> AsyncIterator[Person]:
    """Open the menu of a level: the campaign's, or Kim's from her row of the overview or from the yellow bar."""
    if place == "bar":
        async with office.messenger("kim") as person:
            await person.press("R")
            yield person
        return
    async with office.app() as person:
        await on_row(person, KIM)
        await person.press("R" if place == "campaign" else "r")
        yield person


async def keys(person: Person, *pressed: str) -> None:
    """Press keys one after the other, and wait for what they lead to once."""
    person.send(*pressed)
    await settle(person.pilot)


async def on_row(person: Person, name: str) -> None:
    """Put the cursor of the overview on somebody."""
    screen = person.app.screen
    assert isinstance(screen, OverviewScreen)
    await keys(person, "g", *["j"] * [row.name for row in screen.table.rows].index(name))


async def fill_in(
    person: Person,
    action: str,
    *,
    status: StatusFilter = StatusFilter.ANY,
    count: int | None = None,
    to: Sequence[str] = (),
    everyone: bool = False,
    level: bool = False,
) -> None:
    """Choose an action in the menu that is open (`u`, `s` or `a`), and fill in its form by keys."""
    await keys(person, action)
    if everyone:
        await keys(person, "space")  # the cursor starts there
    for name in to:
        await keys(person, *name.lower().split()[0], "space")
    if count is not None:
        await keys(person, *str(count))
    if status is not StatusFilter.ANY:
        await on_field(person, "Status", *["right"] * list(StatusFilter).index(status))
    if level:
        await on_field(person, "Split", "right")


async def on_field(person: Person, field: str, *pressed: str) -> None:
    """Go to a field of the bulk dialog, press keys there, and come back to the destinations."""
    screen = person.app.screen
    assert isinstance(screen, BulkReassign)
    places = [None, *screen.choices.fields]
    there = places.index(BulkField(field))
    await keys(person, *["tab"] * there, *pressed, *["shift+tab"] * there)


def flows(person: Person) -> dict[str, list[int]]:
    """What the preview says: from whom to whom, and how many by status, opted out, and in all."""
    found = {}
    for line in person.lines:
        if match := re.search(r"(\w[^│]* → .*?)((?:\s+(?:\d+|·)){6})(?!\S)", line):
            found[match[1]] = [0 if each == "·" else int(each) for each in match[2].split()]
    return found


async def look_at_last_change(person: Person) -> None:
    """Open the history on the newest change, and ask to take it back."""
    await person.press("H")
    assert isinstance(person.app.screen, HistoryScreen)
    await person.press("enter")

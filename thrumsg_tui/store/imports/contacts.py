"""The import of contacts into a campaign (`docs/rules.md 9.1`, `9.2`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.fields import stored_fields
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold, full_name
from thrumsg_tui.domain.opened_points import Opened
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.launch_check import record_confirmed
from thrumsg_tui.store.changes.missed_opt_outs import mark_missed, newest_conversation
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.imports.columns import FIRST_NAME, LAST_NAME, PHONE, choose, custom_fields, example, fitness
from thrumsg_tui.store.imports.contact_points import has_moved, points_of_import
from thrumsg_tui.store.imports.import_run import (
    AS_IT_IS,
    ImportOptions,
    Tally,
    hold_campaign,
    journal_import,
    open_campaign,
    transaction,
)
from thrumsg_tui.store.imports.names import NameReader
from thrumsg_tui.store.imports.numbers import NumberReader
from thrumsg_tui.store.imports.result import Imported, on_lines
from thrumsg_tui.store.imports.table import Table, read_table
from thrumsg_tui.store.locks import ContactLock, ContactsLock
from thrumsg_tui.store.phones import PhoneNumber, require_region
from thrumsg_tui.store.progress import PhaseProgress
from thrumsg_tui.store.queries.assignments import unassigned
from thrumsg_tui.store.queries.confirmations import judged_anew, judged_events
from thrumsg_tui.store.queries.contact_counts import Arrival

FIELDS = (FIRST_NAME, LAST_NAME, PHONE)
FILLED_IN = ("sender_first_name", "sender_last_name", "organization")
"""Field codes that scripts fill from elsewhere (`docs/rules.md 7.1`), so no column can get them."""
_BATCH = 500
_PHASES = 4
"""Read numbers, store new contacts, compare known ones, store conversations."""
_MOST_NAMED = 3
"""How many of the contacts who are renamed in other campaigns a note names."""


@dataclass(frozen=True, slots=True)
class _Person:
    """The values of a usable row, without blank custom fields."""

    line: int
    number: PhoneNumber
    first_name: str
    last_name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A new conversation: the line that it comes from, the contact's number, and the names by which it is sorted."""

    line: int
    phone: str
    first_key: str
    last_key: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A stored contact, and whether it has a conversation in the campaign, and in another one."""

    id: int
    first_name: str
    last_name: str
    fields: Mapping[str, str]
    in_campaign: bool
    elsewhere: bool

    def renames(self, before: _Known) -> bool:
        """Whether it has another name than before."""
        return (self.first_name, self.last_name) != (before.first_name, before.last_name)


def import_contacts(
    db: Database,
    who: Identity,
    path: Path,
    campaign: str,
    options: ImportOptions = AS_IT_IS,
) -> Imported:
    """Import contacts. Each contact that is new to the campaign gets an unassigned conversation there.

    Takes 40 µs a row. Other writers wait for half of that, since the numbers are read before the transaction.
    `campaign` is a name, or an id in digits.

    Raises:
        NotFound: If there is no such campaign.
        Refused: If the file as a whole cannot be used, or the campaign is archived.
        Unconfirmed: If the contacts open a point of compliance in a launched campaign that an owner has not confirmed
            (`docs/rules.md 10.10`).
    """
    who.require(Permission.IMPORT)
    try:
        require_region(options.region)
    except ValueError as error:
        raise Refused(str(error)) from None
    with db.reading() as conn:
        open_campaign(conn, campaign)
    table = read_table(path, fitness(FIELDS, options.mapping), example(FIELDS))
    return _imported(db, who, path, table, campaign, options)


@change
def _imported(db: Database, who: Identity, path: Path, table: Table, campaign: str, options: ImportOptions) -> Imported:
    """Import a file that was read, from standard input perhaps, which is read once."""
    columns = choose(table.header, FIELDS, options.mapping, custom=True)
    numbers = NumberReader(table.header, options.mapping, columns, options.region, keep=options.dry_run)
    tally = Tally(rejected=list(table.rejected), phones=numbers.columns, readings=numbers.readings)
    tally.custom = codes_of(table.header, columns, numbers.columns)
    steps = PhaseProgress(options.on_progress, len(table.rows), _PHASES)
    people = _usable(table, columns, numbers, tally, steps)
    with db.reading() as conn:  # before the transaction: it takes time
        looked_at, events = open_campaign(conn, campaign), judged_events(conn)
        opened = _opened(conn, who, looked_at, people, db.clock(), db.path)
    with transaction(db, dry_run=options.dry_run, keeps_references=True) as tx:  # each is read in it
        into = hold_campaign(tx, campaign, ContactsLock(), shared=True)
        if into != looked_at or judged_anew(tx.conn, events):
            opened = _opened(tx.conn, who, into, people, tx.now, db.path)
        record_confirmed(
            *(tx, who, *opened, options.confirmed, tally.notes.append), dry_run=options.dry_run, may_leave_open=True
        )
        newest_before = newest_conversation(tx.conn)
        _store(tx, into, people, tally, steps)
        steps.end()
        event = journal_import(tx, who, ImportKind.CONTACTS, path, tally, into.id)
    if not options.dry_run:
        tally.notes += mark_missed(db, into.id, newest_before)
    return tally.result(table, columns, None if options.dry_run else event)


def _opened(
    conn: Connection, who: Identity, campaign: Campaign, people: Sequence[_Person], now: datetime, database: Path
) -> tuple[list[Campaign], list[Opened]]:
    """Return the launched campaigns in which an import opens points of compliance, and those points."""
    known = _known(conn, campaign, [person.number.e164 for person in people])
    arrivals, moved = [], {}
    for person in people:
        before = known.get(person.number.e164)
        fields = _merged(before, person).fields if before else person.fields
        arrivals.append(Arrival(person.number.e164, fields))
        if before and has_moved(before.fields, fields):
            moved[before.id] = arrivals[-1]
    return points_of_import(conn, who, campaign, arrivals, moved, now, database)


def codes_of(header: Sequence[str], columns: Mapping[str, int], phones: Sequence[int]) -> dict[str, int]:
    """Return the columns that become custom fields, by code: those mapped, then those left over."""
    mapped_codes = {code: place for code, place in columns.items() if code not in {each.name for each in FIELDS}}
    return mapped_codes | custom_fields(header, {*columns.values(), *phones}, {*columns, *FILLED_IN})


def _usable(
    table: Table, columns: Mapping[str, int], numbers: NumberReader, tally: Tally, steps: PhaseProgress
) -> list[_Person]:
    """Return the usable rows; note in `tally` those that cannot be used and those that repeat an earlier number."""
    people: dict[str, _Person] = {}
    names = NameReader()
    for row in steps.over(table.rows):
        try:
            first_name, last_name = names.read(row, columns)
            number = numbers.read(row)
        except ValueError as reason:
            tally.reject(row, reason)
            continue
        if number.e164 in people:
            tally.repeat(row, "number", people[number.e164].line)
        else:
            fields = {code: value for code, value in row.values(tally.custom).items() if value}
            people[number.e164] = _Person(row.line, number, first_name, last_name, fields)
    tally.notes += [*numbers.notes(), *names.notes()]
    return list(people.values())


def _store(tx: Transaction, campaign: Campaign, people: Sequence[_Person], tally: Tally, steps: PhaseProgress) -> None:
    """Store contacts, and a conversation for each that has none in the campaign. These count as imported."""
    known = _known(tx.conn, campaign, [person.number.e164 for person in people])
    holder = unassigned(tx.conn, campaign.id)
    new = [person for person in people if person.number.e164 not in known]
    _insert_contacts(tx, steps.over(new))
    starting = [_arrival(person) for person in new]
    merged = {number: _merged(known[number], person) for person in people if (number := person.number.e164) in known}
    tx.hold(*(ContactLock(number) for number, after in merged.items() if after.renames(known[number])))
    changed_elsewhere: list[int] = []
    former_names: list[str] = []
    for person in steps.over([person for person in people if person.number.e164 in known]):
        before = known[person.number.e164]
        after = merged[person.number.e164]
        changed = after != before
        if changed:
            _update_contact(tx, before, after)
        if before.in_campaign:
            tally.line = person.line
            tally.count_known(changed=changed)
        else:
            starting.append(_arrival(person, after))
        if changed and before.elsewhere:
            changed_elsewhere.append(person.line)
            if after.renames(before) and len(former_names) < _MOST_NAMED:
                former_names.append(f"line {person.line} was {full_name(before.first_name, before.last_name)}")
    if changed_elsewhere:
        were = "".join(f"; {each}" for each in former_names)
        tally.notes.append(f"Known from other campaigns, and changed there too: {on_lines(changed_elsewhere)}{were}.")
    for arrival in starting:
        tally.line = arrival.line
        tally.count_new()
    _insert_conversations(tx, campaign, holder, steps.over(starting))


def _known(conn: Connection, campaign: Campaign, phones: Sequence[str]) -> dict[str, _Known]:
    """Return stored contacts by number, read from the unique indexes of contact and conversation."""
    known = {}
    for start in range(0, len(phones), _BATCH):
        some = phones[start : start + _BATCH]
        rows = conn.execute(
            f"""
            SELECT contact.id, contact.phone, contact.first_name, contact.last_name, contact.fields,
                   conversation.id IS NOT NULL AS in_campaign,
                   EXISTS (SELECT 1 FROM conversation AS other
                           WHERE other.contact_id = contact.id AND other.campaign_id <> ?) AS elsewhere
            FROM contact
            LEFT JOIN conversation ON conversation.campaign_id = ? AND conversation.contact_id = contact.id
            WHERE contact.phone IN ({", ".join("?" * len(some))})
            """,
            (campaign.id, campaign.id, *some),
        )
        for row in rows:
            fields = json.loads(row["fields"])
            places = bool(row["in_campaign"]), bool(row["elsewhere"])
            known[row["phone"]] = _Known(row["id"], row["first_name"], row["last_name"], fields, *places)
    return known


def _merged(before: _Known, person: _Person) -> _Known:
    """Replace stored values with those of the row, except where the row's are blank."""
    fields = {**before.fields, **person.fields}
    return replace(before, first_name=person.first_name, last_name=person.last_name or before.last_name, fields=fields)


def _insert_contacts(tx: Transaction, new: Iterable[_Person]) -> None:
    now = tx.now_ms
    tx.conn.executemany(
        """
        INSERT INTO contact (phone, phone_national, first_name, last_name, fields, created_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        (
            (
                person.number.e164,
                person.number.national,
                person.first_name,
                person.last_name,
                stored_fields(person.fields),
                now,
            )
            for person in new
        ),
    )


def _update_contact(tx: Transaction, before: _Known, after: _Known) -> None:
    tx.conn.execute(
        "UPDATE contact SET first_name = ?, last_name = ?, fields = ? WHERE id = ?",
        (after.first_name, after.last_name, stored_fields(after.fields), after.id),
    )
    if after.renames(before):
        tx.conn.execute(
            "UPDATE conversation SET first_key = ?, last_key = ? WHERE contact_id = ?",
            (fold(after.first_name), fold(after.last_name), after.id),
        )


def _arrival(person: _Person, stored: _Known | None = None) -> _Arrival:
    """Return a contact's new conversation, with the names as they are stored."""
    last_name = stored.last_name if stored else person.last_name
    return _Arrival(person.line, person.number.e164, fold(person.first_name), fold(last_name))


def _insert_conversations(tx: Transaction, campaign: Campaign, holder: int, arrivals: Iterable[_Arrival]) -> None:
    """Store conversations of contacts that are stored; the ids are read first, many at once, for a server's sake."""
    waiting = iter(arrivals)
    while some := list(islice(waiting, _BATCH)):
        rows = tx.conn.execute(
            f"""
            SELECT contact.phone, contact.id, CASE WHEN opt_out.phone IS NULL THEN 0 ELSE 1 END AS opted_out
            FROM contact LEFT JOIN opt_out ON opt_out.phone = contact.phone
            WHERE contact.phone IN ({", ".join("?" * len(some))})
            """,
            [arrival.phone for arrival in some],
        )
        found = {row["phone"]: (row["id"], row["opted_out"]) for row in rows}
        tx.conn.executemany(
            """
            INSERT INTO conversation (campaign_id, assignment_id, first_key, last_key, contact_id, opted_out)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [(campaign.id, holder, each.first_key, each.last_key, *found[each.phone]) for each in some],
        )

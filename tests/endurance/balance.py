"""What must be true after a campaign on several hosts: nothing lost, nothing twice, all books agree."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path

from scripts import reconcile
from tests.carrier.running import Carrier
from tests.endurance.ledger import problems
from tests.endurance.person import Person
from tests.endurance.writer import IMPORTED, Writer
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import Location

INITIAL = "will you vote?"
"""The end of every initial message."""

OPEN = ("queued", "sending", "in_doubt", "unsent")


def states(location: Location) -> Counter[str]:
    """Count our messages by state."""
    db = Database(location)
    try:
        with db.reading() as conn:
            rows = conn.execute(
                "SELECT state, COUNT(*) AS messages FROM message WHERE direction = 'outgoing' GROUP BY state"
            ).fetchall()
    finally:
        db.close()
    return Counter({str(row["state"]): int(row["messages"]) for row in rows})


def is_at_rest(location: Location) -> bool:
    """Whether nothing waits, is under way or in doubt."""
    found = states(location)
    return not any(found[state] for state in OPEN)


def differences(
    location: Location, export: Path, carrier: Carrier, writers: Sequence[Writer], people: Sequence[Person]
) -> Iterator[str]:
    """Yield whatever is wrong."""
    yield from problems(location)
    said = io.StringIO()
    with redirect_stdout(said):
        reconcile.main([str(export), str(carrier.log)])
    yield from said.getvalue().splitlines()[:-1]
    yield from initials(carrier)
    yield from bodies(location, writers, people)
    yield from imports(location, writers)


def initials(carrier: Carrier) -> Iterator[str]:
    """Whoever got more than one initial message, whatever it is called in the database."""
    initials = Counter(each["to"] for each in carrier.accepted() if each["body"].endswith(INITIAL))
    for phone, count in initials.items():
        if count > 1:
            yield f"...{phone[-4:]} got {count} initial messages"


def bodies(location: Location, writers: Sequence[Writer], people: Sequence[Person]) -> Iterator[str]:
    """Messages that were acknowledged and are not there, or that were written once and are there twice."""
    db = Database(location)
    try:
        with db.reading() as conn:
            stored = Counter(str(row["body"]) for row in conn.execute("SELECT body FROM message"))
    finally:
        db.close()
    for writer in writers:
        for body in writer.acknowledged:
            if not stored[body]:
                yield f"{body!r} was acknowledged, and is lost"
    once = [
        *(body for writer in writers for body in writer.tried),
        *(text for person in people for text in person.texts),
    ]
    for body in once:
        if stored[body] > 1:
            yield f"{body!r} was written once, and is stored {stored[body]} times"


def imports(location: Location, writers: Sequence[Writer]) -> Iterator[str]:
    """Files that were imported in part, or that were acknowledged and are not there."""
    db = Database(location)
    try:
        with db.reading() as conn:
            held = {str(row["phone"]) for row in conn.execute("SELECT phone FROM contact")}
    finally:
        db.close()
    for writer in writers:
        for phones, is_acknowledged in writer.files:
            there = sum(phone in held for phone in phones)
            if there not in {0, IMPORTED} or (is_acknowledged and not there):
                yield f"{there} of {IMPORTED} contacts of a file are there; it was acknowledged: {is_acknowledged}"

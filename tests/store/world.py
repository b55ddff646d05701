"""A small world that the laws are tried out on: two campaigns, three senders, a handful of contacts."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from tests.new_database import Template, give_back, lasting_folder, no_database
from tests.store.arranging import ask_everyone, known_as, number, take_in
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.users import add_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.connection import Row
from thrumsg_tui.store.queries.campaigns import campaigns

P = ParamSpec("P")
T = TypeVar("T")

START = datetime(2026, 3, 3, 12, tzinfo=UTC)
PEOPLE = ("Ann Otieno", "Bea Lund", "Cy Park", "Di Ross", "Eve Stone", "Flo Tran")
SENDERS = ("kim", "lee", "zed")
HOLDERS = (None, *SENDERS)
"""Unassigned and the senders, in displayed order."""

STORED = ("users", "campaign", "assignment", "contact", "conversation", "message", "opt_out", "answer", "follow_up")
"""The tables in which a change leaves a trace besides the journal."""


@dataclass(slots=True)
class Moment:
    """A clock that goes on by a millisecond whenever it is looked at."""

    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class World:
    """The database, everybody in it, and what may be seen of it without the code that is tried out."""

    def __init__(self, folder: Path) -> None:
        self.clock = Moment()
        self.db = Database(_template().copy(folder / "world.db"), clock=self.clock, scratch=True)
        self.who: dict[str, Identity] = {login: known_as(self.db, login) for login in ("ana", "mo", *SENDERS)}
        with self.db.reading() as conn:
            self.fall, self.spring = campaigns(conn)

    def close(self) -> None:
        """Leave it."""
        self.db.close()
        give_back(self.db.location)

    def rows(self, statement: str, *values: object) -> list[Row]:
        """Ask the database directly."""
        with self.db.reading() as conn:
            return conn.execute(statement, values).fetchall()

    def assignment(self, campaign: Campaign, login: str | None) -> AssignmentId:
        """Somebody's assignment, whether they are still on the campaign or not."""
        [row] = self.rows(
            """
            SELECT assignment.id FROM assignment LEFT JOIN users ON users.id = user_id
            WHERE campaign_id = ? AND COALESCE(login, '') = ?
            """,
            campaign.id,
            login or "",
        )
        return AssignmentId(row["id"])

    def conversations(self, campaign: Campaign) -> list[ConversationId]:
        """A campaign's conversations, in order of id."""
        rows = self.rows("SELECT id FROM conversation WHERE campaign_id = ? ORDER BY id", campaign.id)
        return [ConversationId(row["id"]) for row in rows]

    def holders(self, campaign: Campaign | None = None) -> dict[ConversationId, AssignmentId]:
        """Who holds what, in all campaigns or in one."""
        rows = self.rows("SELECT id, campaign_id, assignment_id FROM conversation ORDER BY id")
        return {
            ConversationId(row["id"]): AssignmentId(row["assignment_id"])
            for row in rows
            if campaign is None or row["campaign_id"] == campaign.id
        }

    def stored(self) -> Mapping[str, Counter[tuple[object, ...]]]:
        """All that a change may have changed: how often each row is there."""
        with self.db.reading() as conn:
            return {table: Counter(map(tuple, conn.execute(f"SELECT * FROM {table}").fetchall())) for table in STORED}

    def newest_event(self) -> int:
        """How far the journal goes."""
        return int(self.rows("SELECT COALESCE(MAX(id), 0) AS newest FROM event")[0]["newest"])

    def attempt(
        self, change: Callable[Concatenate[Database, Identity, P], T], who: Identity, *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Make a change, or be refused; either way the journal tells (docs/rules.md 8.3)."""
        before, journal = self.stored(), self.newest_event()
        try:
            done = change(self.db, who, *args, **kwargs)
        except Refused:
            assert self.stored() == before
            assert self.newest_event() == journal
            return None
        if self.stored() != before:
            written = self.rows("SELECT actor_id FROM event WHERE id > ?", journal)
            assert written
            assert {row["actor_id"] for row in written} <= {who.actor.id, None}
        return done


@cache
def _template() -> Template:
    location = no_database(lasting_folder("thrumsg-world-") / "template.db")
    db = Database(location, clock=Moment(), scratch=True)
    make_first_owner(db, "ana", "Ana", "Ortiz")
    ana = known_as(db, "ana")
    add_user(db, ana, "mo", "Mo", "Quill", role=Role.MODERATOR)
    for login in SENDERS:
        add_user(db, ana, login, login.capitalize(), "", role=Role.SENDER)
    for name, opens, closes in (("Spring", 0, 1440), ("Fall", 540, 1260)):
        create_campaign(db, ana, Setup(name, "Hi %first_name%", hours=DailyHours("UTC", opens, closes), quicksend=True))
        add_senders(db, ana, name, SENDERS)
        ask_everyone(db, ana, name, Vote="Yes|No")
        take_in(db, ana, name, PEOPLE)
    db.close()
    return Template(location)


@contextmanager
def worlds() -> Iterator[World]:
    """Give a new world, for a property that is tried out many times."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        try:
            yield world
        finally:
            world.close()


@dataclass(frozen=True, slots=True)
class Expected:
    """Where a conversation stands, said once more and in other words (docs/rules.md 1.1, 1.3, 3.1, 3.3)."""

    status: str
    opted_out: bool
    waiting_since: int | None
    tabs: frozenset[str]
    texted: bool
    replied: bool


def expected(world: World) -> dict[ConversationId, Expected]:
    """Work out from messages, answers and opt-outs alone where each conversation stands."""
    standing = {}
    for row in world.rows(
        """
        SELECT conversation.id, campaign_id, opt_out.phone IS NOT NULL AS opted_out
        FROM conversation JOIN contact ON contact.id = contact_id LEFT JOIN opt_out USING (phone)
        """
    ):
        told = world.rows(
            "SELECT at, direction, kind, follow_up_id FROM message WHERE conversation_id = ? AND state <> 'cancelled' "
            "ORDER BY id",
            row["id"],
        )
        pending = follow_ups_for(world, ConversationId(row["id"]), row["campaign_id"], told)
        standing[ConversationId(row["id"])] = _expected(
            [(message["at"], message["direction"]) for message in told if message["kind"] != "opt_out_confirmation"],
            {message["direction"] for message in told},
            bool(row["opted_out"]),
            bool(pending),
        )
    return standing


def follow_ups_for(world: World, id: ConversationId, campaign_id: int, told: Sequence[Row]) -> list[int]:
    """The active follow-ups that are for a conversation by their targets, and were neither sent nor skipped in it."""
    replied = any(message["direction"] == "incoming" for message in told)
    answers = world.rows("SELECT question_id, choice_id FROM answer WHERE conversation_id = ?", id)
    given = {row["question_id"]: row["choice_id"] for row in answers}
    targets = world.rows("SELECT follow_up_id, state FROM follow_up_target WHERE conversation_id = ?", id)
    gone = {message["follow_up_id"] for message in told}
    gone |= {row["follow_up_id"] for row in targets if row["state"] == "skipped"}
    pending = []
    for each in world.rows("SELECT * FROM follow_up WHERE active = 1 AND campaign_id = ? ORDER BY id", campaign_id):
        has_answer = each["question_id"] in given and each["choice_id"] in {None, given[each["question_id"]]}
        fits = each["question_id"] is None or has_answer == bool(each["answered"])
        if told and fits and each["id"] not in gone and each["replied"] in {None, int(replied)}:
            pending.append(int(each["id"]))
    return pending


def _expected(told: list[tuple[int, str]], directions: set[str], opted_out: bool, pending: bool) -> Expected:
    if not directions:
        status = "not_started"
    elif told and told[-1][1] == "incoming":
        status = "needs_reply"
    else:
        status = "answered" if "incoming" in directions else "sent"
    unanswered = list(takewhile(lambda each: each[1] == "incoming", reversed(told)))
    main = {"not_started": "initial", "sent": "sent"}.get(status, "responses")
    tabs = {main, "follow-ups"} - {"sent"} if pending else {main}
    return Expected(
        status=status,
        opted_out=opted_out,
        waiting_since=unanswered[-1][0] if unanswered else None,
        tabs=frozenset({"opt-outs"} if opted_out else tabs),
        texted="outgoing" in directions,
        replied="incoming" in directions,
    )


def phone_of(nth: int) -> str:
    """The number of the nth person."""
    return number(nth)

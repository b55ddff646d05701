"""The practice campaign: a believable one, built with the imports and changes that users have."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tzlocal import get_localzone_name

from thrumsg_tui.domain.campaigns import Campaign, Setup, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Accepted, Report
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.gateway.practice_contacts import PracticeContacts, practice_file
from thrumsg_tui.gateway.practice_fates import decide_fate
from thrumsg_tui.gateway.practice_gateway import NAME
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import record_outcomes, report_in
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting, store_setting
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.opt_outs import import_opt_outs
from thrumsg_tui.store.imports.replies import import_replies
from thrumsg_tui.store.imports.survey import import_survey
from thrumsg_tui.store.imports.users import import_users
from thrumsg_tui.store.journal import end_undo
from thrumsg_tui.store.locks import SettingsLock
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.lookup import conversations_by_phone
from thrumsg_tui.store.queries.settings import PRACTICE
from thrumsg_tui.store.queries.users import identify, users

_DESCRIPTION = "Who needs to know where and when to vote on the 14th, and who would like a ride there."
_INITIAL = (
    "Hi %first_name%, it's %sender_first_name% with %organization%. The city election is on the 14th. "
    "Your polling place is %polling_location%. Can we count on you to vote? Reply STOP to opt out."
)
_FOLLOW_UP = "Hi %first_name%, one last note: polls are open 7 a.m. to 8 p.m. on the 14th at %polling_location%."

_ARRIVING = 6
"""How many messages arrive, besides one that fails and one whose report is late, when the database is first opened."""


def build(
    path: Path,
    name: str,
    present: datetime,
    login: str,
    first_name: str,
    last_name: str,
    *,
    zone: str | None,
    seed: int,
) -> None:
    """Build a practice database, whose past ends at the present.

    Args:
        path: The file, which there is not yet.
        name: The name of the campaign.
        present: The time from which the events of the campaign are dated back.
        login: The login of the first owner.
        first_name: The owner's first name.
        last_name: The owner's last name.
        zone: The campaign's time zone; None takes the machine's.
        seed: Decides how the contacts answer.
    """
    past = _Past(present)
    with closing(Database(path, clock=past, scratch=True)) as db:
        make_first_owner(db, login, first_name, last_name)
        with db.writing() as tx:
            tx.hold(SettingsLock())
            store_setting(tx, PRACTICE, str(seed))
        with db.reading() as conn:
            owner = identify(conn, login)
        _build(db, past, owner, name, zone or get_localzone_name(), seed)
        with db.writing() as tx:  # the owner did not make the campaign, so undo must not take it to pieces
            end_undo(tx, owner.user.id)


class _Past:
    """A clock that is set to the time of each event while the campaign is built."""

    def __init__(self, present: datetime) -> None:
        self.present = present
        self.now = present - timedelta(days=6)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)  # no two events have the same time
        return self.now

    def go_to(self, minutes_ago: int) -> None:
        """Set the clock to some minutes before the present, but never back."""
        self.now = max(self.now, self.present - timedelta(minutes=minutes_ago))


def _build(db: Database, clock: _Past, owner: Identity, name: str, zone: str, seed: int) -> None:
    change_setting(db, owner, "organization", "Harbor Votes")
    import_users(db, owner, practice_file("users.csv"))
    hours = DailyHours(zone, 0, 24 * 60)  # somebody may practise at any time of day
    campaign = create_campaign(db, owner, Setup(name, _INITIAL, hours=hours, description=_DESCRIPTION, quicksend=True))
    import_contacts(db, owner, practice_file("contacts.csv"), name)
    import_replies(db, owner, practice_file("replies.csv"), name)
    import_replies(db, owner, practice_file("replies_global.csv"))
    import_survey(db, owner, practice_file("survey.csv"), name)
    with db.reading() as conn:
        conversations = conversations_by_phone(conn, campaign.id)
    _assign(db, owner, campaign, conversations)
    history = list(_rows("history.csv"))
    last = _left_for_later(history, seed)
    _play_history(db, clock, conversations, [row for row in history if row["phone"] not in last])
    _deliver(db)
    import_opt_outs(db, owner, practice_file("opt-outs.csv"))
    clock.go_to(1)
    create_follow_up(db, owner, name, "Opening hours", _FOLLOW_UP, target=Target(replied=False))
    clock.go_to(0)
    _play_history(db, clock, conversations, [row | {"minutes_ago": "0"} for row in history if row["phone"] in last])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with practice_file(name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _assign(db: Database, owner: Identity, campaign: Campaign, conversations: dict[str, ConversationId]) -> None:
    held: dict[str, list[ConversationId]] = defaultdict(list)
    for row in _rows("assignments.csv"):
        held[row["login"]].append(conversations[row["phone"]])
    add_senders(db, owner, campaign.name, [row["login"] for row in _rows("users.csv") if row["role"] == "sender"])
    for login, chosen in held.items():
        with db.reading() as conn:
            to = find_assignment(conn, campaign, login)
        reassign(db, owner, Request(campaign.id, FromConversations(tuple(chosen)), ToAssignments((to,))))


def _left_for_later(history: list[dict[str, str]], seed: int) -> set[str]:
    """Choose a few numbers whose only message leaves when the database is first opened, so that delivery can be seen.

    One message fails, the report of another is late, and the others arrive; those do not answer.
    """
    rows = Counter(row["phone"] for row in history)
    alone = [row["phone"] for row in reversed(history) if row["kind"] == "initial" and rows[row["phone"]] == 1]
    contacts, initial = PracticeContacts(seed), MessageKind.INITIAL
    fates = {phone: decide_fate(seed, phone, 1, initial) for phone in alone}
    quiet = [phone for phone in alone if not contacts.decide(phone, 1, initial)]
    fails = [phone for phone in alone if fates[phone].failure]
    late = sorted((phone for phone in alone if fates[phone].is_late), key=lambda phone: phone not in quiet)
    plain = [phone for phone in quiet if fates[phone].is_plain]
    return {*fails[:1], *late[:1], *plain[:_ARRIVING]}


def _play_history(
    db: Database, clock: _Past, conversations: dict[str, ConversationId], history: list[dict[str, str]]
) -> None:
    """Repeat the events of `history.csv` in order, each at its time and by its author."""
    with db.reading() as conn:
        people = {user.login: Identity(user, user) for user in users(conn)}
    for before, row in pairwise([{"minutes_ago": ""}, *history]):
        if row["minutes_ago"] != before["minutes_ago"]:
            _deliver(db)  # in its minute: a confirmation of an opt-out may not wait
        clock.go_to(int(row["minutes_ago"]))
        conversation_id, body = conversations[row["phone"]], row["body"]
        match row["kind"]:
            case "incoming":
                _deliver(db)
                receive(db, None, row["phone"], body)
            case "initial":
                send(db, people[row["author"]], conversation_id)
            case "reply":
                send(db, people[row["author"]], conversation_id, body=body)
            case "opt_out":
                opt_out_number(db, people[row["author"]], row["phone"], body)
            case "answer":
                question, _, choice = body.partition("=")
                record_answer(db, people[row["author"]], conversation_id, question, choice)
            case kind:
                raise ValueError(f"history.csv has something that is no kind of event: {kind!r}")


def _deliver(db: Database) -> None:
    """Let all that is queued arrive, at the time of the clock."""
    while claimed := take_queued(db, gateway=NAME):
        accepted = [(message, Accepted(f"practice-to-{message.id}")) for message in claimed]
        record_outcomes(db, NAME, accepted, retry=lambda _: timedelta(0))
        for message in claimed:
            report_in(db, NAME, Report(None, message.key, MessageState.DELIVERED))

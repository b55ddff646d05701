"""What tests arrange and look at, by the same imports and queries that users have."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId, Campaign
from thrumsg_tui.domain.conversations import Conversation, ConversationId, ThreadEvent
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.domain.event_sentences import summary, thread_sentence
from thrumsg_tui.domain.events import Event
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.domain.redaction import IN_FULL
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.survey import import_survey
from thrumsg_tui.store.queries.assignments import assignments, find_assignment, unassigned
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.history import history
from thrumsg_tui.store.queries.lookup import conversations_by_phone
from thrumsg_tui.store.queries.thread import get_conversation
from thrumsg_tui.store.queries.users import identify


def number(nth: int) -> str:
    """The phone number of the nth person."""
    return f"+1415{5550100 + nth}"


def take_in(
    db: Database, owner: Identity, campaign: str, people: Sequence[str], *, first: int = 0, **fields: Sequence[str]
) -> list[ConversationId]:
    """Import people named `First Last` into a campaign, numbered from `first`; return their conversations in order."""
    numbers = [number(first + place) for place in range(len(people))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["first name", "last name", "phone", *fields])
            for name, phone, *values in zip(people, numbers, *fields.values(), strict=True):
                first_name, _, last_name = name.partition(" ")
                writer.writerow([first_name, last_name, phone, *values])
        import_contacts(db, owner, path, campaign)
    with db.reading() as conn:
        found = conversations_by_phone(conn, find_campaign(conn, campaign).id)
    return [found[phone] for phone in numbers]


def ask_everyone(db: Database, owner: Identity, campaign: str, **questions: str) -> None:
    """Import survey questions, each with its choices separated by `|`; underscores stand for spaces."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.csv"
        rows = [f"{question.replace('_', ' ')}?,{choices}" for question, choices in questions.items()]
        path.write_text("\n".join(["question,choices", *rows]), encoding="utf-8")
        import_survey(db, owner, path, campaign)


def known_as(db: Database, login: str, acting_for: str | None = None) -> Identity:
    """Who somebody is now."""
    with db.reading() as conn:
        return identify(conn, login, acting_for)


def sentence_of(event: Event | ThreadEvent) -> str:
    """What the history says of a change, or a thread of what happened to its conversation."""
    if isinstance(event, ThreadEvent):
        return thread_sentence(event.facts, event.by_name, IN_FULL)
    return summary(event.facts, IN_FULL)


def look_at(db: Database, conversation_id: ConversationId) -> Conversation:
    """A conversation as the messenger shows it."""
    with db.reading() as conn:
        return get_conversation(conn, conversation_id)


def assignment_of(db: Database, campaign: Campaign, login: str | None) -> AssignmentId:
    """The assignment of a sender, or of Unassigned."""
    with db.reading() as conn:
        return unassigned(conn, campaign.id) if login is None else find_assignment(conn, campaign, login)


def give(
    db: Database, who: Identity, campaign: Campaign, login: str | None, conversations: Sequence[ConversationId]
) -> None:
    """Reassign conversations to a sender, or to Unassigned."""
    to = (assignment_of(db, campaign, login),)
    reassign(
        db,
        who,
        Request(campaign.id, FromConversations(tuple(conversations)), ToAssignments(to), status=StatusFilter.ANY),
    )


def holders(db: Database, campaign: Campaign) -> dict[ConversationId, str | None]:
    """Who holds each conversation of a campaign: a login, or None for Unassigned."""
    with db.reading() as conn:
        rows = conn.execute(
            """
            SELECT conversation.id, users.login FROM conversation
            JOIN assignment ON assignment.id = conversation.assignment_id
            LEFT JOIN users ON users.id = assignment.user_id
            WHERE conversation.campaign_id = ? ORDER BY conversation.id
            """,
            (campaign.id,),
        ).fetchall()
    return {ConversationId(row["id"]): row["login"] for row in rows}


def senders(db: Database, campaign: Campaign) -> dict[str | None, Assignment]:
    """The assignments of a campaign by login, None for Unassigned, in displayed order."""
    with db.reading() as conn:
        return {each.login: each for each in assignments(conn, campaign.id, db.clock())}


def journal(db: Database) -> list[Event]:
    """All that was done, newest first."""
    with db.reading() as conn:
        return history(conn)

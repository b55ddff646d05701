"""Rows of the four exports, each with its header first (`docs/rules.md 9.3`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, assert_never

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.enums import ExportKind
from thrumsg_tui.store import export_columns
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.media import media_from
from thrumsg_tui.store.queries.users import user_name
from thrumsg_tui.store.times import from_ms_or_none, iso

Cells = list[str | int | float | bool | None]
Rows = Iterator[Cells]
"""The header, then the rows, read while they are written."""

_CONTACT = """
    contact.id AS contact_id, contact.first_name AS contact_first_name, contact.last_name AS contact_last_name,
    contact.phone AS contact_phone
"""


def _in_campaign(campaign_id: CampaignId | None) -> str:
    """Return the condition on `conversation` for those of a campaign; true for None."""
    return "1 = 1" if campaign_id is None else "conversation.campaign_id = :campaign_id"


def export_rows(conn: Connection, what: ExportKind, campaign_id: CampaignId | None) -> Rows:
    """Read an export of one campaign, or of all for None, row by row in the order of its primary key."""
    match what:
        case ExportKind.MESSAGES:
            return _messages(conn, campaign_id)
        case ExportKind.SURVEYS:
            return _surveys(conn, campaign_id)
        case ExportKind.CONVERSATIONS:
            return _conversations(conn, campaign_id)
        case ExportKind.OPT_OUTS:
            return _opt_outs(conn, campaign_id)
        case _:
            assert_never(what)


def count_rows(conn: Connection, what: ExportKind, campaign_id: CampaignId | None) -> int:
    """Count the rows of an export without its header; takes a small part of the time of writing them."""
    statement = _count_all(what) if campaign_id is None else _count_of_campaign(what)
    return int(conn.execute(statement, {"campaign_id": campaign_id}).fetchone()[0])


def _count_all(what: ExportKind) -> str:
    match what:
        case ExportKind.MESSAGES:
            return "SELECT COUNT(*) FROM message"
        case ExportKind.SURVEYS:
            return "SELECT COUNT(*) FROM answer"
        case ExportKind.CONVERSATIONS:
            return "SELECT COUNT(*) FROM conversation"
        case ExportKind.OPT_OUTS:
            return "SELECT COUNT(*) FROM opt_out"
        case _:
            assert_never(what)


def _count_of_campaign(what: ExportKind) -> str:
    match what:
        case ExportKind.MESSAGES:
            return """
            SELECT COUNT(*) FROM conversation JOIN message ON message.conversation_id = conversation.id
            WHERE conversation.campaign_id = :campaign_id
            """
        case ExportKind.SURVEYS:
            return """
            SELECT COUNT(*) FROM question JOIN answer ON answer.question_id = question.id
            WHERE question.campaign_id = :campaign_id
            """
        case ExportKind.CONVERSATIONS:
            return "SELECT COUNT(*) FROM conversation WHERE campaign_id = :campaign_id"
        case ExportKind.OPT_OUTS:
            return "SELECT COALESCE(SUM(opted_out), 0) FROM assignment WHERE campaign_id = :campaign_id"
        case _:
            assert_never(what)


def _messages(conn: Connection, campaign_id: CampaignId | None) -> Rows:
    fixed, last = export_columns.MESSAGES, export_columns.AT_CARRIER
    cells, last_cells = _cells(fixed), _cells(last)
    codes = _field_codes(conn, campaign_id)
    yield [*fixed, *_titles(codes, [*fixed, *last]), *last]
    rows = conn.stream(  # by the primary key of message: CROSS JOIN lets SQLite keep message outermost
        f"""
        SELECT message.at AS timestamp, message.id AS message_id, message.direction AS message_direction,
               message.body AS message_body, users.first_name AS sender_first_name, users.last_name AS sender_last_name,
               NULL AS sender_phone, users.email AS sender_email, campaign.id AS campaign_id,
               campaign.name AS campaign_name, conversation.id AS conversation_id,
               COALESCE(message.our_number, conversation.our_number) AS conversation_phone,
               {_CONTACT}, message.media AS media_content, message.segments AS message_segment_count,
               message.state AS status, message.error_code, message.error_text,
               message.provider_id AS carrier_message_id, contact.fields
        FROM message
        CROSS JOIN conversation
        JOIN campaign ON campaign.id = conversation.campaign_id
        JOIN contact ON contact.id = conversation.contact_id
        LEFT JOIN users ON users.id = message.author_id
        WHERE conversation.id = message.conversation_id AND {_in_campaign(campaign_id)} ORDER BY message.id
        """,
        {"campaign_id": campaign_id},
    )
    for row in rows:
        yield [*cells(row), *_values(row, codes), *last_cells(row)]


def _surveys(conn: Connection, campaign_id: CampaignId | None) -> Rows:
    fixed = export_columns.SURVEYS
    cells = _cells(fixed)
    codes = _field_codes(conn, campaign_id)
    yield [*fixed, *_titles(codes, fixed)]
    rows = conn.stream(  # by the primary key of answer, which CROSS JOIN keeps outermost
        f"""
        SELECT campaign.id AS campaign_id, campaign.name AS campaign_name, conversation.id AS conversation_id,
               question.id AS survey_id, question.text AS survey_question, 'single_choice' AS survey_type,
               choice.text AS response, {_CONTACT}, answer.at AS updated_at, contact.fields
        FROM answer
        CROSS JOIN conversation
        JOIN question ON question.id = answer.question_id
        JOIN choice ON choice.id = answer.choice_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        JOIN contact ON contact.id = conversation.contact_id
        WHERE conversation.id = answer.conversation_id AND {_in_campaign(campaign_id)}
        ORDER BY answer.conversation_id, answer.question_id
        """,
        {"campaign_id": campaign_id},
    )
    for row in rows:
        yield [*cells(row), *_values(row, codes)]


def _opt_outs(conn: Connection, campaign_id: CampaignId | None) -> Rows:
    """Yield a row per number, with its most recently texted conversation; for a campaign, only numbers in it."""
    columns = export_columns.OPT_OUTS
    cells = _cells(columns)
    yield [*columns]
    rows = conn.stream(  # in the order of opt_out's primary key
        f"""
        SELECT opt_out.at AS timestamp, contact.id AS contact_id, contact.first_name AS contact_first_name,
               contact.last_name AS contact_last_name, opt_out.phone AS contact_phone,
               (SELECT conversation.id FROM conversation
                WHERE conversation.contact_id = contact.id AND {_in_campaign(campaign_id)}
                ORDER BY COALESCE(conversation.last_texted_at, 0) DESC, conversation.id DESC
                LIMIT 1) AS conversation_id,
               opt_out.note, opt_out.kind AS opt_out_type
        FROM opt_out LEFT JOIN contact ON contact.phone = opt_out.phone
        ORDER BY opt_out.phone
        """,
        {"campaign_id": campaign_id},
    )
    for row in rows:
        if campaign_id is None or row["conversation_id"] is not None:
            yield cells(row)


def _conversations(conn: Connection, campaign_id: CampaignId | None) -> Rows:
    fixed = export_columns.CONVERSATIONS
    cells = _cells(fixed)
    asked = conn.execute(
        f"""
        SELECT text FROM question WHERE {"1 = 1" if campaign_id is None else "campaign_id = :campaign_id"}
        GROUP BY text ORDER BY MIN(campaign_id), MIN(position), MIN(id)
        """,
        {"campaign_id": campaign_id},
    )
    questions = [row["text"] for row in asked]
    yield [*fixed, *_titles(questions, fixed)]
    rows = conn.stream(  # in the order of conversation's rowid
        f"""
        SELECT conversation.id AS conversation_id, campaign.name AS campaign_name, {_CONTACT},
               {user_name()} AS assignee,
               conversation.status, conversation.opted_out,
               NULLIF(conversation.last_message_at, 0) AS last_message_at, conversation.message_count,
               question.text AS question, choice.text AS choice
        FROM conversation
        JOIN campaign ON campaign.id = conversation.campaign_id
        JOIN contact ON contact.id = conversation.contact_id
        JOIN assignment ON assignment.id = conversation.assignment_id
        LEFT JOIN users ON users.id = assignment.user_id
        LEFT JOIN answer ON answer.conversation_id = conversation.id
        LEFT JOIN question ON question.id = answer.question_id
        LEFT JOIN choice ON choice.id = answer.choice_id
        WHERE {_in_campaign(campaign_id)} ORDER BY conversation.id
        """,
        {"campaign_id": campaign_id},
    )
    for _, group in groupby(rows, key=itemgetter("conversation_id")):
        answered = list(group)
        answers = {row["question"]: row["choice"] for row in answered}
        [first, *_] = answered
        yield [*cells(first), *(answers.get(question) for question in questions)]


def _field_codes(conn: Connection, campaign_id: CampaignId | None) -> list[str]:
    """Return the custom fields of all exported contacts; reads all of these."""
    rows = conn.stream(
        f"""
        SELECT contact.fields FROM contact
        WHERE EXISTS (SELECT 1 FROM conversation
                      WHERE conversation.contact_id = contact.id AND {_in_campaign(campaign_id)})
        ORDER BY contact.id
        """,
        {"campaign_id": campaign_id},
    )
    return list(dict.fromkeys(code for row in rows for code in json.loads(row["fields"])))


def _titles(own: Iterable[str], fixed: Iterable[str]) -> list[str]:
    taken = set(fixed)
    return [export_columns.title_of(title, taken) for title in own]


def _cells(columns: Iterable[str]) -> Callable[[Row], Cells]:
    """Return a function that reads the columns of an export from a row, which has each under its name."""
    shown = [(name, _SHOWN.get(name)) for name in columns]
    return lambda row: [show(row[name]) if show else row[name] for name, show in shown]


def _values(row: Row, codes: Iterable[str]) -> list[str | None]:
    fields = json.loads(row["fields"])
    return [fields.get(code) for code in codes]


def _time(ms: int | None) -> str | None:
    return iso(from_ms_or_none(ms))


def _urls(media: str | None) -> str | None:
    return " ".join(each.url for each in media_from(media)) or None


_SHOWN: Mapping[str, Callable[[Any], str | bool | None]] = {
    "media_content": _urls,
    "timestamp": _time,
    "updated_at": _time,
    "last_message_at": _time,
    "opted_out": bool,
}
"""Columns whose values are written in another form than they are stored."""

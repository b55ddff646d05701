"""The commands that list campaigns and show one."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from thrumsg_tui.cli.json_records import (
    Record,
    campaign_record,
    counters,
    follow_up_record,
    question_record,
    reply_record,
    script_record,
    sender_record,
)
from thrumsg_tui.cli.report import Report, pairs, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.campaigns import Assignment, Campaign, Totals
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries import campaigns as queries
from thrumsg_tui.store.queries.assignments import assignment_of_user, assignments, get_assignment
from thrumsg_tui.store.queries.follow_ups import follow_ups
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.recommended_replies import recommended_replies
from thrumsg_tui.store.queries.script_preview import script_preview


def list_all(session: Session, _args: Namespace) -> Report:
    """List the campaigns; a sender sees those they are on, with the counts of their own conversations."""
    with session.db.reading() as conn:
        seen = [(campaign, _numbers(conn, session, campaign)) for campaign in queries.campaigns(conn)]
    found = [campaign_record(campaign) | counters(numbers) for campaign, numbers in seen if numbers]
    columns = ("id", "name", "state", "total", "not_started", "needs_reply", "opted_out")
    heads = ("Id", "Campaign", "State", "Total", "Not started", "Needs reply", "Opted out")
    rows = [[each[column] for column in columns] for each in found]
    return Report(found, table(heads, rows) if rows else ["No campaigns yet: `thrumsg campaign create` makes one."])


def show(session: Session, args: Namespace) -> Report:
    """Show a campaign's settings and content, to a sender with their own figures only (`docs/rules.md 8.1`)."""
    with session.db.reading() as conn:
        campaign = queries.find_campaign(conn, args.name)
        own = assignment_of_user(conn, campaign.id, session.who.user.id)
        if session.who.may(Permission.VIEW_ALL):
            own = None
        elif own is None:
            session.who.require(Permission.VIEW_ALL)
        settings = campaign_record(campaign)
        content: dict[str, list[Record]] = {
            "questions": [question_record(each) for each in questions(conn, campaign.id)],
            "replies": [reply_record(each) for each in recommended_replies(conn, campaign.id)],
            "follow_ups": [follow_up_record(each) for each in follow_ups(conn, campaign.id, own)],
            "senders": [
                sender_record(each)
                for each in assignments(conn, campaign.id, session.db.clock())
                if each.user and own in {None, each.id}
            ],
        }
    lines = pairs([(key.replace("_", " ").capitalize(), value) for key, value in settings.items()])
    for title, listed in content.items():
        lines += ["", f"{title.replace('_', ' ').capitalize()}: {len(listed) or 'none'}", *_lines(title, listed)]
    return Report(settings | content, lines)


def check(session: Session, args: Namespace) -> Report:
    """Show a campaign's initial script as one of its contacts would get it, and the results of the checks."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        campaign = queries.find_campaign(conn, args.name)
        shown = script_preview(conn, session.who, campaign.initial_script, campaign.id, initial=True)
    lines = [f"To {shown.contact}:", *(f"  {line}" for line in _safe_lines(shown.rendered.text)), ""]
    lines += [f"{'ok  ' if each.fit else 'look'}  {each.sentence}" for each in shown.checks]
    return Report(
        script_record(campaign, shown), [*lines, "", f"Fields: {' '.join(f'%{code}%' for code in shown.fields)}"]
    )


def _safe_lines(text: str) -> Sequence[str]:
    return safe_text(text, multiline=True).splitlines()


def _numbers(conn: Connection, session: Session, campaign: Campaign) -> Totals | Assignment | None:
    if session.who.may(Permission.VIEW_ALL):
        return queries.totals(conn, campaign.id)
    own = assignment_of_user(conn, campaign.id, session.who.user.id)
    return get_assignment(conn, own, session.db.clock()) if own else None


def _lines(title: str, listed: Sequence[Record]) -> list[str]:
    columns = {
        "questions": ("id", "question", "choices"),
        "replies": ("id", "title", "body"),
        "follow_ups": ("id", "title", "pending", "sent", "text"),
        "senders": ("login", "name", "progress"),
    }[title]
    rows = [[_flat(each[column]) for column in columns] for each in listed]
    return table([column.capitalize() for column in columns], rows) if rows else []


def _flat(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value

"""The commands for recommended replies (`docs/rules.md 3.15`)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from thrumsg_tui.cli.compliance import confirming
from thrumsg_tui.cli.json_records import reply_record
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.warnings import where_any
from thrumsg_tui.domain.campaigns import CampaignId, RecommendedReply
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.changes import replies as changes
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.assignments import assignment_of_user
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.field_codes import field_warnings
from thrumsg_tui.store.queries.recommended_replies import global_replies, recommended_replies


def list_all(session: Session, args: Namespace) -> Report:
    """List a campaign's replies, then the global ones; without a campaign only the global ones."""
    with session.db.reading() as conn:
        campaign_id = _campaign(conn, args)
        if campaign_id is not None and assignment_of_user(conn, campaign_id, session.who.user.id) is None:
            session.who.require(Permission.VIEW_ALL)
        replies = global_replies(conn) if campaign_id is None else recommended_replies(conn, campaign_id)
        return _listed(conn, campaign_id, replies)


def add(session: Session, args: Namespace) -> Report:
    """Add a reply."""
    with session.db.reading() as conn:
        campaign_id = _campaign(conn, args)
    _, confirmed = confirming(
        lambda codes: changes.add_reply(session.db, session.who, campaign_id, args.title, args.body, confirmed=codes),
    )
    return _own(session, campaign_id, confirmed)


def edit(session: Session, args: Namespace) -> Report:
    """Change the given parts of a reply."""
    campaign_id, reply = _found(session, args)
    _, confirmed = confirming(
        lambda codes: changes.edit_reply(
            session.db, session.who, reply.id, title=args.new_title, body=args.body, confirmed=codes
        ),
    )
    return _own(session, campaign_id, confirmed)


def move(session: Session, args: Namespace) -> Report:
    """Move a reply to another place in the list."""
    campaign_id, reply = _found(session, args)
    changes.move_reply(session.db, session.who, reply.id, args.place)
    return _own(session, campaign_id)


def remove(session: Session, args: Namespace) -> Report:
    """Remove a reply."""
    campaign_id, reply = _found(session, args)
    changes.remove_reply(session.db, session.who, reply.id)
    return _own(session, campaign_id)


def _campaign(conn: Connection, args: Namespace) -> CampaignId | None:
    return None if args.campaign is None else find_campaign(conn, args.campaign).id


def _found(session: Session, args: Namespace) -> tuple[CampaignId | None, RecommendedReply]:
    with session.db.reading() as conn:
        campaign_id = _campaign(conn, args)
        offered = _of(conn, campaign_id)
    by_title = [each for each in offered if each.title == args.title]
    by_id = [each for each in offered if str(each.id) == args.title]
    if not (found := by_title + by_id):
        whose = "for all campaigns" if args.campaign is None else f"of {args.campaign!r}"
        raise NotFound(f"There is no reply {args.title!r} {whose}; `thrumsg reply list` shows them.")
    return campaign_id, found[0]


def _of(conn: Connection, campaign_id: CampaignId | None) -> tuple[RecommendedReply, ...]:
    if campaign_id is None:
        return global_replies(conn)
    return tuple(each for each in recommended_replies(conn, campaign_id) if not each.is_global)


def _own(session: Session, campaign_id: CampaignId | None, confirmed: Sequence[str] = ()) -> Report:
    with session.db.reading() as conn:
        report = _listed(conn, campaign_id, _of(conn, campaign_id))
    return Report(report.json, [*report.lines, *confirmed])


def _listed(conn: Connection, campaign_id: CampaignId | None, replies: Sequence[RecommendedReply]) -> Report:
    rows = [[each.id, each.title, "all campaigns" if each.is_global else "", each.body] for each in replies]
    lines = table(("Id", "Title", "For", "Body"), rows) if rows else ["There are no replies."]
    warnings = {each.id: field_warnings(conn, campaign_id, [each.body]) for each in replies}
    lines += [f"{each.title}: {sentence}" for each in replies for sentence in warnings[each.id]]
    return Report([reply_record(each) | where_any(warnings[each.id]) for each in replies], lines)

"""What was done, and taking it back."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli.contract import entry_record
from thrumsg_tui.cli.phone_display import phone_display
from thrumsg_tui.cli.printing import Report, table
from thrumsg_tui.cli.reassign import outcome_report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.people import Action
from thrumsg_tui.store.changes import undo as changes
from thrumsg_tui.store.queries import campaigns
from thrumsg_tui.store.queries import history as queries
from thrumsg_tui.store.queries.thread import conversation


def undo(session: Session, args: Namespace) -> Report:
    """Take a change back, by default the person's own last (`docs/rules.md 4.9`)."""
    return outcome_report(changes.undo(session.db, session.who, args.event))


def history(session: Session, args: Namespace) -> Report:
    """List who did what; a sender sees that of their own conversations only."""
    with session.db.reading() as conn:
        of = conversation(conn, args.conversation) if args.conversation is not None else None
        if of is None or of.sender_id != session.who.user.id:
            session.who.require(Action.VIEW_ALL)
        phones = phone_display(conn)
        entries = queries.history(
            conn,
            campaign_id=campaigns.find_campaign(conn, args.campaign).id if args.campaign else None,
            conversation_id=args.conversation,
            limit=args.limit,
        )
    rows = [
        (
            each.id,
            f"{each.at.astimezone():%Y-%m-%d %H:%M}",
            f"{each.by} for {each.acting_for}" if each.acting_for else each.by,
            each.campaign,
            phones.sentence(each.summary),
            f"undone by {each.undone_by}" if each.undone_by else "can be undone" if each.undoable else None,
        )
        for each in entries
    ]
    lines = table(("Id", "When", "Who", "Campaign", "What", ""), rows) if rows else ["Nothing yet."]
    return Report([entry_record(each, phones) for each in entries], lines)

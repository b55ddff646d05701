"""The commands that list and undo changes."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli.event_records import entry_record
from thrumsg_tui.cli.json_records import undo_record
from thrumsg_tui.cli.progress import shown_progress
from thrumsg_tui.cli.reassign import explained_if_cut_short, outcome_report
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.shown_times import shown_times
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import Event
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes import undo as changes
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries import campaigns
from thrumsg_tui.store.queries import history as queries
from thrumsg_tui.store.queries.undo_preview import ASKED_FOR, TOLD, last_undoable, preview_undo
from thrumsg_tui.store.queries.users import find_user


def undo(session: Session, args: Namespace) -> Report:
    """Undo a change, by default the person's own last (`docs/rules.md 4.9`)."""
    if args.preview:
        return _preview(session, args)
    with explained_if_cut_short(session), shown_progress("Moving back", "conversations") as on_progress:
        done = changes.undo(session.db, session.who, args.event, on_progress)
    return outcome_report(done, session.program)


def _preview(session: Session, args: Namespace) -> Report:
    session.who.require(Permission.WORK)
    with session.db.reading() as conn:
        event_id = last_undoable(conn, session.who).id if args.event is None else args.event
        shown = preview_undo(conn, session.who, event_id)
        phones = phone_display(conn)
    lines = [f"Undo of {shown.entry.id}: {summary(shown.entry.facts, phones)}."]
    if shown.moves or shown.skipped:
        lines.append(
            f"{shown.moves} would go back, {pluralize(len(shown.skipped), 'was', 'were')} moved since and would stay."
        )
    elif not shown.takes_effect:
        lines.append("Nothing of it is left to take back: it was changed again since.")
    if shown.asked_for:
        lines.append(ASKED_FOR)
    elif shown.told:
        lines.append(TOLD)
    lines.append("Nothing was changed.")
    return Report(undo_record(shown), lines)


def _standing(event: Event) -> str | None:
    """Return whether a change is under way, was undone or can be undone; None for neither."""
    if event.under_way:
        return "under way"
    return f"undone by {event.undone_by}" if event.undone_by else "can be undone" if event.undoable else None


def history(session: Session, args: Namespace) -> Report:
    """List events; a sender sees only those of one of their own conversations."""
    from thrumsg_tui.store.queries.thread import get_conversation_head

    with session.db.reading() as conn:
        conversation = get_conversation_head(conn, args.conversation) if args.conversation is not None else None
        if conversation is None or conversation.sender_id != session.who.user.id:
            session.who.require(Permission.VIEW_ALL)
        phones = phone_display(conn)
        request = queries.HistoryRequest(
            campaign_id=campaigns.find_campaign(conn, args.campaign).id if args.campaign else None,
            conversation_id=args.conversation,
            people=(find_user(conn, args.person).id,) if args.person else None,
        )
        events = queries.history(conn, request, limit=args.limit)
    times = shown_times(session)
    rows = [
        (
            event.id,
            times.moment(event.at),
            f"{event.by} for {event.acting_for}" if event.acting_for else event.by,
            event.campaign,
            summary(event.facts, phones),
            _standing(event),
        )
        for event in events
    ]
    lines = table(("Id", "When", "Who", "Campaign", "What", ""), rows) if rows else ["Nothing yet."]
    return Report([entry_record(each, phones) for each in events], lines)

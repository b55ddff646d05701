"""The command `triage`: the waiting replies without a screen, by prompts or as JSON."""

from __future__ import annotations

from argparse import Namespace
from shlex import quote

from thrumsg_tui.cli.conversations import viewed
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.triage_text import open_reply, triage_record
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.campaigns import campaign_rows, find_campaign
from thrumsg_tui.store.queries.conversations import ListRequest, count, ids

INTERRUPTED = 130


def triage(session: Session, args: Namespace) -> Report:
    """Walk the waiting replies, longest waiting first, or list them as JSON; a sender has only their own."""
    with session.db.reading() as conn:
        campaign = find_campaign(conn, args.name) if args.name else _only_waiting(conn, session)
        if campaign is None and args.json:
            return Report([], [])
        if campaign is None:
            raise Refused("Nobody waits for a reply in any campaign.", Nothing.CHANGED)
        waiting = ListRequest(
            campaign.id, assignment_id=viewed(conn, session, campaign, args), status=Status.NEEDS_REPLY
        )
        if args.json:
            now, found = session.db.clock(), ids(conn, waiting, limit=args.limit)
            return Report([triage_record(open_reply(conn, session.who, each, now), now) for each in found], [])
        number = count(conn, waiting)
    session.who.require(Permission.WORK)
    return _walked(session, campaign, waiting, number)


def _walked(session: Session, campaign: Campaign, waiting: ListRequest, number: int) -> Report:
    """Walk the replies, and report what was done, also if the person interrupts it."""
    from thrumsg_tui.cli.triage_walk import TriageWalk  # not for JSON

    walk = TriageWalk(session, waiting)
    walk.dialogue.say(f"{campaign.name}: {pluralize(number, 'reply waits', 'replies wait')}.")
    try:
        walk.run()
    except KeyboardInterrupt:
        return Report(None, ["", walk.summary()], INTERRUPTED)
    return Report(None, [walk.summary()])


def _only_waiting(conn: Connection, session: Session) -> Campaign | None:
    """Return the one campaign in which somebody waits, None if nobody does; raise `Refused` if there are more."""
    rows = [each for each in campaign_rows(conn, session.who) if each.totals.needs_reply]
    if len(rows) > 1:
        names = ", ".join(quote(each.campaign.name) for each in rows)
        raise Refused(f"Replies wait in {len(rows)} campaigns: name one of {names}.", Nothing.CHANGED)
    return rows[0].campaign if rows else None

"""The command for the Conversations Overview: counters and the senders table (`docs/rules.md` 2)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from thrumsg_tui.cli.json_records import counters, job_record, sender_record
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.domain.ages import waiting_age
from thrumsg_tui.domain.closures import closure
from thrumsg_tui.domain.enums import HoursIn, SenderSort
from thrumsg_tui.domain.hours import format_clock
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.queries import campaigns as queries
from thrumsg_tui.store.queries.assignments import assignments, longest_waiting
from thrumsg_tui.store.queries.bulk_move_jobs import job_in
from thrumsg_tui.store.times import iso

if TYPE_CHECKING:
    from thrumsg_tui.cli.session import Session
    from thrumsg_tui.domain.campaigns import Assignment, AssignmentId, Campaign
    from thrumsg_tui.store.queries.bulk_move_jobs import Job


def show(session: Session, args: Namespace) -> Report:
    """Show a campaign's counters and its senders, Unassigned on top."""
    session.who.require(Permission.VIEW_ALL)
    now = session.db.clock()
    with session.db.reading() as conn:
        campaign = queries.find_campaign(conn, args.name)
        totals = queries.totals(conn, campaign.id)
        senders = assignments(conn, campaign.id, now, SenderSort(args.sort), reverse=args.reverse)
        waiting = longest_waiting(conn, campaign.id)
        job = job_in(conn, campaign.id)
    record = {
        "campaign": campaign.name,
        "name": campaign.name,
        "id": campaign.id,
        "state": campaign.state,
        **counters(totals),
        "texted": totals.texted,
        "replies": totals.replied,
        "reply_rate": totals.reply_rate,
        "senders": [sender_record(each) | {"waiting_since": iso(waiting.get(each.id))} for each in senders],
        "job": job_record(job),
    }
    return Report(record, _lines(campaign, now, job, record, senders, waiting))


def _lines(
    campaign: Campaign,
    now: datetime,
    job: Job | None,
    record: Mapping[str, object],
    senders: Sequence[Assignment],
    waiting: Mapping[AssignmentId, datetime],
) -> Iterator[str]:
    zone = ZoneInfo(campaign.hours.timezone)
    names = {"total": "Total", "not_started": "Not started", "sent": "Sent", "needs_reply": "Needs reply"}
    names |= {"answered": "Answered", "opted_out": "Opted out", "replies": "Replies"}
    yield f"{campaign.name}: {_state(campaign, now)}"
    if job:
        yield f"{job.sentence} conversations."
    yield ""
    yield from table([*names.values(), "Reply rate"], [[*map(record.get, names), f"{record['reply_rate']} %"]])
    yield ""
    yield from table(
        ("Sender", "Login", "Online", "Progress", "Needs reply", "Waits"),
        [
            (
                sender.name,
                sender.login,
                "online" if sender.online else None,
                f"{sender.texted}/{sender.assigned}",
                sender.needs_reply,
                waiting_age(waiting[sender.id], now, zone) if sender.id in waiting else None,
            )
            for sender in senders
        ],
    )


def _state(campaign: Campaign, now: datetime) -> str:
    if closed := closure(campaign, now):
        return f"closed, {closed.reason}"
    if campaign.hours_in is HoursIn.CAMPAIGN:
        return "open"
    hours = campaign.hours
    return f"open from {format_clock(hours.opens)} to {format_clock(hours.closes)} {campaign.whose_hours}"

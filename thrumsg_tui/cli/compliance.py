"""The command that checks a campaign before its launch, and its list in other reports (`docs/rules.md 10.10`)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

from thrumsg_tui.cli.json_records import Record
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.compliance import Level, Point, of_level
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.opened_points import Unconfirmed
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.compliance import compliance_points
from thrumsg_tui.store.queries.confirmations import Confirmation, confirmations
from thrumsg_tui.store.times import iso

_Result = TypeVar("_Result")

_TITLES = {
    Level.REFUSE: "Refuses the launch",
    Level.CONFIRM: "An owner has to confirm",
    Level.REPORT: "To know",
}
_NOT_ADVICE = "This is a list of questions, not legal advice."


def check(session: Session, args: Namespace) -> Report:
    """Show what refuses the launch of a campaign, what an owner has to confirm, and what is to know."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        campaign = find_campaign(conn, args.name)
        points = compliance_points(conn, session.who, campaign, session.db.clock(), session.db.path)
        confirmed = confirmations(conn, campaign.id)
    if campaign.state is CampaignState.DRAFT:
        confirmed = {}
    open_points = [each for each in points if each.level is not Level.CONFIRM or each.code not in confirmed]
    sentences = {each.code: each.sentence for each in points}
    lines = [*lines_of(open_points), *_confirmed_lines(campaign, confirmed.values(), sentences)]
    record = {
        "campaign": campaign.name,
        "state": campaign.state,
        "points": records_of(points),
        "confirmed": [{"code": each.code, "by": each.login, "at": iso(each.at)} for each in confirmed.values()],
    }
    lines = lines or ["Nothing stands out."]
    return Report(record, [*lines, "", _NOT_ADVICE])


def _confirmed_lines(
    campaign: Campaign, confirmed: Iterable[Confirmation], sentences: Mapping[str, str]
) -> Iterator[str]:
    """Yield what owners confirmed, by whom and when; a point that is not there any more by its code."""
    zone = ZoneInfo(campaign.hours.timezone)
    for nth, each in enumerate(confirmed):
        if not nth:
            yield "Confirmed:"
        when = f"{each.at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
        said = sentences.get(each.code, f"{each.code}, which is not so any more.")
        yield f"  {said} By {each.by} ({each.login}), {when}."


def confirming(change: Callable[[Container[str]], _Result]) -> tuple[_Result, list[str]]:
    """Make a change that may open points in a launched campaign; return its result, and lines of what was confirmed.

    An owner who makes such a change confirms by that what it opens.

    Args:
        change: Makes the change, given the codes that are confirmed.

    Raises:
        Unconfirmed: If there is something to confirm, and the person is no owner.
    """
    try:
        return change(()), []
    except Unconfirmed as asked:
        return change(asked.codes), [f"Confirmed: {point.sentence}" for point in asked.points]


def records_of(points: Sequence[Point]) -> list[Record]:
    """Return points for JSON."""
    return [
        {"code": each.code, "level": each.level, "sentence": each.sentence, "advice": each.advice} for each in points
    ]


def lines_of(points: Sequence[Point]) -> Iterator[str]:
    """Yield points as lines, under the title of their level."""
    for level, title in _TITLES.items():
        if found := of_level(points, level):
            yield f"{title}:"
            for each in found:
                yield f"  {each.sentence} {each.advice}".rstrip()

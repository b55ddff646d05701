"""The command that checks a campaign before its launch, and its list in other reports (`docs/rules.md 10.10`)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence

from thrumsg_tui.cli.json_records import Record
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.compliance import Level, Point, of_level
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.compliance import compliance_points

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
    lines = [*lines_of(points)] or ["Nothing stands out."]
    record = {"campaign": campaign.name, "state": campaign.state, "points": records_of(points)}
    return Report(record, [*lines, "", _NOT_ADVICE])


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

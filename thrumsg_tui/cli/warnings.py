"""Warnings beside what a command did (`docs/rules.md 7.1`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thrumsg_tui.cli.printing import Report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.store.queries.field_codes import field_warnings


def warned(
    session: Session, record: Mapping[str, object], lines: Sequence[str], campaign_id: CampaignId, *texts: str
) -> Report:
    """Report what was done, and what in the texts of a campaign looks like a field and is none."""
    with session.db.reading() as conn:
        warnings = field_warnings(conn, campaign_id, texts)
    return Report({**record, **where_any(warnings)}, [*lines, *warnings])


def where_any(warnings: Sequence[object]) -> dict[str, object]:
    """Give the key that JSON has where there is something to warn of."""
    return {"warnings": list(warnings)} if warnings else {}

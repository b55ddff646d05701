"""Warnings in the report of a command (`docs/rules.md 7.1`, `7.2`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.store.queries.field_codes import field_warnings


def warned(
    session: Session, record: Mapping[str, object], lines: Sequence[str], campaign_id: CampaignId, *texts: str
) -> Report:
    """Return a report with warnings of words in `texts` that look like fields but are none, and of texts too long."""
    with session.db.reading() as conn:
        warnings = field_warnings(conn, campaign_id, texts)
    return Report({**record, **where_any(warnings)}, [*lines, *warnings])


def where_any(warnings: Sequence[object]) -> dict[str, object]:
    """Return the `warnings` key of a JSON record, or nothing if there are none."""
    return {"warnings": list(warnings)} if warnings else {}

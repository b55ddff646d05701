"""Codes of the fields that scripts of a campaign may use (`docs/rules.md 7.1`)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator

from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.domain.field_meanings import FIXED
from thrumsg_tui.domain.segments import measure, why_too_long
from thrumsg_tui.domain.suspected_fields import suspected_fields
from thrumsg_tui.store.engines.connection import Connection

_SAMPLE = 300
"""How many contacts `field_codes` reads to find custom fields."""


def field_codes(conn: Connection, campaign_id: CampaignId | None) -> tuple[str, ...]:
    """Return the fixed codes, then the custom ones of a sample of contacts: the campaign's, or any if it has none.

    Takes 1 ms whatever the size of the campaign. With None for `campaign_id`, samples any contacts.
    """
    rows = conn.execute(
        """
        SELECT contact.fields FROM conversation JOIN contact ON contact.id = conversation.contact_id
        WHERE conversation.campaign_id = ? ORDER BY conversation.contact_id LIMIT ?
        """,
        (campaign_id, _SAMPLE),
    ).fetchall()
    if not rows:
        rows = conn.execute("SELECT fields FROM contact ORDER BY id DESC LIMIT ?", (_SAMPLE,)).fetchall()
    return tuple(dict.fromkeys([*FIXED, *(code for row in rows for code in json.loads(row["fields"]))]))


def field_warnings(conn: Connection, campaign_id: CampaignId | None, texts: Iterable[str]) -> list[str]:
    """Return what is to be said of each script, without duplicates, as `script_warnings` does."""
    codes = field_codes(conn, campaign_id)
    return list(dict.fromkeys(sentence for text in texts for sentence in script_warnings(text, codes)))


def script_warnings(text: str, codes: Collection[str]) -> Iterator[str]:
    """Yield a sentence for whatever looks like a field but is none, and if it is too long without its fields filled in.

    `codes` are those of the fields.
    """
    yield from (each.sentence for each in suspected_fields(text, codes))
    if too_long := why_too_long(measure(text)):
        yield too_long


def send_all_warnings(conn: Connection, campaign: Campaign, tab: Tab) -> list[str]:
    """Return the same for the scripts of Send All in a tab: the initial, or the texts of active follow-ups."""
    if tab is not Tab.FOLLOW_UPS:
        return field_warnings(conn, campaign.id, [campaign.initial_script])
    rows = conn.execute(
        "SELECT text FROM follow_up WHERE campaign_id = ? AND active = 1 ORDER BY id", (campaign.id,)
    ).fetchall()
    return field_warnings(conn, campaign.id, [row["text"] for row in rows])

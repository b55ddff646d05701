"""How a script looks to a real contact, before it is saved."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.fields import Rendered, render
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.domain.people import Identity
from thrumsg_tui.domain.script_check import Check, check_initial, check_script
from thrumsg_tui.domain.segments import Segmentation, measure
from thrumsg_tui.store.queries.composing import field_values
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.queries.thread import conversation

_SAMPLE = 300
"""How many contacts are asked for the custom fields that there are."""

_FIXED = ("first_name", "last_name", "sender_first_name", "sender_last_name", "organization")


@dataclass(frozen=True, slots=True)
class ScriptPreview:
    """A script as one contact would get it; `fields` are all codes that may be used."""

    contact: str
    rendered: Rendered
    measured: Segmentation
    checks: tuple[Check, ...]
    fields: tuple[str, ...]


def script_preview(
    conn: sqlite3.Connection, who: Identity, template: str, campaign_id: CampaignId | None, *, initial: bool
) -> ScriptPreview:
    """Render a script for a contact of the campaign, else for any, else for an invented one, and check it.

    An `initial` is also checked for the sender and the way out.
    """
    values = _example(conn, who, campaign_id)
    codes = (*_FIXED, *_custom_codes(conn, campaign_id))
    rendered = render(template, dict.fromkeys(codes, "") | values)
    organization = settings(conn).organization
    checks = (
        check_initial(template, rendered, codes, organization) if initial else check_script(template, rendered, codes)
    )
    name = full_name(values["first_name"], values["last_name"])
    return ScriptPreview(name, rendered, measure(rendered.text), checks, codes)


def _example(conn: sqlite3.Connection, who: Identity, campaign_id: CampaignId | None) -> dict[str, str]:
    row = conn.execute(
        "SELECT id FROM conversation WHERE campaign_id = ? ORDER BY id LIMIT 1"
        if campaign_id is not None
        else "SELECT id FROM conversation ORDER BY id DESC LIMIT 1",
        (campaign_id,) if campaign_id is not None else (),
    ).fetchone()
    if row:
        return field_values(conn, conversation(conn, ConversationId(row["id"])), who)
    return {
        "first_name": "Maria",
        "last_name": "Lopez",
        "sender_first_name": who.user.first_name,
        "sender_last_name": who.user.last_name,
        "organization": settings(conn).organization,
    }


def _custom_codes(conn: sqlite3.Connection, campaign_id: CampaignId | None) -> list[str]:
    """The custom fields of a few hundred contacts, of the campaign where it has any."""
    rows = conn.execute(
        """
        SELECT contact.fields FROM conversation JOIN contact ON contact.id = conversation.contact_id
        WHERE conversation.campaign_id = :campaign_id LIMIT :sample
        """
        if campaign_id is not None
        else "SELECT fields FROM contact ORDER BY id DESC LIMIT :sample",
        {"campaign_id": campaign_id, "sample": _SAMPLE} if campaign_id is not None else {"sample": _SAMPLE},
    )
    return list(dict.fromkeys(code for row in rows for code in json.loads(row["fields"])))

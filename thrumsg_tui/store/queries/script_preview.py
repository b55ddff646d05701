"""Preview of a script for a real contact, before the script is saved."""

from __future__ import annotations

import json

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.fields import Rendered, render
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.domain.script_check import Check, check_initial, check_script
from thrumsg_tui.domain.segments import Segmentation, measure
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.field_codes import field_codes
from thrumsg_tui.store.queries.next_message import field_values
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.queries.thread import get_conversation_head

_NAMELESS = "a contact without a name"


@dataclass(frozen=True, slots=True)
class ScriptPreview:
    """A script as one contact would get it; `fields` are all codes that scripts may use."""

    contact: str
    rendered: Rendered
    measured: Segmentation
    checks: tuple[Check, ...]
    fields: tuple[str, ...]


def script_preview(
    conn: Connection,
    who: Identity,
    template: str,
    campaign_id: CampaignId | None,
    *,
    initial: bool,
    example: ConversationId | None = None,
) -> ScriptPreview:
    """Render a script for one contact and check it.

    Args:
        conn: A connection.
        who: The author, who stands in for a missing sender.
        template: The script.
        campaign_id: The campaign whose contacts and custom fields to use; None for a campaign that is not created yet.
        initial: Whether to check for the sender and the way to opt out, too.
        example: The conversation to render for. None takes a contact of the campaign, else any, else an invented one.
    """
    name, values = _example(conn, who, campaign_id, example)
    codes = field_codes(conn, campaign_id)
    rendered = render(template, dict.fromkeys(codes, "") | values)
    checks = (
        check_initial(template, rendered, codes, settings(conn).organization)
        if initial
        else check_script(template, rendered, codes)
    )
    return ScriptPreview(name, rendered, measure(rendered.text), checks, codes)


def _example(
    conn: Connection, who: Identity, campaign_id: CampaignId | None, chosen: ConversationId | None
) -> tuple[str, dict[str, str]]:
    """Return the name of one contact, and every field's value; outside a conversation, `who` is the sender."""
    if chosen is None:
        # By the unique index. PostgreSQL takes an equal campaign for no part of the order, and may look for its first
        # contact among those of all campaigns.
        row = conn.execute(
            """
            SELECT id FROM conversation WHERE campaign_id BETWEEN :campaign_id AND :campaign_id
            ORDER BY campaign_id, contact_id LIMIT 1
            """,
            {"campaign_id": campaign_id},
        ).fetchone()
        chosen = ConversationId(row["id"]) if row else None
    if chosen is not None:
        conversation = get_conversation_head(conn, chosen)
        return full_name(conversation.first_name, conversation.last_name) or _NAMELESS, field_values(
            conn, conversation, who
        )
    others = {
        "sender_first_name": who.user.first_name,
        "sender_last_name": who.user.last_name,
        "organization": settings(conn).organization,
    }
    anybody = conn.execute("SELECT first_name, last_name, fields FROM contact ORDER BY id DESC LIMIT 1").fetchone()
    if anybody is None:
        return "somebody like Maria Lopez", {"first_name": "Maria", "last_name": "Lopez", **others}
    first_name, last_name = anybody["first_name"], anybody["last_name"]
    known = {**json.loads(anybody["fields"]), "first_name": first_name, "last_name": last_name, **others}
    return full_name(first_name, last_name) or _NAMELESS, known

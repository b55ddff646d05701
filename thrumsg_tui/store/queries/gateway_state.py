"""What the deliverer says of a gateway and of our numbers (`docs/rules.md` 10)."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.times import from_ms


@dataclass(frozen=True, slots=True)
class GatewayState:
    """A gateway, as its deliverer last described it."""

    name: str
    is_stopped: bool
    """Whether it stays stopped until a person mends its configuration and starts it again."""
    reason: str
    """Why nothing leaves now; empty while messages leave."""
    changed_at: datetime
    seen_at: datetime | None
    """When its deliverer last ran; None after it was stopped."""
    pace: float | None
    """Segments a second, measured."""
    inbound_at: datetime | None
    """Up to when missed incoming messages were fetched."""


@dataclass(frozen=True, slots=True)
class NumberFailure:
    """A message that has failed."""

    our_number: str
    """The number that it was sent from."""
    code: str
    words: str
    at: datetime


def gateway_state(conn: Connection, name: str) -> GatewayState | None:
    """Return what is stored of a gateway; None if no deliverer ever ran for it."""
    row = conn.execute("SELECT * FROM gateway WHERE name = ?", (name,)).fetchone()
    if row is None:
        return None
    return GatewayState(
        name,
        row["state"] == "stopped",
        row["reason"],
        from_ms(row["changed_at"]),
        None if row["seen_at"] is None else from_ms(row["seen_at"]),
        row["pace"],
        None if row["inbound_at"] is None else from_ms(row["inbound_at"]),
    )


def last_failures(conn: Connection, gateway: str, most: int = 500) -> list[NumberFailure]:
    """Return the last messages of a gateway that have failed, with our number, the newest first."""
    rows = conn.execute(
        """
        SELECT our_number, error_code, error_text, state_at, gateway FROM message
        WHERE state = 'failed' ORDER BY state_at DESC LIMIT ?
        """,
        (most,),
    )
    return [
        NumberFailure(row["our_number"], row["error_code"] or "", row["error_text"] or "", from_ms(row["state_at"]))
        for row in rows
        if row["gateway"] == gateway and row["our_number"] is not None
    ]


def is_sending(conn: Connection, message_id: MessageId, tries: int) -> bool:
    """Whether a claimed message is still under way by the claim with that number."""
    row = conn.execute(
        "SELECT 1 FROM message WHERE id = ? AND state = 'sending' AND tries = ?", (message_id, tries)
    ).fetchone()
    return row is not None

"""What the deliverer and the listener store of their gateway. Not journalled: nobody at a keyboard does it."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.host import this_host
from thrumsg_tui.store.change import change
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.queries.gateway_state import gateway_state
from thrumsg_tui.store.times import to_ms


@change
def beat(db: Database, name: str, *, reason: str = "", is_stopped: bool = False, pace: float | None = None) -> None:
    """Store that the deliverer of a gateway runs, and what keeps messages from leaving.

    Args:
        db: The database.
        name: The gateway.
        reason: Why nothing leaves; empty while messages leave.
        is_stopped: Whether it stops until a person mends its configuration.
        pace: The segments a second that left lately.
    """
    with db.writing(durable=False) as tx:
        _store(tx, name, "stopped" if is_stopped else "ready", reason)
        tx.conn.execute(
            "UPDATE gateway SET seen_at = ?, pace = ?, host = ? WHERE name = ?",
            (tx.now_ms, pace, storable(this_host()), name),
        )


@change
def deliverer_ended(db: Database, name: str) -> None:
    """Store that the deliverer of a gateway was stopped; the reason stays of one that stopped for a fault."""
    with db.writing(durable=False) as tx:
        tx.conn.execute(
            """
            UPDATE gateway SET seen_at = NULL, pace = NULL, changed_at = ?,
                               reason = CASE state WHEN 'stopped' THEN reason ELSE '' END
            WHERE name = ?
            """,
            (tx.now_ms, name),
        )


@change
def inbound_fetched(db: Database, name: str, up_to: datetime) -> None:
    """Store up to when the incoming messages were fetched that had been missed."""
    with db.writing(durable=False) as tx:
        tx.conn.execute("UPDATE gateway SET inbound_at = ? WHERE name = ?", (to_ms(up_to), name))


@change
def expect_listener(db: Database, name: str, *, expected: bool) -> None:
    """Store whether the carrier of a gateway calls us, so that a listener has to run."""
    with db.reading() as conn:
        known = conn.execute("SELECT 1 FROM listener WHERE gateway = ?", (name,)).fetchone() is not None
    if known is expected:
        return
    with db.writing() as tx:
        if expected:
            tx.conn.execute("INSERT INTO listener (gateway) VALUES (?) ON CONFLICT (gateway) DO NOTHING", (name,))
        else:
            tx.conn.execute("DELETE FROM listener WHERE gateway = ?", (name,))


@change
def listener_seen(db: Database, name: str) -> None:
    """Store that a listener of a gateway runs."""
    with db.writing(durable=False) as tx:
        tx.conn.execute(
            """
            INSERT INTO listener (gateway, seen_at, host) VALUES (:name, :now, :host)
            ON CONFLICT (gateway) DO UPDATE SET seen_at = excluded.seen_at, ended_at = NULL, host = excluded.host
            """,
            {"name": name, "now": tx.now_ms, "host": storable(this_host())},
        )


@change
def listener_ended(db: Database, name: str) -> None:
    """Store that the listener of a gateway was stopped."""
    with db.writing(durable=False) as tx:
        tx.conn.execute("UPDATE listener SET ended_at = ? WHERE gateway = ?", (tx.now_ms, name))


def _store(tx: Transaction, name: str, state: str, reason: str) -> None:
    """Store the state of a gateway; it has changed only if it differs."""
    before = gateway_state(tx.conn, name)
    if before and (before.is_stopped, before.reason) == (state == "stopped", storable(reason)):
        return
    tx.conn.execute(
        """
        INSERT INTO gateway (name, state, reason, changed_at) VALUES (:name, :state, :reason, :now)
        ON CONFLICT (name) DO UPDATE
        SET state = excluded.state, reason = excluded.reason, changed_at = excluded.changed_at
        """,
        {"name": name, "state": state, "reason": storable(reason), "now": tx.now_ms},
    )


@change
def report_looked_up(db: Database, message_id: MessageId) -> None:
    """Store that the carrier was asked about a message on which it has not reported."""
    with db.writing(durable=False) as tx:
        tx.conn.execute("UPDATE message SET checked_at = ? WHERE id = ? AND state = 'sent'", (tx.now_ms, message_id))

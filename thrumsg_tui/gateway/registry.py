"""The choice of a database's gateway. To add one, write a module with a `Gateway` and name it here."""

from __future__ import annotations

from typing import assert_never

from thrumsg_tui.domain.enums import GatewayKind
from thrumsg_tui.gateway.outbox import Gateway, deliver
from thrumsg_tui.gateway.practice_gateway import PracticeGateway
from thrumsg_tui.store.changes.delivery import Outgoing
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.settings import settings


def gateway_of(db: Database) -> Gateway | None:
    """Return the gateway of a database; None if none is set up, so that messages stay queued."""
    with db.reading() as conn:
        kind = settings(conn).gateway
    match kind:
        case None:
            return None
        case GatewayKind.PRACTICE:
            return PracticeGateway()
        case _:
            assert_never(kind)


def deliver_queued(db: Database) -> list[Outgoing]:
    """Send all queued messages that may leave now through the database's own gateway.

    Returns:
        The messages that were handed to the gateway; none without a gateway.
    """
    gateway = gateway_of(db)
    return deliver(db, gateway) if gateway else []

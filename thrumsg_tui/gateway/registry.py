"""The gateways by their names. A new carrier is one module with the functions of `GatewayModule`, and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.enums import GatewayKind
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.configuration_keys import Section
from thrumsg_tui.gateway.outbox import Gateway as Outbox
from thrumsg_tui.gateway.outbox import deliver
from thrumsg_tui.gateway.practice_gateway import PracticeGateway
from thrumsg_tui.gateway.protocol import Gateway, Webhooks
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.settings import settings

GATEWAYS: dict[str, str] = {"twilio": "twilio"}
"""The module, in this package, of each gateway; it is imported only when it is opened."""


class GatewayModule(Protocol):
    """What the module of a gateway has."""

    @property
    def SECTION(self) -> Section:  # noqa: N802 - a constant of the module
        """The keys of its section in the configuration."""

    def open_gateway(self, configuration: Configuration) -> Gateway:
        """Return the connection to the carrier; a fault of the configuration is `Refused` in words."""

    def open_webhooks(self, configuration: Configuration) -> Webhooks | None:
        """Return the addresses that the carrier calls; None if it calls none."""


def gateway_module(name: str) -> GatewayModule:
    """Import the module of a gateway of `GATEWAYS`."""
    return cast("GatewayModule", import_module(f"thrumsg_tui.gateway.{GATEWAYS[name]}"))


def gateway_of(db: Database) -> Outbox | None:
    """Return the gateway of a database; None if none is set up, so that messages stay queued."""
    with db.reading() as conn:
        kind = settings(conn).gateway
    return PracticeGateway() if kind is GatewayKind.PRACTICE else None


def deliver_queued(db: Database) -> list[Outgoing]:
    """Send all queued messages that may leave now through the database's own gateway.

    Returns:
        The messages that were handed to the gateway; none without a gateway.
    """
    gateway = gateway_of(db)
    return deliver(db, gateway) if gateway else []

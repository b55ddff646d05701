"""The gateways by their names. A new carrier is one module with the functions of `GatewayModule`, and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.configuration_keys import Section
from thrumsg_tui.gateway.protocol import Gateway, Webhooks

GATEWAYS: dict[str, str] = {
    "command": "command_gateway",
    "practice": "practice_gateway",
    "twilio": "twilio",
}
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


def open_gateway(configuration: Configuration) -> Gateway:
    """Return the connection to the carrier of a configuration."""
    return gateway_module(configuration.gateway).open_gateway(configuration)


def calls_us(configuration: Configuration) -> bool:
    """Return whether the carrier of a configuration calls addresses of ours, so that a listener has to run."""
    try:
        return open_webhooks(configuration) is not None
    except Refused:  # it could, but is given no address; `gateway check` says so
        return False


def open_webhooks(configuration: Configuration) -> Webhooks | None:
    """Return the addresses that the carrier of a configuration calls; None if it calls none."""
    return gateway_module(configuration.gateway).open_webhooks(configuration)

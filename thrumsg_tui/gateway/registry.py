"""The gateways by their names. A new carrier is one module with the functions of `GatewayModule`, and one line here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.gateway.configuration import Configuration, Doubts
from thrumsg_tui.gateway.configuration_keys import Section
from thrumsg_tui.gateway.protocol import Gateway, Webhooks
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.outbox import under_way
from thrumsg_tui.store.queries.settings import settings

GATEWAYS: dict[str, str] = {
    "command": "command_gateway",
    "practice": "practice_gateway",
    "twilio": "twilio",
}
"""The module, in this package, of each gateway; it is imported only when it is opened."""


PRACTICE = "practice"

_PRACTICE_DOUBTS = Doubts(wait=timedelta(seconds=10), again=timedelta(seconds=5))
"""In practice nobody waits two minutes to see a doubt settled."""


_LONGEST_ANSWER = timedelta(minutes=1)
"""How long after a message left an answer to it may still come, in practice."""


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


def open_webhooks(configuration: Configuration) -> Webhooks | None:
    """Return the addresses that the carrier of a configuration calls; None if it calls none."""
    return gateway_module(configuration.gateway).open_webhooks(configuration)


def configuration_of(db: Database, path: Path | None = None) -> Configuration:
    """Return the configuration with which a database is delivered.

    A practice database is delivered by the practice gateway and no other, a real one never by that
    (`docs/rules.md 6.6`).

    Args:
        db: The database.
        path: The file of the configuration; None takes that of `load_configuration`, or for a practice database none.

    Raises:
        NotFound: There is no such file.
        Refused: The configuration is wrong, or its gateway is not for this database.
    """
    from thrumsg_tui.gateway.configuration_file import load_configuration  # uses this module

    with db.reading() as conn:
        seed = settings(conn).practice_seed
    if seed is None:
        configuration = load_configuration(path)
        if configuration.gateway == PRACTICE:
            raise Refused(f"{db.path} is a real database: the gateway {PRACTICE} would send its messages to nobody.")
        return configuration
    configuration = Configuration(PRACTICE, doubts=_PRACTICE_DOUBTS) if path is None else load_configuration(path)
    if configuration.gateway != PRACTICE:
        raise Refused(f"{db.path} is a practice database: it is never delivered by {configuration.gateway}.")
    return replace(
        configuration, carrier={"seed": seed, "clock": db.clock, "under_way": partial(_practice_under_way, db)}
    )


def _practice_under_way(db: Database) -> list[Outgoing]:
    with db.reading() as conn:
        return under_way(conn, PRACTICE, since=db.clock() - _LONGEST_ANSWER)

"""Delivery in a practice database: by the app that has it open, or once by a command (`docs/rules.md 6.6`)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.settings import settings

if TYPE_CHECKING:
    from thrumsg_tui.gateway.deliverer import Deliverer
    from thrumsg_tui.gateway.delivery_lock import DeliveryLock
    from thrumsg_tui.gateway.protocol import Gateway


class PracticeDelivery:
    """The delivery of a practice database by an app. Of several apps, one delivers; another takes over when it ends.

    All methods are called from one thread, the app's for changes.

    Args:
        carrier: What else the practice carrier is to know, besides its database.
    """

    def __init__(self, carrier: Mapping[str, Any] | None = None) -> None:
        self._carrier = carrier or {}
        self._lock: DeliveryLock | None = None
        self._gateway: Gateway | None = None
        self._deliverer: Deliverer | None = None

    def turn(self, db: Database) -> None:
        """Do what is to be done now, unless another process delivers. Call it about once a second."""
        if deliverer := self._present(db):
            deliverer.turn()

    def drain(self, db: Database) -> None:
        """Deliver until nothing may leave now, unless another process delivers."""
        if deliverer := self._present(db):
            deliverer.drain()

    def end(self, _db: Database | None = None, *, is_replaced: bool = False) -> None:
        """Deliver nothing more; what has no answer yet is in doubt until the next delivery."""
        if self._deliverer and self._gateway:
            with closing(self._gateway):
                self._deliverer.stop(lambda: 0.0, is_replaced=is_replaced)
        if self._lock:
            self._lock.release()
        self._deliverer = self._gateway = None

    def _present(self, db: Database) -> Deliverer | None:
        """Return our deliverer; None if another process delivers, also where the file of our lock was removed."""
        if self._deliverer and self._lock and not self._lock.is_held:
            self.end(is_replaced=True)
        return self._deliverer or self._begun(db)

    def _begun(self, db: Database) -> Deliverer | None:
        """Take the lock and begin to deliver; return None if another process has it."""
        from thrumsg_tui.gateway.database_configuration import configuration_of
        from thrumsg_tui.gateway.deliverer import Deliverer
        from thrumsg_tui.gateway.delivery_lock import DeliveryLock
        from thrumsg_tui.gateway.registry import open_gateway

        self._lock = self._lock or DeliveryLock(db.location)
        if not self._lock.acquire():
            return None
        configuration = configuration_of(db)
        configuration = replace(configuration, carrier={**configuration.carrier, **self._carrier})
        self._gateway = open_gateway(configuration)
        self._deliverer = Deliverer(db, self._gateway, configuration)
        self._deliverer.start()
        return self._deliverer


def deliver_practice(db: Database) -> None:
    """Deliver what may leave now, if it is a practice database that nobody delivers; nothing else is ever sent."""
    with db.reading() as conn:
        if settings(conn).practice_seed is None:
            return
    delivery = PracticeDelivery({"wait": lambda _: None})  # a command does not wait for a slow carrier
    try:
        delivery.drain(db)
    finally:
        delivery.end()

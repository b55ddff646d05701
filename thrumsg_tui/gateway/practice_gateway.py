"""The gateway of practice databases: it takes every message at once and sends it nowhere (`docs/rules.md 6.6`)."""

from __future__ import annotations

from thrumsg_tui.gateway.outbox import Accepted
from thrumsg_tui.store.changes.delivery import Outgoing


class PracticeGateway:
    """Says of every message that it was delivered."""

    def send(self, message: Outgoing) -> Accepted:
        """Accept the message as delivered."""
        del message
        return Accepted(delivered=True)

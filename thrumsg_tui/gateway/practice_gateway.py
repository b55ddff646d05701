"""The gateway of practice databases (`docs/rules.md 6.6`)."""

from __future__ import annotations

from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.gateway.outbox import Accepted


class PracticeGateway:
    """Accepts every message at once as delivered, and sends it nowhere."""

    def send(self, message: Outgoing) -> Accepted:
        """Return that the message was delivered."""
        del message
        return Accepted(delivered=True)

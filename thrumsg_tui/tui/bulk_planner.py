"""The plan of a bulk dialog, made again whenever its request changes (`docs/rules.md 4.7`)."""

from __future__ import annotations

from time import monotonic

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.reassignment import Plan
from thrumsg_tui.store.queries.reassignment import plan
from thrumsg_tui.tui.bulk_choices import BulkChoices
from thrumsg_tui.tui.store_client import StoreClient


class BulkPlanner:
    """Makes the plan of the present request. A plan that a later change has outdated is never seen."""

    def __init__(self, store: StoreClient, choices: BulkChoices) -> None:
        self._store = store
        self._choices = choices
        self._stale = False
        self._since = 0.0
        """When the counting began, in seconds of the monotonic clock."""
        self.plan: Plan | None = None
        """The plan of the present request; None while it is counted, and where it is refused."""
        self.refusal = ""
        """Why there is no plan of the last request that was counted."""
        self.counting = False
        self.counted = 0
        """How many per cent of the present plan have been counted."""

    @property
    def counting_for(self) -> int:
        """For how many seconds the present plan has been counted."""
        return int(monotonic() - self._since)

    def outdate(self) -> bool:
        """Forget the plan, since the request has changed; return whether `make` has to be called."""
        self.plan, self._stale = None, True
        if self.counting:
            return False
        self.counting, self._since = True, monotonic()
        return True

    def _note(self, done: int, total: int) -> None:
        """Note how far the counting is; called by the thread that counts."""
        self.counted = 100 * min(done, total) // max(total, 1)

    async def make(self) -> None:
        """Make plans until there is one of the present request, or a reason why there is none."""
        try:
            while self._stale:
                self._stale, self.counted = False, 0
                planned: Plan | None = None
                refusal = ""
                try:
                    request, now = self._choices.request, self._store.db.clock()
                    planned = await self._store.query(plan, request, now, self._note)
                except ThrumsgError as reason:
                    refusal = reason.explanation
                if not self._stale:
                    self.plan, self.refusal = planned, refusal
        finally:
            self.counting = False

"""The order of senders in overview and picker, stored per campaign and person (`docs/rules.md 2.3`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from thrumsg_tui.domain.enums import SenderSort
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.tui.cursors import next_in_cycle

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
    from thrumsg_tui.store.queries.senders import Senders


@dataclass(frozen=True, slots=True)
class SenderOrder:
    """A column, and whether its order is reversed."""

    sort: SenderSort = SenderSort.SENDER
    reverse: bool = False

    def next(self) -> SenderOrder:
        """Return the order by the next column, not reversed."""
        return SenderOrder(next_in_cycle(list(SenderSort), self.sort))

    def flipped(self) -> SenderOrder:
        """Return the opposite order of the same column."""
        return SenderOrder(self.sort, not self.reverse)

    def sorted(self, rows: Senders, waiting: Mapping[AssignmentId, datetime]) -> Senders:
        """Return assignments in this order, Unassigned on top; `waiting` says since when each one's contacts wait."""
        return rows.in_order(self.sort, waiting, reverse=self.reverse)

    @classmethod
    def parse(cls, stored: str | None) -> SenderOrder:
        """Parse the result of `str()`; return the default order for anything else."""
        sort, _, direction = (stored or "").partition(" ")
        known = sort in {each.value for each in SenderSort}
        return cls(SenderSort(sort), direction == "reverse") if known else cls()

    def __str__(self) -> str:
        return f"{self.sort} reverse" if self.reverse else str(self.sort)


def preference_key(campaign_id: CampaignId) -> str:
    """Return the key of the preference that stores the order."""
    return f"sender_order:{campaign_id}"

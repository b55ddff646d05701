"""The order of senders, the same in overview and picker, remembered per campaign and person (`docs/rules.md 2.3`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from thrumsg_tui.domain.campaigns import Assignment, CampaignId
from thrumsg_tui.domain.enums import SenderSort
from thrumsg_tui.store.queries.campaigns import in_order
from thrumsg_tui.tui.cursors import next_in_cycle


@dataclass(frozen=True, slots=True)
class SenderOrder:
    """A column, and whether it was chosen again."""

    sort: SenderSort = SenderSort.SENDER
    reverse: bool = False

    def next(self) -> SenderOrder:
        """The next column, in its first direction."""
        return SenderOrder(next_in_cycle(list(SenderSort), self.sort))

    def flipped(self) -> SenderOrder:
        """The same column the other way round."""
        return SenderOrder(self.sort, not self.reverse)

    def sorted(self, rows: Iterable[Assignment]) -> list[Assignment]:
        """Put assignments into this order, Unassigned on top."""
        return in_order(rows, self.sort, reverse=self.reverse)

    @classmethod
    def parse(cls, stored: str | None) -> SenderOrder:
        """Read what `str()` wrote; anything else is the first order."""
        sort, _, direction = (stored or "").partition(" ")
        known = sort in {each.value for each in SenderSort}
        return cls(SenderSort(sort), direction == "reverse") if known else cls()

    def __str__(self) -> str:
        return f"{self.sort} reverse" if self.reverse else str(self.sort)


def preference_key(campaign_id: CampaignId) -> str:
    """Under which key the order is remembered."""
    return f"sender_order:{campaign_id}"

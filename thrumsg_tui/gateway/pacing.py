"""The pace at which messages leave, in segments a second (`docs/rules.md 10.4`). Pure: the caller gives the time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from math import inf

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.gateway.configuration import Limits
from thrumsg_tui.store.queries.outbox import Candidate

_SLACK = 0.01
"""By how many seconds a message may leave early to make up for one that left late."""


class Bucket:
    """Lets so many segments through in any second, and makes up for a short delay.

    It lets through a hundredth less than its rate. So in no second more segments start than the rate, a long message
    counted when it starts.

    Args:
        per_second: The rate.
    """

    def __init__(self, per_second: float) -> None:
        self._seconds_each = (1 + _SLACK) / per_second
        self._next = -inf
        """When the next message is due."""

    @property
    def free_at(self) -> float:
        """When the next message may leave."""
        return self._next - _SLACK

    def take(self, segments: int, now: float) -> None:
        """Let a message through."""
        self._next = max(self._next, now) + segments * self._seconds_each

    def give_back(self, segments: int) -> None:
        """Take back a message that did not leave after all."""
        self._next -= segments * self._seconds_each


@dataclass(frozen=True, slots=True)
class _Reserved:
    """The room that is kept for a message until it is claimed."""

    number: str | None
    buckets: Sequence[Bucket]
    segments: int


class Pace:
    """The pace of one gateway: of each number of ours, of each campaign, and of all together.

    Choose candidates between `begin` and `end`: `admit` reserves the room of each, and `end` keeps that of the claimed.

    Args:
        limits: The limits of the configuration.
    """

    def __init__(self, limits: Limits) -> None:
        self.refused_until = inf
        """When the first of the candidates may leave that were refused since `begin`."""
        self._limits = limits
        self._all = Bucket(limits.per_second) if limits.per_second else None
        self._rates: Mapping[str, float] = {}
        self._numbers: dict[str, Bucket] = {}
        self._campaigns: dict[CampaignId, Bucket] = {}
        self._reserved: dict[MessageId, _Reserved] = {}
        self._held: Collection[str] = ()

    def begin(self, numbers: Mapping[str, float], held: Collection[str], now: float) -> bool:
        """Begin to choose candidates; return whether any can leave now.

        Args:
            numbers: Our numbers that are ready, with their segments a second. A number that is not among them has the
                pace of the gateway alone.
            held: Those from which nothing may leave now.
            now: The present.
        """
        self._numbers = {
            number: self._numbers[number] if self._rates.get(number) == mps else Bucket(mps)
            for number, mps in numbers.items()
        }
        self._rates, self._held = dict(numbers), held
        free_at = min((inf if each in held else bucket.free_at for each, bucket in self._numbers.items()), default=now)
        free_at = max(free_at, self._all.free_at if self._all else now)
        self.refused_until = free_at if free_at > now else inf
        return free_at <= now

    def admit(self, candidate: Candidate, now: float) -> bool:
        """Reserve room for a candidate; return False if there is none now."""
        if (reserved := self._reserved.get(candidate.id)) and reserved.number == candidate.our_number:
            return True
        self._give_back(candidate.id)
        if candidate.our_number in self._held:
            return False
        buckets = list(self._buckets(candidate))
        free_at = max((each.free_at for each in buckets), default=now)
        if free_at > now:
            self.refused_until = min(self.refused_until, free_at)
            return False
        for each in buckets:
            each.take(candidate.segments, now)
        self._reserved[candidate.id] = _Reserved(candidate.our_number, buckets, candidate.segments)
        return True

    def end(self, claimed: Set[MessageId]) -> None:
        """Keep the room of the claimed messages, and give back all other."""
        for message_id in self._reserved.keys() - claimed:
            self._give_back(message_id)
        self._reserved.clear()

    def _give_back(self, message_id: MessageId) -> None:
        if reserved := self._reserved.pop(message_id, None):
            for each in reserved.buckets:
                each.give_back(reserved.segments)

    def _buckets(self, candidate: Candidate) -> Iterator[Bucket]:
        if self._all:
            yield self._all
        if self._limits.campaign_per_second:
            fresh = Bucket(self._limits.campaign_per_second)
            yield self._campaigns.setdefault(candidate.campaign_id, fresh)
        if candidate.our_number in self._numbers:
            yield self._numbers[candidate.our_number]

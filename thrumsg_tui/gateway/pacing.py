"""The pace at which messages leave, in segments a second (`docs/rules.md 10.4`). Pure: the caller gives the time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.delivery import Outgoing
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

    buckets: tuple[Bucket, ...]
    segments: int
    number: str | None
    at: float


class Pace:
    """The pace of one gateway: of each number of ours, of each campaign, and of all together.

    Choose candidates between `begin` and `end`: `admit` reserves the room of each, and `end` keeps that of the claimed.

    Args:
        limits: The limits of the configuration.
        numbers: Our numbers with their segments a second. If there are none, the gateway chooses number and pace.
    """

    def __init__(self, limits: Limits, numbers: Mapping[str, float]) -> None:
        self.refused_until = inf
        """When the first of the candidates may leave that were refused since `begin`."""
        self._limits = limits
        self._rates: Mapping[str, float] = {}
        self._all = Bucket(limits.per_second) if limits.per_second else None
        self._numbers: dict[str, Bucket] = {}
        self._campaigns: dict[CampaignId, Bucket] = {}
        self._reserved: dict[MessageId, _Reserved] = {}
        self._held: Collection[str] = ()
        self.use(numbers)

    def use(self, numbers: Mapping[str, float]) -> None:
        """Go on with other numbers or rates; what has left from a number that stays still counts."""
        self._numbers = {
            number: self._numbers[number] if self._rates.get(number) == mps else Bucket(mps)
            for number, mps in numbers.items()
        }
        self._rates = dict(numbers)

    def begin(self, held: Collection[str], now: float) -> bool:
        """Begin to choose candidates; return whether any can leave now.

        Args:
            held: Our numbers from which nothing may leave now.
            now: The present.
        """
        self.refused_until = inf
        self._held = held
        first = min((self._free_at(number) for number in self._numbers), default=now)
        first = max(first, self._all.free_at if self._all else now)
        if first > now:
            self.refused_until = first
        return first <= now

    def admit(self, candidate: Candidate, now: float) -> bool:
        """Reserve room for a candidate; return False if there is none now."""
        if candidate.id in self._reserved:
            return True
        number = candidate.our_number or self._freest()
        if number in self._held or (self._numbers and number not in self._numbers):
            return False
        buckets = [each for each in (self._all, self._campaign(candidate.campaign_id)) if each]
        if number is not None and number in self._numbers:
            buckets.append(self._numbers[number])
        free_at = max((each.free_at for each in buckets), default=now)
        if free_at > now:
            self.refused_until = min(self.refused_until, free_at)
            return False
        for each in buckets:
            each.take(candidate.segments, now)
        self._reserved[candidate.id] = _Reserved(tuple(buckets), candidate.segments, number, now)
        return True

    def end(self, claimed: Sequence[Outgoing]) -> None:
        """Keep the room of the claimed messages, from the numbers that they leave from, and give back all other."""
        for message in claimed:
            reserved = self._reserved.pop(message.id, None)
            if reserved and message.our_number not in {None, reserved.number}:
                self._move(reserved, message)
        for reserved in self._reserved.values():
            for bucket in reserved.buckets:
                bucket.give_back(reserved.segments)
        self._reserved.clear()

    def _move(self, reserved: _Reserved, message: Outgoing) -> None:
        """Count a message on the number from which it leaves, where another had been expected."""
        if reserved.number in self._numbers:
            self._numbers[reserved.number].give_back(message.segments)
        if message.our_number in self._numbers:
            self._numbers[message.our_number].take(message.segments, reserved.at)

    def _freest(self) -> str | None:
        ready = [number for number in self._numbers if number not in self._held]
        return min(ready, key=lambda number: self._numbers[number].free_at, default=None)

    def _free_at(self, number: str) -> float:
        return inf if number in self._held else self._numbers[number].free_at

    def _campaign(self, campaign_id: CampaignId) -> Bucket | None:
        if not self._limits.campaign_per_second:
            return None
        return self._campaigns.setdefault(campaign_id, Bucket(self._limits.campaign_per_second))

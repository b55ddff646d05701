"""Locks that a change holds until its transaction ends, so that what it has read is still true when it writes.

SQLite has one writer at a time, which is a lock of everything; there these cost nothing. Elsewhere a change names what
it depends on, with `Transaction.hold`, before it reads that. Everybody takes locks in one order (`rank`), so that no
two transactions wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from thrumsg_tui.domain.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.domain.conversations import ConversationId, EventId

NUMBERS = 1024
"""How many locks all phone numbers share, so that a list of a million takes no more; two numbers may have the same."""


@dataclass(frozen=True, slots=True)
class EverythingLock:
    """All that other locks protect; whoever holds one of these shares it."""


@dataclass(frozen=True, slots=True)
class EventLock:
    """A recorded change that is about to be undone."""

    id: EventId


@dataclass(frozen=True, slots=True)
class UsersLock:
    """Who there is, and in which role."""


@dataclass(frozen=True, slots=True)
class SettingsLock:
    """The organization's settings and the replies of all campaigns; what is judged by these in one campaign shares it.

    Shared, it comes with the lock of that campaign.
    """

    shared: bool = False


@dataclass(frozen=True, slots=True)
class ContactsLock:
    """Which contacts there are, and their names and fields."""


@dataclass(frozen=True, slots=True)
class OurNumbersLock:
    """Our own numbers and their states; whoever gives one to a conversation shares it."""

    shared: bool = False


@dataclass(frozen=True, slots=True)
class AllNumbersLock:
    """All phone numbers; whoever holds one shares it."""


@dataclass(frozen=True, slots=True)
class NumberLock:
    """A phone number (E.164): its opt-out, what it writes, and what leaves for it."""

    phone: str

    @property
    def place(self) -> int:
        """Its place among `NUMBERS`, the same in each process."""
        return crc32(self.phone.encode()) % NUMBERS


@dataclass(frozen=True, slots=True)
class CampaignLock:
    """A campaign: its state, hours, texts and follow-ups, and who has its conversations.

    Whoever changes some of its conversations shares it.
    """

    id: CampaignId
    shared: bool = False


@dataclass(frozen=True, slots=True)
class ConversationLock:
    """A conversation with its messages, answers and follow-ups. It shares its campaign."""

    id: ConversationId


@dataclass(frozen=True, slots=True)
class ContactLock:
    """All conversations with a phone number (E.164), in every campaign, each as by `ConversationLock`."""

    phone: str


Lock: TypeAlias = (
    EverythingLock
    | EventLock
    | UsersLock
    | SettingsLock
    | ContactsLock
    | OurNumbersLock
    | AllNumbersLock
    | NumberLock
    | CampaignLock
    | ConversationLock
    | ContactLock
)


def number_locks(*phones: str) -> Sequence[Lock]:
    """Return the locks of numbers (E.164) and of all conversations with them."""
    return [lock for phone in phones for lock in (NumberLock(phone), ContactLock(phone))]


def content_locks(campaign_id: CampaignId | None) -> Sequence[Lock]:
    """Return the locks of the texts of a campaign, or of those of all campaigns: they are judged by the settings."""
    return [SettingsLock()] if campaign_id is None else [SettingsLock(shared=True), CampaignLock(campaign_id)]


_KINDS: tuple[tuple[type[Lock], ...], ...] = (
    (EverythingLock,),
    (EventLock,),
    (UsersLock,),
    (SettingsLock,),
    (ContactsLock,),
    (OurNumbersLock,),
    (AllNumbersLock,),
    (NumberLock,),
    (CampaignLock,),
    (ConversationLock, ContactLock),  # an engine sorts the conversations of one call by id
)
_RANKS = {kind: place for place, kinds in enumerate(_KINDS) for kind in kinds}


def rank(lock: Lock) -> tuple[int, int]:
    """Return the place of a lock in the order in which they are taken."""
    match lock:
        case EventLock() | CampaignLock() | ConversationLock():
            key: int = lock.id
        case NumberLock():
            key = lock.place
        case _:
            key = 0
    return _RANKS[type(lock)], key


def in_order(locks: Iterable[Lock]) -> list[Lock]:
    """Sort locks by the order in which they are taken, each once; what is held alone comes before the same shared."""
    return sorted(dict.fromkeys(locks), key=lambda lock: (*rank(lock), getattr(lock, "shared", False)))

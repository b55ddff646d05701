"""Hold the locks of `thrumsg_tui.store.locks`: advisory ones, and the rows of conversations.

All end with their transaction, so that they need no session, which a pooler would lose. They go to the server in one
message with what is asked next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from thrumsg_tui.store.engines.postgres.connection import ServerConnection
from thrumsg_tui.store.locks import (
    AllNumbersLock,
    CampaignLock,
    ContactLock,
    ContactsLock,
    ConversationLock,
    EventLock,
    EverythingLock,
    Lock,
    NumberLock,
    OurNumbersLock,
    SettingsLock,
    UsersLock,
    in_order,
)

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId

_CLASSES: dict[type[Lock], int] = {
    EverythingLock: 1,
    UsersLock: 2,
    SettingsLock: 3,
    ContactsLock: 4,
    OurNumbersLock: 5,
    AllNumbersLock: 6,
    CampaignLock: 7,
    NumberLock: 8,
}
"""The class of each advisory lock; other modules of this package have 9 and 10."""

_FIRST_KEY = "hashtext(current_schema()) # {}"
"""The first key of a lock, from its class: organizations in schemas of one database have locks of their own."""

_KEYS = 1 << 31
"""How many second keys there are."""

_AT_ONCE = 500
"""How many locks one SELECT takes; it may have 1,664 columns."""


class _Advisory(NamedTuple):
    kind: int
    key: int = 0
    shared: bool = False

    @property
    def taking(self) -> str:
        """The call that takes it; its parameter is the key."""
        return f"pg_advisory_xact_lock{'_shared' if self.shared else ''}({_FIRST_KEY.format(self.kind)}, ?::integer)"


def hold(conn: ServerConnection, locks: Sequence[Lock]) -> None:
    """Have locks held in the open transaction, before what is asked later.

    What that reads is new: READ COMMITTED looks at the rows once for each statement, those of one message too.
    """
    ordered = in_order(locks)
    if not ordered:
        return
    events = [lock.id for lock in ordered if isinstance(lock, EventLock)]
    advisory = [_everything(ordered), *(each for lock in ordered for each in _advisory(lock))]
    if events:  # the rest comes after them
        _take(conn, advisory[:1])
        conn.execute("SELECT id FROM event WHERE id = ANY(?::bigint[]) ORDER BY id FOR NO KEY UPDATE", (events,))
    _take(conn, advisory[1:] if events else advisory)
    ids = [lock.id for lock in ordered if isinstance(lock, ConversationLock)]
    phones = [lock.phone for lock in ordered if isinstance(lock, ContactLock)]
    wanted, wanted_values = _wanted(ids, phones)
    if wanted:
        conn.execute(_CAMPAIGNS.format(wanted), wanted_values)
        conn.execute(_ROWS.format(wanted), wanted_values)
    conn.asks_locks = True


def share_free(conn: ServerConnection, campaigns: Collection[CampaignId]) -> Set[CampaignId]:
    """Share campaigns, in the open transaction, that nobody holds alone; return those that are shared."""
    found = conn.send(_SHARE_FREE.encode(), [list(campaigns)])
    return {id for (id,) in found}


_SHARE_FREE = f"""
    SELECT id FROM unnest(%s::bigint[]) AS id
    WHERE pg_try_advisory_xact_lock_shared({_FIRST_KEY.format(_CLASSES[CampaignLock])}, (id %% {_KEYS})::integer)
"""

_WITH_ID, _WITH_IDS = "id = ?", "id = ANY(?::bigint[])"
_WITH_PHONE = "contact_id = (SELECT contact.id FROM contact WHERE contact.phone = ?)"
_WITH_PHONES = "contact_id = ANY(ARRAY(SELECT contact.id FROM contact WHERE contact.phone = ANY(?::text[])))"
"""On `conversation`: which are to be locked. With IN in place of ANY, both together would read the whole table.

A statement with a list is planned anew each time, also if it was prepared, since the plan depends on how long the list
is. That takes the server three times as long as the locks themselves, so one conversation or number is no list.
"""

_CAMPAIGNS = f"""
    SELECT pg_advisory_xact_lock_shared({_FIRST_KEY.format(_CLASSES[CampaignLock])}, (campaign_id % {_KEYS})::integer)
    FROM (SELECT DISTINCT campaign_id FROM conversation WHERE {{}} ORDER BY campaign_id) AS campaigns
"""
"""Share the campaigns of conversations."""

_ROWS = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM conversation WHERE {} ORDER BY id FOR NO KEY UPDATE OF conversation) AS held"
)
"""Lock the rows of conversations.

The rows of messages, answers and follow-ups that others insert meanwhile refer to the locked ones, and do not wait.
"""


def _wanted(ids: Sequence[int], phones: Sequence[str]) -> tuple[str, list[Any]]:
    """Return the condition for the conversations with ids or numbers, and its values; an empty one for none.

    One for both would take the server half a millisecond to plan, five times as long as one by id.
    """
    wanted = list[tuple[str, Any]]()
    for keys, one, many in ((ids, _WITH_ID, _WITH_IDS), (phones, _WITH_PHONE, _WITH_PHONES)):
        if keys:
            wanted.append((one, keys[0]) if len(keys) == 1 else (many, list(keys)))
    return " OR ".join(condition for condition, _ in wanted), [value for _, value in wanted]


def _take(conn: ServerConnection, locks: Iterable[_Advisory]) -> None:
    """Have advisory locks taken in order, each once."""
    left = iter(dict.fromkeys(locks))
    while some := list(islice(left, _AT_ONCE)):
        conn.execute(f"SELECT {', '.join(each.taking for each in some)}", [each.key for each in some])


def _everything(ordered: Sequence[Lock]) -> _Advisory:
    """Return the lock that comes before all others: whoever holds another one shares it."""
    return _Advisory(_CLASSES[EverythingLock], shared=EverythingLock() not in ordered)


def _advisory(lock: Lock) -> Iterator[_Advisory]:
    """Yield the advisory locks that stand for a lock, but for that of everything."""
    match lock:
        case UsersLock() | ContactsLock() | AllNumbersLock():
            yield _Advisory(_CLASSES[type(lock)])
        case SettingsLock() | OurNumbersLock():
            yield _Advisory(_CLASSES[type(lock)], shared=lock.shared)
        case NumberLock():
            yield _Advisory(_CLASSES[AllNumbersLock], shared=True)
            yield _Advisory(_CLASSES[NumberLock], lock.place)
        case CampaignLock():
            yield _Advisory(_CLASSES[CampaignLock], lock.id % _KEYS, lock.shared)
        case EverythingLock() | EventLock() | ConversationLock() | ContactLock():
            pass

"""Our own numbers: add, stop and withdraw them, and limit campaigns to some."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.organization_facts import (
    CampaignNumbersChanged,
    NumberAdded,
    NumberStateChanged,
)
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState, OurNumber, require_number
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.redaction import Ours
from thrumsg_tui.domain.storable_text import require_storable, storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.require_not_archived import require_not_archived
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import CampaignLock, OurNumbersLock
from thrumsg_tui.store.phones import normalize
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.gateway_numbers import (
    NOTHING_LEFT,
    campaign_numbers,
    find_our_number,
    our_number,
    our_numbers,
)

FASTEST = 1000.0
"""The most segments a second that a number can have."""


class Configured(Protocol):
    """A number as the configuration of the gateway names it."""

    @property
    def number(self) -> str:
        """The number."""

    @property
    def kind(self) -> str:
        """Its kind, a value of `NumberKind`."""

    @property
    def mps(self) -> float:
        """Segments a second."""


def read_number(text: str, kind: NumberKind) -> str:
    """Return a number as it is stored; raise `Refused` if it cannot be one of its kind."""
    try:
        if kind in {NumberKind.LONG, NumberKind.TOLL_FREE}:
            return normalize(text).e164
        return require_number(text, kind)
    except ValueError as error:
        raise Refused(str(error), Nothing.CHANGED) from error


@change
def enter_numbers(db: Database, gateway: str, configured: Iterable[Configured]) -> None:
    """Store the numbers of the configuration, with their kind and pace as they are there. Not journalled.

    A number that was stopped or withdrawn stays so.
    """
    wanted = [(each.number, gateway, each.kind, each.mps) for each in configured]
    with db.reading() as conn:
        stored = {(each.number, each.gateway, str(each.kind), each.mps) for each in our_numbers(conn)}
    if stored.issuperset(wanted):
        return
    with db.writing() as tx:
        tx.hold(OurNumbersLock())
        for number, name, kind, mps in wanted:
            _store(tx, number, name, NumberKind(kind), mps)


@change
def add_number(db: Database, who: Identity, gateway: str, text: str, kind: NumberKind, mps: float) -> OurNumber:
    """Add one of our numbers, or change its kind and pace.

    Raises:
        Refused: If it cannot be a number of its kind, or for a pace that is not between 0 and `FASTEST`.
    """
    who.require(Permission.CHANGE_NUMBERS)
    number = read_number(text, kind)
    if not 0 < mps <= FASTEST:
        raise Refused(f"A pace is over 0 and at most {FASTEST:g} segments a second.", Nothing.CHANGED)
    with db.writing() as tx:
        tx.hold(OurNumbersLock())
        before = our_number(tx.conn, number)
        if before and (before.gateway, before.kind, before.mps) == (gateway, kind, mps):
            return before
        after = _store(tx, number, gateway, kind, mps)
        record(tx, who, EventKind.CHANGE_NUMBER, NumberAdded(Ours(number), kind, mps))
        return after


def _store(tx: Transaction, number: str, gateway: str, kind: NumberKind, mps: float) -> OurNumber:
    tx.conn.execute(
        """
        INSERT INTO gateway_number (number, gateway, kind, mps, changed_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (number) DO UPDATE SET gateway = excluded.gateway, kind = excluded.kind, mps = excluded.mps
        """,
        (number, gateway, kind, mps, tx.now_ms),
    )
    return find_our_number(tx.conn, number)


@change
def stop_number(db: Database, number: str, reason: str) -> None:
    """Stop a number that is ready, since the carrier takes nothing from it. Not journalled: nobody does it."""
    with db.writing() as tx:
        tx.hold(OurNumbersLock())
        stored = our_number(tx.conn, number)
        if stored and stored.is_ready:
            _set_state(tx, stored, NumberState.STOPPED, storable(reason))


@change
def change_number_state(db: Database, who: Identity, text: str, to: NumberState, why: str = "") -> OurNumber:
    """Stop or withdraw one of our numbers, or make it ready again.

    Conversations in which nothing has left yet, and whose contact has not written, take another number. The others
    keep it: their messages wait until it is ready again, or until they are given another one (`docs/rules.md 10.8`).

    Raises:
        Refused: If it is in that state already.
    """
    who.require(Permission.CHANGE_NUMBERS)
    require_storable(why)
    with db.writing() as tx:
        tx.hold(OurNumbersLock())
        before = find_our_number(tx.conn, text)
        if before.state is to:
            raise Refused(f"{before.number} is {to} already.", Nothing.CHANGED)
        _set_state(tx, before, to, why.strip())
        facts = NumberStateChanged(Ours(before.number), to, before.state, why.strip())
        record(tx, who, EventKind.CHANGE_NUMBER, facts)
        return find_our_number(tx.conn, before.number)


def _set_state(tx: Transaction, number: OurNumber, to: NumberState, reason: str) -> None:
    tx.conn.execute(
        "UPDATE gateway_number SET state = ?, reason = ?, changed_at = ? WHERE number = ?",
        (to, "" if to is NumberState.READY else reason, tx.now_ms, number.number),
    )
    tx.conn.execute(  # what was put off because of the number need not wait any longer
        """
        UPDATE message SET next_try_at = NULL
        WHERE state = 'queued' AND next_try_at IS NOT NULL
          AND conversation_id IN (SELECT id FROM conversation WHERE our_number = ?)
        """,
        (number.number,),
    )
    if to is not NumberState.READY:
        tx.conn.execute(
            f"UPDATE conversation SET our_number = NULL WHERE our_number = ? AND {NOTHING_LEFT}", (number.number,)
        )


@change
def set_campaign_numbers(db: Database, who: Identity, name: str, texts: Sequence[str]) -> list[OurNumber]:
    """Limit a campaign to some of our numbers; without any it uses all that are ready.

    Conversations that keep another number go on keeping it.

    Raises:
        Refused: If the campaign is archived, or for a number that was withdrawn.
    """
    who.require(Permission.RUN_CAMPAIGN)
    with db.writing() as tx:
        campaign_id = find_campaign(tx.conn, name).id
        tx.hold(OurNumbersLock(), CampaignLock(campaign_id))
        campaign = require_not_archived(tx, campaign_id)
        numbers = {each.number: each for each in (find_our_number(tx.conn, text) for text in texts)}
        for each in numbers.values():
            if each.state is NumberState.WITHDRAWN:
                raise Refused(f"{each.number} was withdrawn; it can text nobody.", Nothing.CHANGED)
        if numbers.keys() == {each.number for each in campaign_numbers(tx.conn, campaign.id)}:
            return list(numbers.values())
        tx.conn.execute("DELETE FROM campaign_number WHERE campaign_id = ?", (campaign.id,))
        tx.conn.executemany(
            "INSERT INTO campaign_number (campaign_id, number) VALUES (?, ?)",
            ((campaign.id, number) for number in sorted(numbers)),
        )
        facts = CampaignNumbersChanged(campaign.name, tuple(Ours(number) for number in sorted(numbers)))
        record(tx, who, EventKind.CHANGE_NUMBER, facts, campaign_id=campaign.id)
        return campaign_numbers(tx.conn, campaign.id)

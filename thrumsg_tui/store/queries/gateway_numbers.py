"""Our own numbers: which there are, which a campaign uses, and which texts a contact (`docs/rules.md 10.8`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState, OurNumber, preferred_numbers
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.phones import normalize
from thrumsg_tui.store.times import from_ms

_NUMBER = "SELECT number, gateway, kind, mps, state, reason, changed_at, conversations FROM gateway_number"

NOTHING_LEFT = """
    conversation.replied = 0
    AND NOT EXISTS (SELECT 1 FROM message WHERE message.conversation_id = conversation.id
                    AND message.state IN ('sending', 'sent', 'delivered', 'failed', 'in_doubt'))
"""
"""On `conversation`: whether its contact knows no number of ours, so that it may take another one."""


def our_numbers(conn: Connection, gateway: str | None = None) -> list[OurNumber]:
    """Return our numbers, of one gateway or of all, those that were withdrawn included."""
    rows = conn.execute(f"{_NUMBER} ORDER BY number").fetchall()
    return [_number_of(row) for row in rows if gateway is None or row["gateway"] == gateway]


def our_number(conn: Connection, number: str) -> OurNumber | None:
    """Return one of our numbers, as it is stored; None if it is not known."""
    row = conn.execute(f"{_NUMBER} WHERE number = ?", (number,)).fetchone()
    return None if row is None else _number_of(row)


def find_our_number(conn: Connection, text: str) -> OurNumber:
    """Return one of our numbers by any spelling; `NotFound` if it is not known."""
    given = text.strip()
    spellings = [given]
    with suppress(ValueError):  # a short code, a name, or nothing that we have
        spellings.append(normalize(given).e164)
    for spelling in spellings:
        if found := our_number(conn, spelling):
            return found
    raise NotFound(f"{given!r} is none of our numbers: `thrumsg gateway numbers list` shows them.")


def campaign_numbers(conn: Connection, campaign_id: CampaignId) -> list[OurNumber]:
    """Return the numbers that a campaign is limited to; none if it uses all."""
    rows = conn.execute(
        f"""
        {_NUMBER} WHERE number IN (SELECT number FROM campaign_number WHERE campaign_id = ?) ORDER BY number
        """,
        (campaign_id,),
    )
    return [_number_of(row) for row in rows]


def campaigns_without_number(conn: Connection) -> list[str]:
    """Return the campaigns that are limited to numbers none of which is ready: none of their conversations begins."""
    rows = conn.execute(
        """
        SELECT name FROM campaign
        WHERE state <> 'archived'
          AND EXISTS (SELECT 1 FROM campaign_number WHERE campaign_number.campaign_id = campaign.id)
          AND NOT EXISTS (SELECT 1 FROM campaign_number
                          JOIN gateway_number ON gateway_number.number = campaign_number.number
                          WHERE campaign_number.campaign_id = campaign.id AND gateway_number.state = 'ready')
        ORDER BY name
        """
    )
    return [row["name"] for row in rows]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a conversation whose number is not ready could get."""

    was: OurNumber
    number: str | None
    """The best number for it; None if none is ready."""


def replacement(conn: Connection, conversation_id: ConversationId) -> Replacement | None:
    """Return what a conversation could get in place of its number; None if that is ready, or unknown."""
    row = conn.execute(
        """
        SELECT conversation.our_number, conversation.campaign_id, contact.phone
        FROM conversation JOIN contact ON contact.id = conversation.contact_id
        WHERE conversation.id = ?
        """,
        (conversation_id,),
    ).fetchone()
    was = our_number(conn, row["our_number"]) if row and row["our_number"] is not None else None
    if was is None or was.is_ready:
        return None
    best = next(NumberPool(conn, was.gateway).preferred(CampaignId(row["campaign_id"]), row["phone"]), None)
    return Replacement(was, best)


def waiting_from(conn: Connection, number: str) -> int:
    """Return how many messages wait to leave from a number, since their conversations keep it."""
    row = conn.execute(
        """
        SELECT COUNT(*) FROM conversation JOIN message ON message.conversation_id = conversation.id
        WHERE conversation.our_number = ? AND message.state IN ('queued', 'unsent')
        """,
        (number,),
    ).fetchone()
    return int(row[0])


class NumberPool:
    """The numbers from which messages of a gateway may leave, at one moment.

    A campaign that is limited to some numbers takes only these; any other takes all. A number counts a conversation
    as soon as it was given to it, so that several choices at the same moment are spread as well.

    Args:
        conn: The connection.
        gateway: The name of the gateway.
    """

    def __init__(self, conn: Connection, gateway: str) -> None:
        own = [each for each in our_numbers(conn, gateway) if each.kind is not NumberKind.SERVICE]
        self._conversations = {each.number: each.conversations for each in own if each.is_ready}
        self._chooses_itself = not own
        self._limits: dict[CampaignId, set[str]] = {}
        for row in conn.execute("SELECT campaign_id, number FROM campaign_number"):
            self._limits.setdefault(CampaignId(row["campaign_id"]), set()).add(row["number"])

    @property
    def is_dry(self) -> bool:
        """Whether nothing can leave, since we have numbers and none of them is ready."""
        return not self._conversations and not self._chooses_itself

    def preferred(self, campaign_id: CampaignId, phone: str) -> Iterator[str | None]:
        """Yield the numbers that could text a contact for the first time, the best first.

        Yields None alone if we have no numbers, so that the gateway chooses.
        """
        if self._chooses_itself:
            yield None
            return
        allowed = self._limits.get(campaign_id)
        yield from preferred_numbers(
            {number: count for number, count in self._conversations.items() if allowed is None or number in allowed},
            phone,
        )

    def give(self, number: str | None) -> None:
        """Count a conversation that was given a number."""
        if number in self._conversations:
            self._conversations[number] += 1


def _number_of(row: Row) -> OurNumber:
    return OurNumber(
        row["number"],
        row["gateway"],
        NumberKind(row["kind"]),
        row["mps"],
        NumberState(row["state"]),
        row["reason"],
        from_ms(row["changed_at"]),
        row["conversations"],
    )

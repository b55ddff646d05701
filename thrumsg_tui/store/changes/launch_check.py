"""Whether a campaign may be launched, by its compliance list, and who opens a point of it (`docs/rules.md 10.10`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Sequence
from contextlib import contextmanager
from shlex import quote

from thrumsg_tui.domain.campaign_facts import PointsConfirmed
from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.compliance import Level, Point, of_level
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.opened_points import Opened, confirmed_codes, opened
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import content_locks
from thrumsg_tui.store.queries.campaigns import campaigns, find_campaign, get_campaign
from thrumsg_tui.store.queries.compliance import compliance_points, setup_facts
from thrumsg_tui.store.queries.confirmations import confirmations, judged_events


def codes_to_confirm(points: Sequence[Point]) -> tuple[str, ...]:
    """Return the codes of the points that an owner must confirm."""
    return tuple(dict.fromkeys(point.code for point in of_level(points, Level.CONFIRM)))


def launched(conn: Connection, campaign_id: CampaignId | None = None) -> list[Campaign]:
    """Return a campaign if it was launched and is not archived; without one, all such campaigns."""
    found = campaigns(conn) if campaign_id is None else [get_campaign(conn, campaign_id)]
    return [each for each in found if each.state in {CampaignState.ACTIVE, CampaignState.PAUSED}]


def _not_told(_sentence: str) -> None:
    """Tell nobody."""


@contextmanager
def judged(
    tx: Transaction,
    who: Identity,
    campaign_id: CampaignId | None,
    confirmed: Container[str],
    tell: Callable[[str], object] = _not_told,
    *,
    dry_run: bool = False,
) -> Iterator[None]:
    """Make a change to texts, and judge at its end what it opens in launched campaigns.

    Args:
        tx: The transaction, which is rolled back if that is refused.
        who: The person.
        campaign_id: The campaign whose texts are changed; None if those of all campaigns may be.
        confirmed: The codes of the points that the person has confirmed.
        tell: Is told what is confirmed.
        dry_run: Whether the change is only tried: then `tell` is told what would be refused.

    Raises:
        Refused: If a point refuses a launch.
        Unconfirmed: If a point is not confirmed by an owner.
    """
    concerned = launched(tx.conn, campaign_id)
    before = [setup_facts(tx.conn, who, each) for each in concerned]
    yield
    after = [setup_facts(tx.conn, who, each) for each in concerned]
    found = [
        Opened(each.name, opened(had, has, tx.now)) for each, had, has in zip(concerned, before, after, strict=True)
    ]
    record_confirmed(tx, who, concerned, found, confirmed, tell, dry_run=dry_run)


def record_confirmed(
    tx: Transaction,
    who: Identity,
    concerned: Sequence[Campaign],
    found: Sequence[Opened],
    confirmed: Container[str],
    tell: Callable[[str], object] = _not_told,
    *,
    dry_run: bool = False,
    may_leave_open: bool = False,
) -> None:
    """Store what an owner confirms by a change, in the journal of each campaign; refuse what nobody confirms.

    `tell` and `dry_run` are those of `judged`. A change that `may_leave_open` points is refused to nobody: `tell` is
    told what is left to an owner, and `compliance` lists it until one confirms it.
    """
    if may_leave_open and not who.may(Permission.CONFIRM_COMPLIANCE):
        for each in found:
            how = f"`thrumsg campaign launch {quote(each.campaign)} --confirm`"
            for point in each.points:
                tell(f"For an owner to confirm, with {how}: {point.sentence}")
        return
    try:
        codes = confirmed_codes(who, found, confirmed)
    except Refused as refusal:
        if not dry_run:
            raise
        tell(refusal.explanation)
        return
    for sentence in dict.fromkeys(point.sentence for each in found for point in each.points):
        tell(f"Confirmed: {sentence}")
    for campaign in concerned:
        if campaign.name in codes:
            facts = PointsConfirmed(campaign.name, codes[campaign.name])
            record(tx, who, EventKind.CHANGE_CAMPAIGN, facts, campaign_id=campaign.id)


@change
def confirm_open_points(db: Database, who: Identity, name: str | CampaignId) -> tuple[Point, ...]:
    """Confirm what `compliance` lists for a launched campaign and nobody has confirmed; return those points.

    Raises:
        NotPermitted: The person is no owner.
        Refused: The campaign is archived, or a draft.
    """
    who.require(Permission.CONFIRM_COMPLIANCE)
    with db.reading() as conn:
        campaign = find_campaign(conn, name)
        if not launched(conn, campaign.id):
            raise Refused(f"{campaign.name!r} is {campaign.state.said}: nothing is confirmed for it.", Nothing.CHANGED)
        points = of_level(compliance_points(conn, who, campaign, db.clock(), db.path), Level.CONFIRM)
        confirmed = confirmations(conn, campaign.id)
    left = tuple(point for point in points if point.code not in confirmed)
    if left:
        with db.writing() as tx:
            tx.hold(*content_locks(campaign.id))
            codes = tuple(dict.fromkeys(point.code for point in left))
            facts = PointsConfirmed(campaign.name, codes)
            record(tx, who, EventKind.CHANGE_CAMPAIGN, facts, campaign_id=campaign.id)
    return left


def points_of_launch(
    db: Database, who: Identity, name: str | CampaignId, to: CampaignState
) -> tuple[Campaign | None, tuple[Point, ...], frozenset[EventId]]:
    """Return a draft that is to be launched, its compliance list, and the events that the list knows of.

    Read before the transaction: it takes time.
    """
    with db.reading() as conn:
        campaign, known = find_campaign(conn, name), judged_events(conn)
        if to is not CampaignState.ACTIVE or campaign.state is not CampaignState.DRAFT:
            return None, (), known
        return campaign, compliance_points(conn, who, campaign, db.clock(), db.path), known


def accepted_points(
    who: Identity, campaign: Campaign, points: Sequence[Point], confirmed: Collection[str]
) -> tuple[str, ...]:
    """Return the confirmed points of a launch; refuse one that may not be, or whose points are not all confirmed."""
    look = f"`thrumsg compliance {quote(campaign.name)}` shows what to do."
    if refused := of_level(points, Level.REFUSE):
        reasons = " ".join(point.sentence for point in refused)
        raise Refused(f"{campaign.name!r} cannot be launched: {reasons}", Nothing.CHANGED, advice=look)
    to_confirm = of_level(points, Level.CONFIRM)
    if missing := [point for point in to_confirm if point.code not in confirmed]:
        reasons = " ".join(point.sentence for point in missing)
        owner = needed_role(Permission.CONFIRM_COMPLIANCE)
        how = f"{look} `thrumsg campaign launch {quote(campaign.name)} --confirm` confirms it all."
        raise Refused(
            f"{campaign.name!r} is not launched before {owner} confirms: {reasons}", Nothing.CHANGED, advice=how
        )
    if to_confirm:
        who.require(Permission.CONFIRM_COMPLIANCE)
    return codes_to_confirm(points)

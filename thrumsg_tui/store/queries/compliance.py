"""The facts from which a campaign's compliance list is made (`docs/rules.md 10.10`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from thrumsg_tui.domain.campaigns import Campaign, CampaignId, Setup
from thrumsg_tui.domain.compliance import Contacts, Facts, Level, Point, compliance, of_level
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.opened_points import opened
from thrumsg_tui.domain.state_hours import StateHours, read_state_hours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.contact_counts import (
    Arrival,
    counted_arrivals,
    counted_contacts,
    counted_newest,
)
from thrumsg_tui.store.queries.field_codes import field_codes
from thrumsg_tui.store.queries.gateway_numbers import campaign_numbers, our_numbers
from thrumsg_tui.store.queries.script_preview import script_preview
from thrumsg_tui.store.queries.settings import settings

_OWN_TABLE = ".state_hours.csv"
_LARGEST_TABLE = 1 << 20


def compliance_points(
    conn: Connection, who: Identity, campaign: Campaign, now: datetime, database: Path
) -> tuple[Point, ...]:
    """Return what is to be said about a campaign before it is launched; 6 to 25 µs for each of its contacts.

    Args:
        conn: A connection.
        who: The person who asks; stands in for a sender.
        campaign: The campaign.
        now: The present.
        database: The path of the database: a table of state hours beside it replaces ours.
    """
    return compliance(_facts(conn, who, campaign, state_hours(database), counted_contacts(conn, campaign)), now)


def setup_points(
    conn: Connection, who: Identity, setup: Setup, campaign_id: CampaignId | None, now: datetime
) -> tuple[Point, ...]:
    """Return what is to be said about a setup, whoever the contacts are; quick, whatever their number.

    Args:
        conn: A connection.
        who: The person who enters it.
        setup: The setup.
        campaign_id: The campaign that has or gets it; None for a new one.
        now: The present.
    """
    return compliance(_facts(conn, who, _as_campaign(who, setup, campaign_id, now), (), Contacts()), now)


def setup_facts(conn: Connection, who: Identity, campaign: Campaign) -> Facts:
    """Return what is known of a campaign without a look at each contact; quick, whatever their number."""
    some = conn.execute("SELECT 1 FROM conversation WHERE campaign_id = ? LIMIT 1", (campaign.id,)).fetchone()
    return _facts(conn, who, campaign, (), Contacts(total=1 if some else 0))


def points_by_edit(
    conn: Connection, who: Identity, before: Campaign, setup: Setup, now: datetime, database: Path
) -> tuple[Point, ...]:
    """Return what refuses a launch, or an owner must confirm, that a launched campaign gets by another setup.

    Reads every contact if the hours are others, 6 to 25 µs each; else it is quick.

    Args:
        conn: A connection.
        who: The person who edits.
        before: The campaign.
        setup: Its setup after the edit.
        now: The present.
        database: The path of the database, as for `compliance_points`.
    """
    if before.state is CampaignState.DRAFT or setup == before.setup:
        return ()
    after = replace(_as_campaign(who, setup, before.id, now), state=before.state)
    if any(getattr(setup, part) != getattr(before.setup, part) for part in ("hours", "hours_in", "quiet_hours")):
        contacts, table = counted_contacts(conn, replace(after, quiet_hours=True)), state_hours(database)
        had, has = (_facts(conn, who, each, table, contacts) for each in (before, after))
    else:
        had, has = (setup_facts(conn, who, each) for each in (before, after))
    return opened(had, has, now)


def points_by_arrivals(
    conn: Connection, who: Identity, campaign: Campaign, arrivals: Iterable[Arrival], now: datetime, database: Path
) -> tuple[Point, ...]:
    """Return what an owner must confirm that a launched campaign gets by contacts who come to it, or move.

    It reads none of the contacts that are there if no arrival is such that somebody must confirm something, and all of
    them, 4 to 15 µs each, if an arrival is the first such; else as many as show that others are.
    What refuses is left to each message, which is refused then, and to another import, which may mend it.

    Args:
        conn: A connection.
        who: The person who imports.
        campaign: The campaign, launched.
        arrivals: The contacts, without those who are opted out.
        now: The present.
        database: The path of the database, as for `compliance_points`.
    """
    has = _facts(conn, who, campaign, state_hours(database), counted_arrivals(arrivals))
    for had in chain([Contacts(total=1)], counted_newest(conn, campaign)):  # more of them never take a point away
        if not (points := of_level(opened(replace(has, contacts=had), has, now), Level.CONFIRM)):
            break
    return points


def _as_campaign(who: Identity, setup: Setup, campaign_id: CampaignId | None, now: datetime) -> Campaign:
    return Campaign(
        id=campaign_id or CampaignId(0),
        name=setup.name,
        description=setup.description,
        initial_script=setup.initial_script,
        state=CampaignState.DRAFT,
        hours=setup.hours,
        hours_in=setup.hours_in,
        window=setup.window,
        quicksend=setup.quicksend,
        created_by=who.user.name,
        created_at=now,
        launched_at=None,
        quiet_hours=setup.quiet_hours,
    )


def state_hours(database: Path) -> tuple[StateHours, ...]:
    """Read the table of state hours: that beside the database, `NAME.state_hours.csv`, else the one that is shipped."""
    package = Path(__file__).parent.parent.parent
    own = database.with_name(database.stem + _OWN_TABLE)
    inside, beside = package / "data" / "state_hours.csv", package.parent / "data" / "state_hours.csv"
    path = next(each for each in (own, inside, beside) if each == beside or each.exists())
    try:
        with path.open(encoding="utf-8-sig") as file:
            return read_state_hours(file.read(_LARGEST_TABLE))
    except (OSError, ValueError) as reason:
        raise Refused(f"{path.name}: {getattr(reason, 'strerror', None) or reason}") from reason


def _facts(
    conn: Connection, who: Identity, campaign: Campaign, table: tuple[StateHours, ...], contacts: Contacts
) -> Facts:
    script = campaign.initial_script
    usual = settings(conn)
    numbers = campaign_numbers(conn, campaign.id) or our_numbers(conn)
    ready = [number.mps for number in numbers if number.is_ready]
    return Facts(
        campaign=campaign,
        organization=usual.organization,
        field_codes=field_codes(conn, campaign.id),
        example=script_preview(conn, who, script, campaign.id, initial=True).rendered.text,
        texts={"The initial": script} | _other_texts(conn, campaign),
        contacts=contacts,
        state_hours=table,
        pace=sum(ready) if ready else None,
        is_practice=usual.practice_seed is not None,
    )


def _other_texts(conn: Connection, campaign: Campaign) -> dict[str, str]:
    replies = conn.execute(
        "SELECT title, body FROM recommended_reply WHERE campaign_id = ? OR campaign_id IS NULL ORDER BY id",
        (campaign.id,),
    )
    texts = {f"The reply {row['title']!r}": row["body"] for row in replies}
    later = conn.execute(
        "SELECT title, text FROM follow_up WHERE campaign_id = ? AND active = 1 ORDER BY id", (campaign.id,)
    )
    return texts | {f"The follow-up {row['title']!r}": row["text"] for row in later}

"""The compliance list of stored campaigns, and what it allows (docs/rules.md 10.10)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import journal, known_as, sentence_of
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.compliance import Level
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign, edit_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.compliance import compliance_points, state_hours
from thrumsg_tui.store.queries.history import history

HOURS = DailyHours("America/New_York", 9 * 60, 21 * 60)
FIT = Setup("Fit", "Hi, this is Harbor. Reply STOP to end.", hours=HOURS, quiet_hours=True)
LOOSE = Setup("Loose", "Hi", hours=HOURS)


@pytest.fixture(autouse=True)
def harbor(db: Database, owner: Identity) -> None:
    change_setting(db, owner, "organization", "Harbor")


@pytest.fixture
def admin(db: Database, owner: Identity) -> Identity:
    add_user(db, owner, "adam", "Adam", "Ng", role=Role.ADMIN)
    return known_as(db, "adam")


def codes(db: Database, owner: Identity, campaign: Campaign) -> dict[str, Level]:
    with db.reading() as conn:
        points = compliance_points(conn, owner, get_campaign(conn, campaign.id), db.clock(), db.path)
    return {point.code: point.level for point in points}


def test_the_contacts_are_counted_by_what_is_known_of_them(db: Database, owner: Identity, tmp_path: Path) -> None:
    campaign = create_campaign(db, owner, replace(FIT, initial_script="%place%: " + FIT.initial_script), draft=True)
    path = tmp_path / "people.csv"
    rows = ["A,+12145550100,,Hall", "B,+12125550100,fl,Hall", "C,+18005550100,,", "D,+442079460000,WA,Hall"]
    path.write_text("\n".join(["first name,phone,state,place", *rows, "E,+13055550100,,Hall"]))
    import_contacts(db, owner, path, "Fit")
    opt_out_number(db, owner, "+13055550100")
    assert codes(db, owner, campaign) == {
        "state-hours-FL": Level.CONFIRM,
        "state-hours-TX": Level.CONFIRM,
        "landlines": Level.CONFIRM,
        "abroad": Level.CONFIRM,
        "no-zone": Level.REPORT,
        "empty-place": Level.REPORT,
        "no-numbers": Level.REPORT,
    }


def test_an_organizations_own_table_of_state_hours_counts(db: Database, owner: Identity, tmp_path: Path) -> None:
    own = db.path.with_name(f"{db.path.stem}.state_hours.csv")
    own.write_text("state,days,opens,closes,source\nNY,Mon-Sun,10:00,18:00,our lawyer\n")
    assert [row.words for row in state_hours(db.path)] == ["NY Mon-Sun 10:00–18:00"]
    own.write_text("state,days,opens,closes,source\nNY,Mon-Sun,18:00,10:00,our lawyer\n")
    with pytest.raises(Refused, match="Line 2 of the table of state hours"):
        state_hours(db.path)


def test_an_admin_launches_a_campaign_with_nothing_to_confirm(db: Database, owner: Identity, admin: Identity) -> None:
    assert create_campaign(db, admin, FIT).state is CampaignState.ACTIVE
    draft = create_campaign(db, admin, replace(FIT, name="Later"), draft=True)
    assert change_state(db, admin, draft.id, CampaignState.ACTIVE).state is CampaignState.ACTIVE


def test_what_an_admin_creates_with_something_to_confirm_stays_a_draft(
    db: Database, owner: Identity, admin: Identity
) -> None:
    made = create_campaign(db, admin, LOOSE)
    assert (made.state, made.launched_at) == (CampaignState.DRAFT, None)
    everything = codes(db, owner, made)
    with pytest.raises(Refused, match="not launched before an owner confirms"):
        change_state(db, admin, made.id, CampaignState.ACTIVE)
    with pytest.raises(Refused, match="role owner or above"):
        change_state(db, admin, made.id, CampaignState.ACTIVE, confirmed=everything)
    with pytest.raises(Refused, match="Quiet hours are off"):
        change_state(db, owner, made.id, CampaignState.ACTIVE, confirmed=["sender", "way-out"])
    with db.reading() as conn:
        assert get_campaign(conn, made.id).state is CampaignState.DRAFT
    assert change_state(db, owner, made.id, CampaignState.ACTIVE, confirmed=everything).state is CampaignState.ACTIVE
    assert sentence_of(journal(db)[0]) == "'Loose' is active, was draft, confirming: sender, way-out, quiet-hours"


def test_what_an_owner_creates_is_active_and_confirmed(db: Database, owner: Identity) -> None:
    assert create_campaign(db, owner, LOOSE).state is CampaignState.ACTIVE
    assert sentence_of(journal(db)[0]) == "created 'Loose', confirming: sender, way-out, quiet-hours"


def test_what_cannot_be_sent_is_not_launched_whoever_confirms(
    db: Database, owner: Identity, clock: Clock, tmp_path: Path
) -> None:
    made = create_campaign(db, owner, replace(FIT, initial_script="%nothing% " + FIT.initial_script), draft=True)
    path = tmp_path / "people.csv"
    path.write_text("first name,phone\nA,+12125550100\n")
    import_contacts(db, owner, path, "Fit")
    with pytest.raises(Refused, match="cannot be launched: %nothing%: no contact has this field"):
        change_state(db, owner, made.id, CampaignState.ACTIVE, confirmed=codes(db, owner, made))


def test_only_an_owner_opens_a_point_in_a_launched_campaign(db: Database, owner: Identity, admin: Identity) -> None:
    made = create_campaign(db, admin, FIT)
    with pytest.raises(Refused, match="this needs an owner: Quiet hours are off"):
        edit_campaign(db, admin, made.id, replace(made.setup, quiet_hours=False))
    edit_campaign(db, admin, made.id, replace(made.setup, description="More"))
    edited = edit_campaign(db, owner, made.id, replace(made.setup, quiet_hours=False))
    assert sentence_of(journal(db)[0]).endswith("confirming: quiet-hours")
    # What is open already may be worked on.
    edit_campaign(db, admin, made.id, replace(edited.setup, initial_script="Harbor asks. Text STOP to end."))


def test_a_pause_asks_nothing_again(db: Database, owner: Identity, admin: Identity) -> None:
    made = create_campaign(db, owner, LOOSE)
    change_state(db, admin, made.id, CampaignState.PAUSED)
    assert change_state(db, admin, made.id, CampaignState.ACTIVE).state is CampaignState.ACTIVE
    with db.reading() as conn:
        assert history(conn, limit=1)

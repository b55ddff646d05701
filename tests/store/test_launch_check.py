"""The compliance list of stored campaigns, and what it allows (docs/rules.md 10.10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import journal, known_as, sentence_of
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.compliance import Level, Point
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.opened_points import EVERYTHING, Unconfirmed
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign, edit_campaign
from thrumsg_tui.store.changes.follow_ups import create_follow_up, edit_follow_up
from thrumsg_tui.store.changes.launch_check import confirm_open_points, points_of_launch
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.replies import add_reply, edit_reply
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.import_run import AS_IT_IS
from thrumsg_tui.store.imports.replies import import_replies
from thrumsg_tui.store.imports.result import Imported
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.compliance import compliance_points, points_by_edit, state_hours
from thrumsg_tui.store.queries.confirmations import confirmations, judged_anew, judged_events
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
    own.parent.mkdir(parents=True, exist_ok=True)
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
    assert sentence_of(journal(db)[0]) == "'Loose' is active, was a draft, confirming: sender, way-out, quiet-hours"


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
    with pytest.raises(Unconfirmed, match="this is to be confirmed: Quiet hours are off") as asked:
        edit_campaign(db, owner, made.id, replace(made.setup, quiet_hours=False))
    assert asked.value.codes == ("quiet-hours",)
    with pytest.raises(Unconfirmed, match="this needs an owner"):
        edit_campaign(db, admin, made.id, replace(made.setup, quiet_hours=False), confirmed=EVERYTHING)
    edited = edit_campaign(db, owner, made.id, replace(made.setup, quiet_hours=False), confirmed=["quiet-hours"])
    assert sentence_of(journal(db)[0]).endswith("confirming: quiet-hours")
    # What is open already may be worked on.
    edit_campaign(db, admin, made.id, replace(edited.setup, initial_script="Harbor asks. Text STOP to end."))


def test_a_pause_asks_nothing_again(db: Database, owner: Identity, admin: Identity) -> None:
    made = create_campaign(db, owner, LOOSE)
    change_state(db, admin, made.id, CampaignState.PAUSED)
    assert change_state(db, admin, made.id, CampaignState.ACTIVE).state is CampaignState.ACTIVE
    with db.reading() as conn:
        assert history(conn, limit=1)


def contacts_of(
    db: Database, who: Identity, campaign: Campaign, tmp_path: Path, *rows: str, confirm: bool = True, dry: bool = False
) -> Imported:
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["first name,phone,state", *rows]))
    options = replace(AS_IT_IS, confirmed=EVERYTHING if confirm else (), dry_run=dry)
    return import_contacts(db, who, path, campaign.name, options)


FLORIDA, NEW_YORK, CALIFORNIA = "Flo,+13055550142,", "Ned,+12125550142,", "Cal,+14155550142,"
MOVED = "Ned,+12125550142,FL"
TOLL_FREE, LONDON = "Tom,+18005550142,", "Liz,+447911120142,"
SHORT, ALL_DAY = DailyHours("America/New_York", 600, 1080), DailyHours("America/New_York", 0, 1440)
UNQUIET = replace(FIT, hours=SHORT, quiet_hours=False)


# Edits


def test_an_edit_that_opens_the_hours_of_a_contacts_state_needs_an_owner(
    db: Database, owner: Identity, admin: Identity, tmp_path: Path
) -> None:
    made = create_campaign(db, owner, replace(FIT, hours=SHORT))
    contacts_of(db, admin, made, tmp_path, FLORIDA, confirm=False)
    later = replace(made.setup, hours=replace(SHORT, closes=21 * 60))
    with pytest.raises(Unconfirmed, match="this needs an owner: 1 contact in FL may be texted outside that state's"):
        edit_campaign(db, admin, made.id, later)
    edit_campaign(db, owner, made.id, later, confirmed=EVERYTHING)
    assert sentence_of(journal(db)[0]).endswith("confirming: state-hours-FL")


@pytest.mark.parametrize("row", [FLORIDA, NEW_YORK])
def test_hours_that_an_owner_confirmed_are_widened_by_owners_only(
    db: Database, owner: Identity, admin: Identity, tmp_path: Path, row: str
) -> None:
    made = create_campaign(db, owner, replace(UNQUIET, hours=replace(SHORT, closes=20 * 60 + 30)))
    contacts_of(db, owner, made, tmp_path, row)
    with pytest.raises(Unconfirmed, match="this needs an owner: Quiet hours are off"):
        edit_campaign(db, admin, made.id, replace(made.setup, hours=ALL_DAY))
    # Narrower hours, and wider ones of which nobody asks anything, need none.
    earlier = edit_campaign(db, admin, made.id, replace(made.setup, hours=replace(SHORT, opens=9 * 60)))
    edit_campaign(db, owner, made.id, replace(earlier.setup, hours=ALL_DAY), confirmed=EVERYTHING)
    assert "confirming: quiet-hours" in sentence_of(journal(db)[0])
    edit_campaign(db, admin, made.id, replace(made.setup, hours=SHORT))


def test_quiet_hours_are_those_of_the_contacts(db: Database, owner: Identity, admin: Identity, tmp_path: Path) -> None:
    made = create_campaign(db, owner, replace(UNQUIET, hours=replace(SHORT, opens=11 * 60)))
    contacts_of(db, owner, made, tmp_path, CALIFORNIA)
    edit_campaign(db, admin, made.id, replace(made.setup, hours=replace(SHORT, opens=11 * 60, closes=1230)))
    with pytest.raises(Unconfirmed, match="this needs an owner: Quiet hours are off"):
        edit_campaign(db, admin, made.id, replace(made.setup, hours=SHORT))


@pytest.mark.parametrize("login", ["ana", "adam"])
def test_nobody_edits_a_launched_campaign_into_one_that_could_not_be_launched(
    db: Database, owner: Identity, admin: Identity, login: str, tmp_path: Path
) -> None:
    who = owner if login == "ana" else admin
    made = create_campaign(db, owner, FIT)
    contacts_of(db, owner, made, tmp_path, NEW_YORK)
    for script, why in (
        (FIT.initial_script + "x" * 1800, "segments, and 9 is the most"),
        (FIT.initial_script + "%nothing%", "no contact has this field"),
        (FIT.initial_script + "%first name%", "is not a field"),
    ):
        with pytest.raises(Refused, match=f"could not be launched like this: .*{why}"):
            edit_campaign(db, who, made.id, replace(made.setup, initial_script=script), confirmed=EVERYTHING)
    with db.reading() as conn:
        assert get_campaign(conn, made.id) == made


def test_an_edit_is_not_refused_for_what_stood_there_before_or_for_an_early_end(
    db: Database, owner: Identity, admin: Identity, tmp_path: Path
) -> None:
    made = create_campaign(db, owner, replace(LOOSE, initial_script="Come to %place%"))
    contacts_of(db, owner, made, tmp_path, NEW_YORK)  # nobody has a place, so that the script refuses a launch
    over = edit_campaign(db, admin, made.id, replace(made.setup, ends=db.clock().date() - timedelta(days=2)))
    edit_campaign(db, admin, made.id, replace(over.setup, description="More", initial_script="At %place%"))
    assert codes(db, owner, made)["unknown-field"] is Level.REFUSE


def test_a_point_that_another_edit_opens_meanwhile_is_seen(
    db: Database, owner: Identity, admin: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create_campaign(db, owner, UNQUIET)
    looks: list[Setup] = []

    def look(*given: object) -> tuple[Point, ...]:
        looks.append(made.setup)
        found = points_by_edit(*given)  # type: ignore[arg-type]
        if len(looks) == 1:
            with db.writing() as tx:
                tx.conn.execute("UPDATE campaign SET quiet_hours = 1")
        return found

    monkeypatch.setattr("thrumsg_tui.store.changes.campaigns.points_by_edit", look)
    with pytest.raises(Unconfirmed, match="this needs an owner: Quiet hours are off"):
        edit_campaign(db, admin, made.id, replace(made.setup, description="More"))


def test_what_is_imported_while_a_launch_is_looked_at_is_seen(
    db: Database, owner: Identity, admin: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create_campaign(db, owner, FIT, draft=True)

    def look(*given: object) -> object:
        found = points_of_launch(*given)  # type: ignore[arg-type]
        contacts_of(db, admin, made, tmp_path, FLORIDA, confirm=False)
        return found

    monkeypatch.setattr("thrumsg_tui.store.changes.campaigns.points_of_launch", look)
    with pytest.raises(Refused, match="not launched before an owner confirms: 1 contact in FL"):
        change_state(db, admin, made.id, CampaignState.ACTIVE)


@pytest.mark.parametrize("login", ["ana", "adam"])
def test_what_could_not_be_launched_is_created_as_a_draft(
    db: Database, owner: Identity, admin: Identity, login: str
) -> None:
    who = owner if login == "ana" else admin
    for setup in (
        replace(FIT, name="Long", initial_script=FIT.initial_script + "x" * 2000),
        replace(FIT, name="Over", ends=db.clock().date() - timedelta(days=2)),
    ):
        made = create_campaign(db, who, setup)
        assert (made.state, made.launched_at) == (CampaignState.DRAFT, None)
        assert sentence_of(journal(db)[0]) == f"created {setup.name!r}"


# Contacts


@pytest.mark.parametrize(("row", "code"), [(FLORIDA, "state-hours-FL"), (TOLL_FREE, "landlines"), (LONDON, "abroad")])
def test_contacts_that_open_a_point_in_a_launched_campaign_are_let_in_and_left_to_an_owner(
    db: Database, owner: Identity, admin: Identity, tmp_path: Path, row: str, code: str
) -> None:
    made = create_campaign(db, owner, FIT)
    contacts_of(db, admin, made, tmp_path, NEW_YORK, confirm=False)
    with pytest.raises(Unconfirmed, match="this is to be confirmed: 1 ") as asked:
        contacts_of(db, owner, made, tmp_path, row, confirm=False)
    assert asked.value.codes == (code,)
    assert code not in codes(db, owner, made)
    for dry in (True, False):
        let_in = contacts_of(db, admin, made, tmp_path, row, dry=dry)
        assert let_in.imported == 1
        assert let_in.notes[-1].startswith("For an owner to confirm, with `thrumsg campaign launch Fit --confirm`: 1 ")
    assert code in codes(db, owner, made)
    # Others like them are not said again, nor by an import of the same file.
    again = contacts_of(db, admin, made, tmp_path, row.replace("0142", "0143"), row)
    assert not [note for note in again.notes if "confirm" in note.lower()]
    with pytest.raises(NotPermitted):
        confirm_open_points(db, admin, made.id)
    assert [each.code for each in confirm_open_points(db, owner, made.id)] == [code]
    assert confirm_open_points(db, owner, made.id) == ()
    assert sentence_of(journal(db)[0]) == f"confirmed for 'Fit': {code}"
    with db.reading() as conn:
        assert [(each.code, each.login) for each in confirmations(conn, made.id).values()] == [(code, owner.user.login)]


@pytest.mark.parametrize("archived", [True, False])
def test_nothing_is_confirmed_for_a_draft_or_an_archived_campaign(
    db: Database, owner: Identity, archived: bool
) -> None:
    made = create_campaign(db, owner, LOOSE, draft=not archived)
    if archived:
        change_state(db, owner, made.id, CampaignState.ARCHIVED)
    with pytest.raises(Refused, match="nothing is confirmed for it"):
        confirm_open_points(db, owner, made.id)


def test_contacts_of_a_draft_and_opted_out_ones_open_nothing(
    db: Database, owner: Identity, admin: Identity, tmp_path: Path
) -> None:
    draft = create_campaign(db, owner, replace(FIT, name="Draft"), draft=True)
    contacts_of(db, admin, draft, tmp_path, FLORIDA, TOLL_FREE, LONDON, confirm=False)
    made = create_campaign(db, owner, FIT)
    opt_out_number(db, owner, "+13055550142")
    contacts_of(db, admin, made, tmp_path, FLORIDA, confirm=False)
    # Who wants to be texted again is texted: that is their own decision.
    opt_in_number(db, owner, "+13055550142")
    contacts_of(db, admin, made, tmp_path, FLORIDA, confirm=False)


def test_a_contact_who_moves_opens_a_point_in_each_launched_campaign_that_they_are_in(
    db: Database, owner: Identity, admin: Identity, tmp_path: Path
) -> None:
    made = create_campaign(db, owner, FIT)
    contacts_of(db, admin, made, tmp_path, NEW_YORK, confirm=False)
    draft = create_campaign(db, owner, replace(FIT, name="Draft"), draft=True)
    contacts_of(db, owner, draft, tmp_path, MOVED)
    with db.reading() as conn:
        assert list(confirmations(conn, made.id)) == ["state-hours-FL"]
        assert list(confirmations(conn, draft.id)) == []


# Texts


def test_a_link_shortener_in_a_text_of_a_launched_campaign_needs_an_owner(
    db: Database, owner: Identity, admin: Identity, tmp_path: Path
) -> None:
    made = create_campaign(db, owner, FIT)
    create_campaign(db, owner, replace(FIT, name="Draft"), draft=True)
    file = tmp_path / "replies.csv"
    file.write_text("title,body\nLink,see bit.ly/abc\n")
    reply = add_reply(db, admin, None, "Where", "At the school")
    later = create_follow_up(db, admin, "Fit", "Last", "Vote").id
    for change in (
        lambda: add_reply(db, admin, made.id, "Link", "see bit.ly/abc", confirmed=EVERYTHING),
        lambda: add_reply(db, admin, None, "Link", "see bit.ly/abc"),
        lambda: edit_reply(db, admin, reply, body="see bit.ly/abc"),
        lambda: create_follow_up(db, admin, "Fit", "Link", "see bit.ly/abc"),
        lambda: edit_follow_up(db, admin, later, "Link", "see bit.ly/abc", None),
        lambda: import_replies(db, admin, file),
        lambda: import_replies(db, admin, file, "Fit"),
        lambda: edit_campaign(db, admin, made.id, replace(FIT, initial_script=f"{FIT.initial_script} bit.ly/abc")),
    ):
        with pytest.raises(Unconfirmed, match=r"'Fit' was launched, and this needs an owner: .* a link of bit.ly"):
            change()
    assert "shortener-bit.ly" not in codes(db, owner, made)
    edit_follow_up(db, owner, later, "Link", "see bit.ly/abc", None, confirmed=["shortener-bit.ly"])
    assert sentence_of(journal(db)[0]) == "confirmed for 'Fit': shortener-bit.ly"
    add_reply(db, admin, made.id, "Link", "see bit.ly/other")
    with pytest.raises(Unconfirmed, match=r"a link of tinyurl.com"):
        add_reply(db, admin, made.id, "Other", "see tinyurl.com/other")


def test_another_name_of_the_organization_is_judged_in_all_launched_campaigns(
    db: Database, owner: Identity, admin: Identity
) -> None:
    for name in ("Fit", "Fat"):
        create_campaign(db, owner, replace(FIT, name=name))
    with pytest.raises(Unconfirmed, match="'Fat' and 'Fit' were launched, and this needs an owner: The initial: "):
        change_setting(db, admin, "organization", "Ferry")
    change_setting(db, owner, "organization", "Ferry", confirmed=EVERYTHING)
    assert [sentence_of(each) for each in journal(db)[1:3]] == [
        "confirmed for 'Fit': sender",
        "confirmed for 'Fat': sender",
    ]


def test_a_change_is_noticed_that_is_stored_after_one_with_a_higher_number(db: Database, spring: Campaign) -> None:
    write = "INSERT INTO event (id, at, action, summary) VALUES (?, 0, ?, '')"
    with db.writing() as tx:
        tx.conn.execute(write, (1000, "send"))
    with db.reading() as conn:
        known = judged_events(conn)
        assert not judged_anew(conn, known)
    with db.writing() as tx:
        tx.conn.execute(write, (999, "change_setting"))
    with db.reading() as conn:
        assert judged_anew(conn, known)

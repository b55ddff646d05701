"""How a script looks to a real contact, before it is saved (docs/rules.md 7)."""

from __future__ import annotations

import pytest

from tests.store.arranging import give, known_as, take_in
from thrumsg_tui.domain.campaigns import Campaign, CampaignId, Setup
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.segments import Encoding
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.script_preview import ScriptPreview, script_preview

ALWAYS = DailyHours("UTC", 0, 1440)
FIXED = ("first_name", "last_name", "sender_first_name", "sender_last_name", "organization")


def previewed(
    db: Database, who: Identity, template: str, campaign_id: CampaignId | None, *, initial: bool = True
) -> ScriptPreview:
    with db.reading() as conn:
        return script_preview(conn, who, template, campaign_id, initial=initial)


def test_it_is_what_the_first_contact_of_the_campaign_would_get(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    change_setting(db, owner, "organization", "Harbor Votes")
    people = take_in(db, owner, "Spring", ["Ann Otieno", "Bea Lund"], place=["Hall", "Pier"])
    give(db, owner, spring, "kim", people)
    script = "Hi %first_name%, %sender_first_name% of %organization%: vote at %place%. STOP to end."
    shown = previewed(db, owner, script, spring.id)
    assert shown.contact == "Ann Otieno"
    assert shown.rendered.text == "Hi Ann, Kim of Harbor Votes: vote at Hall. STOP to end."
    assert (shown.measured.segments, shown.measured.encoding) == (1, Encoding.GSM_7)
    assert shown.fields == (*FIXED, "place")
    assert all(each.fit for each in shown.checks)
    assert len(shown.checks) == 6


def test_it_is_exactly_what_is_sent(db: Database, owner: Identity, spring: Campaign) -> None:
    [ann] = take_in(db, owner, "Spring", ["Ann Otieno"])
    shown = previewed(db, owner, spring.initial_script, spring.id)
    assert shown.rendered.text == send(db, owner, ann).body


def test_a_field_that_some_contact_has_is_known_and_without_a_value_here(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    take_in(db, owner, "Spring", ["Ann"])
    take_in(db, owner, "Spring", ["Bea"], first=1, place=["Pier"])
    shown = previewed(db, owner, "%place% %plaice%", spring.id)
    assert (shown.rendered.missing, shown.rendered.unknown) == (("place",), ("plaice",))


def test_a_field_of_other_campaigns_contacts_is_not_known(db: Database, owner: Identity, spring: Campaign) -> None:
    create_campaign(db, owner, Setup("Fall", "Hi", hours=ALWAYS))
    take_in(db, owner, "Fall", ["Bea"], first=1, place=["Pier"])
    take_in(db, owner, "Spring", ["Ann"])
    assert previewed(db, owner, "Hi", spring.id).fields == FIXED


def test_a_new_campaign_and_one_without_contacts_take_any_contact(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    empty = create_campaign(db, owner, Setup("Fall", "Hi", hours=ALWAYS))
    people = take_in(db, owner, "Spring", ["Ann Otieno"], place=["Hall"])
    give(db, owner, spring, "kim", people)
    for campaign_id in (None, empty.id):
        shown = previewed(db, owner, "Hi %first_name% at %place%, %sender_first_name% here", campaign_id)
        assert shown.rendered.text == "Hi Ann at Hall, Ana here"
        assert shown.fields == (*FIXED, "place")


def test_with_no_contact_at_all_one_is_invented(db: Database, owner: Identity) -> None:
    shown = previewed(db, owner, "Hi %first_name% %last_name%, %sender_first_name% here. %place%", None)
    assert shown.contact == "somebody like Maria Lopez"
    assert shown.rendered.text == "Hi Maria Lopez, Ana here. %place%"
    assert shown.fields == FIXED


def test_a_follow_up_is_not_asked_who_is_writing(db: Database, owner: Identity) -> None:
    assert [each.sentence for each in previewed(db, owner, "Vote!", None, initial=False).checks] == [
        "It has no fields.",
        "This contact has a value for every field.",
        "1 segment.",
        "GSM-7, 5 of 160 characters.",
    ]


def test_whoever_acts_for_another_signs_as_them(db: Database, owner: Identity, kim: Identity) -> None:
    assert previewed(db, known_as(db, "ana", "kim"), "%sender_first_name%", None).rendered.text == "Kim"


@pytest.mark.parametrize("name", ["\u202eevil[2J", "[red]", "%last_name%", "🗳" * 200])
def test_a_hostile_name_is_only_a_value(db: Database, owner: Identity, spring: Campaign, name: str) -> None:
    take_in(db, owner, "Spring", [f"{name} Q"])
    shown = previewed(db, owner, "%first_name%", spring.id)
    assert shown.rendered.text == name
    assert shown.contact == f"{name} Q"


def test_a_contact_without_a_name_is_called_so(db: Database, owner: Identity, spring: Campaign) -> None:
    take_in(db, owner, "Spring", ["Ann"])
    with db.writing() as tx:
        tx.conn.execute("UPDATE contact SET first_name = ''")
    assert previewed(db, owner, "Hi", spring.id).contact == "a contact without a name"

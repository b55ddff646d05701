"""A search for contacts in all campaigns and with all senders, in slices, finds what one query finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.large import BUSY, CAMPAIGN, cached
from tests.clock import Clock
from tests.examples import examples
from tests.new_database import Template
from tests.store.arranging import give, number, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.domain.errors import DatabaseUnreachable
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.users import Identity, UserId
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.contact_search import ContactSearch, FoundContact, Wanted, found_contacts
from thrumsg_tui.store.queries.conversations import ListRequest, ids
from thrumsg_tui.store.queries.users import find_user

TYPED = ("a", "zoe", "zoe m", "e b", "ng-1", "nobody", "5", "4150001", "(415) 000-1", "0001234", "%", "_")
READ_ONLY = settings(
    max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A database in which Kim has some 1,000 conversations."""
    return Template(cached(tmp_path_factory.mktemp("made"), 2_000, 4))


@pytest.fixture
def large(made: Template, tmp_path: Path) -> Iterator[Database]:
    with closing(Database(made.copy(tmp_path / "large.db"))) as db:
        yield db


def found(db: Database, text: str, *, own: UserId | None = None, by_phone: bool = True) -> list[FoundContact]:
    """Search for a text to the end."""
    search = ContactSearch(Wanted(text, by_phone=by_phone, own=own))
    with db.reading() as conn:
        while not search.is_done:
            search.advance(conn)
        return found_contacts(conn, search.ids)


def names(contacts: list[FoundContact]) -> list[str]:
    return [each.row.name for each in contacts]


@READ_ONLY
@given(
    text=st.one_of(st.sampled_from(TYPED), st.text(st.sampled_from("aelo -015"), min_size=1, max_size=4)),
    entries=st.sampled_from((70, 301, 10_000)),
    kims=st.booleans(),
)
def test_in_slices_it_finds_what_one_query_finds(large: Database, text: str, entries: int, kims: bool) -> None:
    with large.reading() as conn:
        campaign = find_campaign(conn, CAMPAIGN)
        own = find_user(conn, BUSY).id if kims else None
        held = find_assignment(conn, campaign, BUSY) if kims else None
        search = ContactSearch(Wanted(text, own=own), None, entries)
        while not search.is_done:
            search.advance(conn)
        whole = ids(conn, ListRequest(campaign.id, held, search=text)) if fold(text) else []
    assert sorted(search.ids) == sorted(whole)
    assert not search.is_cut


@pytest.mark.parametrize("good", range(4))
def test_it_is_begun_again_after_a_slice_that_failed(large: Database, good: int) -> None:
    """A query whose connection is lost is asked once more: the search must not seem to have ended there."""
    lost = Mock(**{"execute.side_effect": DatabaseUnreachable("lost")})
    search, whole = (ContactSearch(Wanted("zoe"), entries=301) for _ in range(2))
    with large.reading() as conn:
        while not whole.is_done:
            whole.advance(conn)
        for _ in range(good):
            search.advance(conn)
        with pytest.raises(DatabaseUnreachable):
            search.advance(lost)
        while not search.is_done:
            search.advance(conn)
    assert search.ids == whole.ids


def test_it_ends_at_as_many_as_are_wanted(large: Database) -> None:
    search = ContactSearch(Wanted("a"), 30, 100)
    with large.reading() as conn:
        while not search.is_done:
            search.advance(conn)
    assert (len(search), search.is_cut) == (30, True)


def test_it_looks_into_every_campaign_and_says_where_each_is(db: Database, owner: Identity, spring: Campaign) -> None:
    fall = create_campaign(db, owner, replace(spring.setup, name="Fall"))
    add_senders(db, owner, "Fall", ["lee"])
    give(db, owner, spring, "kim", take_in(db, owner, "Spring", ["Zoë"]))
    give(db, owner, fall, "lee", take_in(db, owner, "Fall", ["Zoë"]))
    take_in(db, owner, "Spring", ["Ann", "Joanna"], first=1)
    where = [(each.place.campaign, each.place.sender, each.place.tab) for each in found(db, "zoe")]
    assert sorted(where) == [("Fall", "lee", Tab.INITIAL), ("Spring", "kim", Tab.INITIAL)]
    assert [each.place.holder for each in found(db, "joan")] == ["Unassigned"]


def test_names_that_begin_so_come_first_then_who_has_waited_longest(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    take_in(db, owner, "Spring", ["Joanna", "Annika", "Ann", "Anna"])
    for nth in (0, 3, 2):
        receive(db, None, number(nth), "ok")
        clock.forward(minutes=1)
    assert names(found(db, "ann")) == ["Anna", "Ann", "Annika", "Joanna"]


def test_numbers_that_end_so_come_first(db: Database, owner: Identity, spring: Campaign) -> None:
    take_in(db, owner, "Spring", [f"P{nth}" for nth in range(13)])
    first, *others = found(db, number(1)[-2:])
    assert first.row.phone.endswith(number(1)[-2:])
    assert all(number(1)[-2:] in each.row.phone for each in others)
    assert found(db, number(1)[-2:], by_phone=False) == []


def test_a_sender_finds_only_their_own(db: Database, owner: Identity, spring: Campaign, kim: Identity) -> None:
    zoe, zoltan, _ = take_in(db, owner, "Spring", ["Zoe", "Zoltan", "Zola"])
    give(db, owner, spring, "kim", [zoe])
    give(db, owner, spring, "lee", [zoltan])
    assert names(found(db, "zo", own=kim.user.id)) == ["Zoe"]
    assert names(found(db, number(1), own=kim.user.id)) == []
    assert names(found(db, number(0), own=kim.user.id)) == ["Zoe"]
    remove_sender(db, owner, "Spring", "kim")
    assert found(db, "zo", own=kim.user.id) == []


@pytest.mark.parametrize("text", ["", "  ", "\u0301"])
def test_nothing_is_found_by_nothing(db: Database, owner: Identity, spring: Campaign, text: str) -> None:
    take_in(db, owner, "Spring", ["Zoe"])
    assert found(db, text) == []


@pytest.mark.parametrize("text", ["zoe", "zoe moss", "kai a", "zoe  MOSS-1"])
def test_who_is_called_so_is_found_by_the_first_slices_however_many_there_are(large: Database, text: str) -> None:
    search, slices = ContactSearch(Wanted(text)), 0
    with large.reading() as conn:
        while not len(search):
            search.advance(conn)
            slices += 1
        first = found_contacts(conn, search.ids)
    assert slices <= len(Tab)
    assert all(fold(each.row.name).startswith(fold(text)) for each in first)


def test_a_match_that_was_found_before_takes_no_other_s_place(db: Database, owner: Identity, spring: Campaign) -> None:
    """The names that begin so are met again among all names."""
    take_in(db, owner, "Spring", ["Ann", "Anna", "Joanna", "Susann"])
    search = ContactSearch(Wanted("ann"), 3)
    with db.reading() as conn:
        while not search.is_done:
            search.advance(conn)
    assert len(search) == 3
    search = ContactSearch(Wanted("ann"), 5)
    with db.reading() as conn:
        while not search.is_done:
            search.advance(conn)
    assert (len(search), search.is_cut) == (4, False)

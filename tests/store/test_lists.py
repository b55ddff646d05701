"""Lists of conversations: tabs, orders, search, windows (docs/rules.md 3.1 to 3.6, 3.19, 3.20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clock import Clock
from tests.examples import examples
from tests.store.arranging import assignment_of, give, look_at, number, senders, take_in
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign, Setup, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ConversationSort, Status, Tab
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.conversations import (
    ListRequest,
    count,
    ids,
    next_waiting,
    next_waiting_elsewhere,
    page,
)
from thrumsg_tui.store.queries.list_places import position
from thrumsg_tui.store.queries.messenger import ViewRequest, messenger_view, visible_tabs

NAMES = (
    *("Ann Otieno", "ann otieno", "Ánn Otieno", "ANN Lund", "Bea", "Bea"),  # six who have not started
    *("Zoë Park", "zoe park", "Ian O’Brien", "Ian O'Brien", "100% Sure", "1000 Sure"),  # six who wait
    *("under_score Ross", "underxscore Ross", "Łukasz Żak", "Ümit Öz"),  # four that were answered
    *("Cy Sent", "Di Sent", "Eve Sent", "Flo Sent"),  # four that were only sent, two with a follow-up
    *("Gus Out", "Hal Out", "Ida Out"),  # three that opted out, one who had not started
)
SEARCHES = (
    "",
    "ann",
    "ANN ",
    "  á",
    "n otieno",
    "o'brien",
    "o’b",
    "%",
    "100%",
    "_",
    "r_s",
    "\\",
    "lukasz",
    "415",
    "zz",
)
READ_ONLY = settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def kims(db: Database, owner: Identity, spring: Campaign, clock: Clock) -> AssignmentId:
    """Kim's assignment, with people in every tab, and many ties: some things happen at the same moment."""
    people = take_in(db, owner, "Spring", NAMES)
    for each in people[6:22]:
        send(db, owner, each)
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=Target(replied=False))
    for each in people[18:20]:
        send(db, owner, each)
    for nth in (11, 7, 8, 6, 10, 9):
        if nth % 2:
            clock.forward(minutes=1)
        receive(db, None, number(nth), "ok")
    receive(db, None, number(11), "hello?")  # writing again does not lose the place
    for nth in range(12, 16):
        receive(db, None, number(nth), "ok")
        send(db, owner, people[nth], body="thanks")
        if nth == 13:
            clock.forward(minutes=1)
    for nth in range(20, 23):
        opt_out_number(db, owner, number(nth))
    give(db, owner, spring, "kim", people)
    return assignment_of(db, spring, "kim")


def people_of(db: Database) -> dict[ConversationId, dict[str, object]]:
    with db.reading() as conn:
        rows = conn.execute(
            """
            SELECT conversation.*, contact.first_name, contact.last_name, contact.phone
            FROM conversation JOIN contact ON contact.id = contact_id
            """
        ).fetchall()
    return {ConversationId(row["id"]): dict(row) for row in rows}


def listed(db: Database, request: ListRequest) -> list[ConversationId]:
    with db.reading() as conn:
        return ids(conn, request)


def names(db: Database, request: ListRequest) -> list[str]:
    with db.reading() as conn:
        return [row.name for row in page(conn, request)]


def in_words(db: Database, request: ListRequest) -> list[ConversationId]:
    """What a list has, in order, said once more and in other words."""
    found = []
    for each, row in people_of(db).items():
        in_tab = row["in_follow_ups"] == 1 if request.tab is Tab.FOLLOW_UPS else row["tab"] == request.tab
        name = fold(f"{row['first_name']} {row['last_name']}")
        typed = fold(request.search)
        by_phone = any(map(str.isdigit, typed)) and all(each.isdigit() or each in "+(). -" for each in typed)
        digits = "".join(filter(str.isdigit, typed))
        if in_tab and (typed in name or (by_phone and digits in str(row["phone"]))):
            found.append((each, row))

    def place(entry: tuple[ConversationId, dict[str, object]]) -> tuple[object, ...]:
        each, row = entry
        latest = -int(str(row["last_message_at"]))
        match request.order:
            case ConversationSort.A_TO_Z:
                return fold(str(row["first_name"])), fold(str(row["last_name"])), each
            case ConversationSort.RECENT:
                return latest, each
            case ConversationSort.NEEDS_REPLY:
                waits = row["status"] == "needs_reply" and not row["opted_out"]
                return (0, row["waiting_since"], each) if waits else (1, latest, each)

    return [each for each, _ in sorted(found, key=place)]


@pytest.mark.parametrize("sort", list(ConversationSort))
@pytest.mark.parametrize("tab", list(Tab))
def test_each_tab_has_its_conversations_in_the_chosen_order(
    db: Database, spring: Campaign, kims: AssignmentId, tab: Tab, sort: ConversationSort
) -> None:
    for search in SEARCHES:
        request = ListRequest(spring.id, kims, tab, search=search, sort=sort)
        assert listed(db, request) == in_words(db, request), search


@READ_ONLY
@given(
    tab=st.sampled_from(list(Tab)),
    sort=st.sampled_from(list(ConversationSort)),
    search=st.one_of(st.sampled_from(SEARCHES), st.text(st.sampled_from("aäno’'%_\\ 1045+-()"), max_size=5)),
    window=st.tuples(st.integers(0, 8), st.integers(0, 8)),
)
def test_windows_positions_and_counts_agree_with_the_list(
    db: Database,
    spring: Campaign,
    kims: AssignmentId,
    tab: Tab,
    sort: ConversationSort,
    search: str,
    window: tuple[int, int],
) -> None:
    offset, limit = window
    request = ListRequest(spring.id, kims, tab, search=search, sort=sort)
    whole = in_words(db, request)
    everybody = people_of(db)
    with db.reading() as conn:
        assert ids(conn, request) == whole
        assert count(conn, request) == len(whole)
        assert ids(conn, request, offset, limit) == whole[offset : offset + limit]
        assert [row.id for row in page(conn, request, offset, limit)] == whole[offset : offset + limit]
        places = {each: position(conn, request, each) for each in everybody}
    assert places == {each: whole.index(each) if each in whole else None for each in everybody}


def test_the_counts_of_the_tabs_are_what_is_in_them(db: Database, spring: Campaign, kims: AssignmentId) -> None:
    tabs = visible_tabs(senders(db, spring)["kim"], spring, db.clock(), sent=True)
    assert list(tabs) == [Tab.INITIAL, Tab.RESPONSES, Tab.FOLLOW_UPS, Tab.OPT_OUTS, Tab.SENT]
    assert tabs == {tab: len(listed(db, ListRequest(spring.id, kims, tab))) for tab in tabs}


def test_two_tabs_are_always_by_name(db: Database, spring: Campaign, kims: AssignmentId) -> None:
    for tab in (Tab.INITIAL, Tab.FOLLOW_UPS):
        by_name = listed(db, ListRequest(spring.id, kims, tab, sort=ConversationSort.A_TO_Z))
        assert all(listed(db, ListRequest(spring.id, kims, tab, sort=sort)) == by_name for sort in ConversationSort)
    assert names(db, ListRequest(spring.id, kims, Tab.INITIAL)) == [
        "ANN Lund",
        "Ann Otieno",
        "ann otieno",
        "Ánn Otieno",
        "Bea",
        "Bea",
    ]


def test_who_waits_longest_is_on_top_and_after_them_the_newest(
    db: Database, spring: Campaign, kims: AssignmentId
) -> None:
    with db.reading() as conn:
        rows = page(conn, ListRequest(spring.id, kims, Tab.RESPONSES))
    assert [row.waiting for row in rows] == [True] * 6 + [False] * 4
    since = [row.waiting_since for row in rows if row.waiting_since]
    assert since == sorted(since)


# Search


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("%", ["100% Sure"]),
        ("100%", ["100% Sure"]),
        ("_", ["under_score Ross"]),
        ("r_s", ["under_score Ross"]),
        ("\\", []),
        ("zoe p", ["Zoë Park", "zoe park"]),
        ("ZOË", ["Zoë Park", "zoe park"]),
        ("lukasz zak", ["Łukasz Żak"]),
        ("Ż", ["Łukasz Żak", "zoe park", "Zoë Park", "Ümit Öz"]),
        ("o'b", ["Ian O’Brien", "Ian O'Brien"]),
        ("n o’b", ["Ian O’Brien", "Ian O'Brien"]),
        ("umit", ["Ümit Öz"]),
        ("park zoe", []),
        ("  zoe   park ", ["Zoë Park", "zoe park"]),
    ],
)
def test_search_is_literal_and_heeds_neither_case_nor_accents(
    db: Database, spring: Campaign, kims: AssignmentId, typed: str, found: list[str]
) -> None:
    request = ListRequest(spring.id, kims, Tab.RESPONSES, search=typed)
    assert sorted(names(db, request)) == sorted(found)


@pytest.mark.parametrize("typed", ["0107", "(415) 555-0107", "+1 415 555 0107", "1415555 0107", "415.555.0107"])
def test_digits_of_the_number_match_however_they_are_written(
    db: Database, spring: Campaign, kims: AssignmentId, typed: str
) -> None:
    assert names(db, ListRequest(spring.id, kims, Tab.RESPONSES, search=typed)) == ["zoe park"]


def test_digits_in_a_name_match_too(db: Database, spring: Campaign, kims: AssignmentId) -> None:
    found = names(db, ListRequest(spring.id, kims, Tab.RESPONSES, search="100"))
    assert sorted(found) == ["100% Sure", "1000 Sure"]


@pytest.mark.parametrize("typed", ["0%", "50% off", "%0", "1_0", "0107%", "2b", "#0107", "0107?", "$5", "0107, 0108"])
def test_digits_match_phones_only_where_the_words_look_like_a_number(
    db: Database, spring: Campaign, kims: AssignmentId, typed: str
) -> None:
    """docs/rules.md 3.6: the search is literal."""
    found = names(db, ListRequest(spring.id, kims, Tab.RESPONSES, search=typed))
    assert found == [name for name in found if fold(typed) in fold(name)]


@pytest.mark.parametrize("typed", ["\u202a(415) 555-0107\u202c", "415‑555‑0107", "415\u00a0555\u00a00107"])
def test_a_number_is_found_as_it_was_copied(db: Database, spring: Campaign, kims: AssignmentId, typed: str) -> None:
    assert names(db, ListRequest(spring.id, kims, Tab.RESPONSES, search=typed)) == ["zoe park"]


def test_where_numbers_are_hidden_their_digits_are_not_searched(
    db: Database, spring: Campaign, kims: AssignmentId
) -> None:
    assert names(db, ListRequest(spring.id, kims, Tab.RESPONSES, search="0107", by_phone=False)) == []


@pytest.fixture
def una(db: Database, owner: Identity, spring: Campaign) -> None:
    """Una Byrne has a British number, and is Unassigned."""
    with db.writing() as tx:
        tx.conn.execute(
            """
            INSERT INTO contact (phone, phone_national, first_name, last_name, created_at)
            VALUES ('+447911123456', '07911 123456', 'Una', 'Byrne', 0)
            """
        )
        tx.conn.execute(
            """
            INSERT INTO conversation (campaign_id, contact_id, assignment_id, first_key, last_key)
            SELECT ?, contact.id, assignment.id, 'una', 'byrne' FROM contact, assignment
            WHERE contact.first_name = 'Una' AND assignment.user_id IS NULL
            """,
            (spring.id,),
        )


def test_a_number_of_another_country_is_found_as_it_is_written_there(
    db: Database, owner: Identity, spring: Campaign, una: None
) -> None:
    for typed in ("07911 123456", "7911", "+44 7911 123456"):
        assert names(db, ListRequest(spring.id, search=typed)) == ["Una Byrne"], typed


@pytest.mark.parametrize(("typed", "found"), [("07911 1", ["Una Byrne"]), ("07911", [])])
def test_from_six_digits_on_a_number_may_begin_with_the_0_that_is_dialled_within_a_country(
    db: Database, spring: Campaign, una: None, typed: str, found: list[str]
) -> None:
    assert names(db, ListRequest(spring.id, search=typed)) == found


def test_zeros_alone_are_looked_for_as_they_are(db: Database, spring: Campaign, una: None) -> None:
    assert names(db, ListRequest(spring.id, search="000000")) == []


# The whole campaign, as the command line lists it


def test_without_an_assignment_it_is_the_whole_campaigns(
    db: Database, owner: Identity, spring: Campaign, kims: AssignmentId
) -> None:
    [later] = take_in(db, owner, "Spring", ["Una"], first=50)
    whole = listed(db, ListRequest(spring.id, sort=ConversationSort.A_TO_Z))
    assert len(whole) == len(NAMES) + 1
    assert later in whole
    parts = [listed(db, ListRequest(spring.id, status=status)) for status in Status]
    opted_out = listed(db, ListRequest(spring.id, tab=Tab.OPT_OUTS))
    assert sorted(each for part in [*parts, opted_out] for each in part) == sorted(whole)


# The next one that waits


def test_next_waiting_goes_through_all_who_wait_longest_first(
    db: Database, spring: Campaign, kims: AssignmentId
) -> None:
    waiting = listed(db, ListRequest(spring.id, kims, Tab.RESPONSES))[:6]
    with db.reading() as conn:
        visited = [next_waiting(conn, kims, None)]
        while (following := next_waiting(conn, kims, visited[-1])) is not None:
            visited.append(following)
        assert visited == waiting
        assert next_waiting(conn, kims, waiting[-1], wrap=True) == waiting[0]


def test_next_waiting_from_one_that_does_not_wait_is_the_longest_waiting(
    db: Database, spring: Campaign, kims: AssignmentId
) -> None:
    rows = listed(db, ListRequest(spring.id, kims, Tab.RESPONSES))
    with db.reading() as conn:
        assert next_waiting(conn, kims, rows[-1]) == rows[0]


def test_nobody_waits_but_the_present_one(db: Database, owner: Identity, ann: ConversationId) -> None:
    receive(db, None, number(0), "hello?")
    kim = look_at(db, ann).assignment_id
    with db.reading() as conn:
        assert next_waiting(conn, kim, ann) is None
        assert next_waiting(conn, kim, ann, wrap=True) is None


def test_next_waiting_elsewhere_is_somebody_elses_in_the_same_campaign(
    db: Database, owner: Identity, spring: Campaign, kims: AssignmentId
) -> None:
    with db.reading() as conn:
        assert next_waiting_elsewhere(conn, spring.id, kims) is None
    waiting = listed(db, ListRequest(spring.id, kims, Tab.RESPONSES))[:6]
    give(db, owner, spring, "lee", waiting[3:5])
    give(db, owner, spring, None, waiting[2:3])
    nobodys = assignment_of(db, spring, None)
    with db.reading() as conn:
        assert next_waiting_elsewhere(conn, spring.id, kims) == (nobodys, waiting[2])


# What the messenger makes of it


def view_of(request: ListRequest, **how: object) -> ViewRequest:
    fields = {"first": 0, "height": 5, "cursor_id": None, "cursor_index": 0} | how
    return ViewRequest(request, **fields)  # type: ignore[arg-type]


def test_the_cursor_follows_its_conversation(
    db: Database, owner: Identity, spring: Campaign, kims: AssignmentId, clock: Clock
) -> None:
    request = ListRequest(spring.id, kims, Tab.RESPONSES, sort=ConversationSort.RECENT)
    before = listed(db, request)
    clock.forward(minutes=9)
    receive(db, None, number(14), "one more thing")
    with db.reading() as conn:
        view = messenger_view(conn, owner, view_of(request, cursor_id=before[2], cursor_index=2), clock.now)
    assert view.open is not None
    assert view.open.conversation.id == before[2]
    assert view.rows[view.cursor_index - view.first].id == before[2]


def test_the_cursor_keeps_its_place_when_its_conversation_leaves_the_list(
    db: Database, owner: Identity, spring: Campaign, kims: AssignmentId, clock: Clock
) -> None:
    request = ListRequest(spring.id, kims, Tab.INITIAL)
    before = listed(db, request)
    send(db, owner, before[2])
    with db.reading() as conn:
        view = messenger_view(conn, owner, view_of(request, cursor_id=before[2], cursor_index=2), clock.now)
    assert (view.cursor_index, view.rows[2].id) == (2, before[3])
    send(db, owner, before[5])
    with db.reading() as conn:
        view = messenger_view(conn, owner, view_of(request, cursor_id=before[5], cursor_index=4), clock.now)
    assert (view.cursor_index, view.rows[3].id) == (3, before[4])  # there is no following one


def test_the_window_always_holds_the_cursor_and_is_never_past_the_end(
    db: Database, owner: Identity, spring: Campaign, kims: AssignmentId, clock: Clock
) -> None:
    request = ListRequest(spring.id, kims, Tab.RESPONSES)
    whole = listed(db, request)
    for first in (0, 3, 9, 500):
        for cursor in range(len(whole)):
            asked = view_of(request, first=first, cursor_id=whole[cursor], cursor_index=cursor, height=4)
            with db.reading() as conn:
                view = messenger_view(conn, owner, asked, clock.now)
            assert [row.id for row in view.rows] == whole[view.first : view.first + 4]
            assert view.first <= cursor < view.first + 4


def test_a_tab_that_is_hidden_gives_way_to_where_the_work_is(
    db: Database, owner: Identity, spring: Campaign, kims: AssignmentId, clock: Clock
) -> None:
    request = view_of(ListRequest(spring.id, kims, Tab.SENT))
    with db.reading() as conn:
        assert messenger_view(conn, owner, request, clock.now).list.tab is Tab.RESPONSES
        shown = messenger_view(conn, owner, replace(request, sent_tab=True), clock.now)
    assert (shown.list.tab, shown.total) == (Tab.SENT, 2)


def test_the_initial_tab_is_there_before_the_window_and_hidden_after_it(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    hours = DailyHours("UTC", 0, 1440)
    for name, starts, ends, there in (
        ("Early", date(2026, 3, 4), date(2026, 3, 5), True),
        ("Last day", None, date(2026, 3, 3), True),
        ("Over", None, date(2026, 3, 2), False),
    ):
        campaign = create_campaign(db, owner, Setup(name, "Hi", hours=hours, starts=starts, ends=ends))
        add_senders(db, owner, name, ["kim"])
        give(db, owner, campaign, "kim", take_in(db, owner, name, ["Ann"]))
        tabs = visible_tabs(senders(db, campaign)["kim"], campaign, clock.now, sent=False)
        assert (Tab.INITIAL in tabs) == there


def test_an_empty_assignment_shows_two_empty_tabs(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    lees = assignment_of(db, spring, "lee")
    with db.reading() as conn:
        view = messenger_view(conn, owner, view_of(ListRequest(spring.id, lees)), clock.now)
    assert view.tabs == {Tab.RESPONSES: 0, Tab.OPT_OUTS: 0}
    assert (view.rows, view.total, view.cursor_index, view.open) == ((), 0, 0, None)

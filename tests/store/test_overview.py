"""What the overview has besides its counters: who waits longest, and the replies of a day."""

from datetime import timedelta

from tests.clock import Clock
from tests.store.arranging import assignment_of, give, number, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import SenderSort
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import assignments, longest_waiting
from thrumsg_tui.store.queries.overview import replies_by_hour


def test_the_longest_waiting_of_each_sender(db: Database, owner: Identity, spring: Campaign, clock: Clock) -> None:
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy", "Di"])
    give(db, owner, spring, "kim", people[:2])
    give(db, owner, spring, "lee", people[2:3])
    times = []
    for nth in range(4):
        times.append(clock.now)
        receive(db, None, number(nth), "ok")
        clock.forward(minutes=1)
    kim, lee, nobody = (assignment_of(db, spring, login) for login in ("kim", "lee", None))
    with db.reading() as conn:
        assert longest_waiting(conn, spring.id) == {kim: times[0], lee: times[2], nobody: times[3]}
        assert longest_waiting(conn, spring.id, [lee, nobody]) == {lee: times[2], nobody: times[3]}
        assert longest_waiting(conn, spring.id, []) == {}
    send(db, owner, people[0], body="thanks")
    opt_out_number(db, owner, number(2))
    with db.reading() as conn:
        assert longest_waiting(conn, spring.id) == {kim: times[1], nobody: times[3]}


def test_the_sender_whose_contact_has_waited_longest_comes_first(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy"])
    give(db, owner, spring, "lee", people[:1])
    give(db, owner, spring, "kim", people[1:])
    for nth in range(3):
        receive(db, None, number(nth), "ok")
        clock.forward(minutes=1)
    with db.reading() as conn:
        by_number = assignments(conn, spring.id, clock.now, SenderSort.NEEDS_REPLY)
        by_wait = assignments(conn, spring.id, clock.now, SenderSort.WAITING)
        reverse = assignments(conn, spring.id, clock.now, SenderSort.WAITING, reverse=True)
    assert [each.login for each in by_number] == [None, "kim", "lee"]
    assert [each.login for each in by_wait] == [None, "lee", "kim"]
    assert [each.login for each in reverse] == [None, "kim", "lee"]


def test_replies_are_counted_by_the_hour_in_which_they_came(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    take_in(db, owner, "Spring", ["Ann"])
    for hours_ago in (0, 0, 1, 23, 24, 30):
        receive(db, None, number(0), "ok", at=clock.now - timedelta(hours=hours_ago))
    receive(db, None, "+14155559999", "nobody knows me")
    with db.reading() as conn:
        assert replies_by_hour(conn, spring.id, clock.now) == (1, *[0] * 21, 1, 2)
    clock.forward(hours=1)
    with db.reading() as conn:
        assert replies_by_hour(conn, spring.id, clock.now)[-3:] == (1, 2, 0)

"""Reassignments by logins, as hypothesis wishes them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.store.world import HOLDERS, World
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.domain.reassignment import FromAssignments, FromEveryone, Request, ToAssignments


@dataclass(frozen=True, slots=True)
class Wish:
    """A reassignment by logins."""

    sources: frozenset[str | None]
    everyone: bool
    to: tuple[str | None, ...]
    status: StatusFilter
    count: int | None
    level: bool


wishes = st.builds(
    Wish,
    sources=st.frozensets(st.sampled_from(HOLDERS), min_size=1),
    everyone=st.booleans(),
    to=st.lists(st.sampled_from(HOLDERS), unique=True, min_size=1).map(tuple),
    status=st.sampled_from(list(StatusFilter)),
    count=st.sampled_from([None, 1, 2, 3, 99]),
    level=st.booleans(),
)


def request_of(world: World, wish: Wish) -> Request:
    """The request that a wish means."""
    return Request(
        world.spring.id,
        FromEveryone()
        if wish.everyone
        else FromAssignments(tuple(world.assignment(world.spring, each) for each in HOLDERS if each in wish.sources)),
        ToAssignments(tuple(world.assignment(world.spring, each) for each in wish.to)),
        status=wish.status,
        count=wish.count,
        level=wish.level,
    )

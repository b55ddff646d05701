"""Fair splits (docs/rules.md 4.3, 4.4)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.split import deal, deal_level

items = st.lists(st.integers(), unique=True)
destinations = st.lists(st.text("abcdef", min_size=1), min_size=1, max_size=9, unique=True)
loads = destinations.flatmap(
    lambda names: st.lists(st.integers(0, 12), min_size=len(names), max_size=len(names)).map(
        lambda totals: list(zip(names, totals, strict=True))
    )
)


@pytest.mark.parametrize(
    ("count", "among", "shares"),
    [
        (5, 4, [2, 1, 1, 1]),
        (17, 8, [3, 2, 2, 2, 2, 2, 2, 2]),
        (6, 2, [3, 3]),
        (1, 3, [1, 0, 0]),
        (0, 2, [0, 0]),
    ],
)
def test_the_extra_ones_go_to_the_first(count: int, among: int, shares: list[int]) -> None:
    dealt = Counter(destination for _, destination in deal(range(count), range(among)))
    assert [dealt[destination] for destination in range(among)] == shares


def test_conversations_are_dealt_in_turn() -> None:
    assert deal([7, 8, 9], ["Ann", "Bo"]) == [(7, "Ann"), (8, "Bo"), (9, "Ann")]


@given(items, destinations)
def test_every_item_goes_once_and_in_order(items: list[int], destinations: list[str]) -> None:
    assert [item for item, _ in deal(items, destinations)] == items


@given(items, destinations)
def test_shares_differ_by_at_most_one(items: list[int], destinations: list[str]) -> None:
    dealt = Counter(destination for _, destination in deal(items, destinations))
    shares = [dealt[destination] for destination in destinations]
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


def test_level_fills_up_the_smallest_totals() -> None:
    dealt = deal_level(range(5), [("Ann", 3), ("Bo", 0), ("Cy", 1)])
    assert [destination for _, destination in dealt] == ["Bo", "Bo", "Cy", "Bo", "Cy"]


def test_level_with_equal_totals_is_the_same_as_in_turn() -> None:
    assert deal_level(range(7), [("Ann", 4), ("Bo", 4)]) == deal(range(7), ["Ann", "Bo"])


@given(items, loads)
def test_level_takes_the_smallest_total_ties_in_order(items: list[int], loads: list[tuple[str, int]]) -> None:
    totals = dict(loads)
    for (item, destination), expected in zip(deal_level(items, loads), items, strict=True):
        assert item == expected
        assert destination == min(totals, key=lambda name: totals[name])
        totals[destination] += 1


@given(items, loads)
def test_level_leaves_the_smallest_possible_spread(items: list[int], loads: list[tuple[str, int]]) -> None:
    added = Counter(destination for _, destination in deal_level(items, loads))
    totals = {name: total + added[name] for name, total in loads}
    # No single conversation could have gone elsewhere and brought two totals closer.
    assert all(totals[name] - min(totals.values()) <= 1 for name in added)


def test_a_hundred_thousand_are_dealt() -> None:
    senders = range(400)
    dealt = Counter(sender for _, sender in deal_level(range(100_000), [(n, n) for n in senders]))
    totals = [dealt[sender] + sender for sender in senders]
    assert max(totals) - min(totals) <= 1


def test_no_destination_is_refused() -> None:
    with pytest.raises(ValueError, match="no destination"):
        deal([1], [])
    with pytest.raises(ValueError, match="no destination"):
        deal_level([], [])

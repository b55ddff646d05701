"""Summing up what moves (docs/rules.md 4.7)."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.reassignment import Move, flows, net_gains

LOGINS = {AssignmentId(1): None, AssignmentId(2): "kim", AssignmentId(3): "lee"}
moves = st.lists(
    st.builds(
        Move,
        conversation_id=st.integers(1, 99).map(ConversationId),
        source=st.sampled_from(list(LOGINS)),
        destination=st.sampled_from(list(LOGINS)),
        status=st.sampled_from(list(Status)),
        opted_out=st.booleans(),
    ),
    max_size=12,
).map(tuple)


@given(moves)
def test_what_is_gained_is_lost_elsewhere(moved: tuple[Move, ...]) -> None:
    gains = net_gains(moved, LOGINS)
    assert sum(gains.values()) == 0
    assert 0 not in gains.values()
    assert set(gains) <= {"unassigned", "kim", "lee"}


@given(moves)
def test_flows_count_each_move_once(moved: tuple[Move, ...]) -> None:
    summed = flows(moved)
    assert sum(flow.moved for flow in summed) == len(moved)
    assert sum(flow.opted_out for flow in summed) == sum(move.opted_out for move in moved)
    assert sum((Counter(flow.by_status) for flow in summed), Counter()) == Counter(
        move.status for move in moved if not move.opted_out
    )
    assert len({(flow.source, flow.destination) for flow in summed}) == len(summed)

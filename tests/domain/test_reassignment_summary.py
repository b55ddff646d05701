"""What a reassignment will do, and what stays, in sentences (docs/rules.md 4.5, 4.7)."""

from __future__ import annotations

import pytest

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import Status, StatusFilter
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import (
    Destinations,
    FromAssignments,
    FromConversations,
    FromEveryone,
    Move,
    Plan,
    Request,
    Sources,
    ToAllOthers,
    ToAssignments,
)
from thrumsg_tui.domain.reassignment_summary import givers, of_whom, receivers, what_stays, will_move
from thrumsg_tui.domain.users import User, UserId

CAMPAIGN = CampaignId(1)


def assignment(id: int, name: str, held: int, waiting: int = 0) -> Assignment:
    """Somebody who holds so many, of whom so many wait."""
    first, _, last = name.partition(" ")
    user = User(UserId(id), first.lower(), first, last, "", Role.SENDER) if name else None
    return Assignment(AssignmentId(id), CAMPAIGN, user, True, False, held, held, 0, waiting, 0, 0, 0, 0, 0, 0)


NOBODY, KIM, LEE, ZOE = rows = (
    assignment(1, "", 288),
    assignment(2, "Kim Alvarez", 12, waiting=3),
    assignment(3, "Lee Bishop", 0),
    assignment(4, "Zoe Doe", 5),
)

ONE = assignment(5, "Ona Ode", 1)


EVERYONE, ALL_OTHERS = FromEveryone(), ToAllOthers()


def of(*givers: Assignment) -> FromAssignments:
    """Some people give."""
    return FromAssignments(tuple(each.id for each in givers))


def to(*receivers: Assignment) -> ToAssignments:
    """Some people receive."""
    return ToAssignments(tuple(each.id for each in receivers))


def request(
    sources: Sources, destinations: Destinations = ALL_OTHERS, status: StatusFilter = StatusFilter.ANY
) -> Request:
    """A request in the campaign."""
    return Request(CAMPAIGN, sources, destinations, status)


def planned(*destinations: Assignment) -> Plan:
    """A plan that moves one conversation to each of some destinations, in turn."""
    moves = [
        Move(ConversationId(n), NOBODY.id, each.id, Status.NOT_STARTED, False) for n, each in enumerate(destinations)
    ]
    return Plan(CAMPAIGN, EventId(0), tuple(moves), (), {}, {})


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (request(EVERYONE), "everyone's conversations"),
        (request(of(KIM)), "Kim Alvarez's conversations"),
        (request(of(NOBODY)), "unassigned conversations"),
        (request(of(KIM, ZOE)), "conversations of 2 marked senders"),
        (request(FromConversations((ConversationId(1),))), "chosen conversations"),
    ],
)
def test_it_is_said_whose_conversations_they_are(asked: Request, words: str) -> None:
    assert of_whom(asked, rows, "2 marked senders") == words


def test_a_sentence_names_every_destination_with_its_total() -> None:
    sentence = will_move(planned(KIM, LEE, KIM), "unassigned conversations", (KIM, LEE, ZOE))
    assert sentence == ("Enter moves 3 of the unassigned conversations to Kim Alvarez: 2, Lee Bishop: 1, Zoe Doe: 0.")


def test_of_many_destinations_the_rest_is_one_total() -> None:
    many = tuple(assignment(10 + n, f"S{n} Doe", 0) for n in range(8))
    sentence = will_move(planned(*many, many[0]), "everyone's conversations", many)
    assert sentence.startswith("Enter moves 9 of everyone's conversations to S0 Doe: 2, S1 Doe: 1,")
    assert sentence.endswith("S4 Doe: 1, 3 others: 3.")


def test_to_everyone_is_every_sender_who_does_not_give() -> None:
    asked = request(of(KIM), ALL_OTHERS)
    assert receivers(asked, rows) == (LEE, ZOE)
    assert givers(asked, rows) == (KIM,)
    assert what_stays(asked, rows) == ""


def test_from_everyone_to_everyone_only_the_unassigned_move() -> None:
    asked = request(EVERYONE, ALL_OTHERS)
    assert givers(asked, rows) == (NOBODY,)
    assert what_stays(asked, rows).startswith("Only the 288 unassigned move: all senders are destinations, ")
    assert "so the 17 conversations that they hold stay." in what_stays(asked, rows)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (request(EVERYONE, to(LEE)), ""),  # holds none
        (
            request(EVERYONE, to(KIM, ZOE)),
            "Kim Alvarez and Zoe Doe are destinations, so the 17 conversations that they hold stay.",
        ),
        (
            request(of(KIM, ZOE), to(ZOE)),
            "Zoe Doe is a destination, so the 5 conversations that Zoe Doe holds stay.",
        ),
        (
            request(EVERYONE, to(NOBODY)),
            "Unassigned is a destination, so the 288 unassigned conversations stay.",
        ),
        (
            request(EVERYONE, to(ONE)),
            "Ona Ode is a destination, so the 1 conversation that Ona Ode holds stays.",
        ),
        (
            request(EVERYONE, to(KIM, ZOE), StatusFilter.NEEDS_REPLY),
            "Kim Alvarez is a destination, so the 3 matching conversations that Kim Alvarez holds stay.",
        ),
    ],
)
def test_what_stays_because_its_holder_receives_is_said(asked: Request, words: str) -> None:
    assert what_stays(asked, (*rows, ONE)) == words


CHOSEN = FromConversations((ConversationId(7),))


@pytest.mark.parametrize(
    ("sources", "taken_from", "named"),
    [(EVERYONE, (*rows, ONE), ()), (of(KIM, ZOE), (KIM, ZOE), (KIM.id, ZOE.id)), (of(), (), ()), (CHOSEN, (), ())],
)
def test_from_whom_is_taken_is_what_the_sources_say(
    sources: Sources, taken_from: tuple[Assignment, ...], named: tuple[AssignmentId, ...]
) -> None:
    asked = request(sources, to(LEE))
    assert tuple(each for each in (*rows, ONE) if asked.takes_from(each.id)) == taken_from
    assert asked.named_sources == named


def test_from_all_to_all_is_from_everyone_to_all_others() -> None:
    asked = [request(sources, to_whom) for sources in (EVERYONE, of(KIM), CHOSEN) for to_whom in (ALL_OTHERS, to(LEE))]
    assert [each.from_all_to_all for each in asked] == [True, False, False, False, False, False]

"""The commands for our own numbers (`docs/rules.md 10.8`)."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ANN, DEV, MARIA, Shell
from tests.store.carrier import leave
from thrumsg_tui.store.database import Database

FRISCO, OAKLAND = "+14155550100", "+15105550100"


@pytest.fixture
def texted(spring: Shell) -> Shell:
    """All three contacts were texted from the one number of ours, and answered; another is ready by now."""
    spring.done("gateway", "numbers", "add", "(415) 555-0100", "--mps", "0.5", "--gateway", "practice")
    for conversation in (1, 2, 3):
        spring.done("send", conversation)
    let_leave(spring)
    for phone in (MARIA, DEV, ANN):
        spring.done("receive", "--from", phone, "--body", "Who is this?", "--to", FRISCO)
    spring.done("gateway", "numbers", "add", OAKLAND)
    return spring


def let_leave(shell: Shell) -> dict[str, str | None]:
    """Have a carrier take what may leave; return the bodies with the numbers that they left from."""
    database = Database(shell.location)
    left = {message.body: message.our_number for message in leave(database)}
    database.close()
    return left


def numbers(shell: Shell) -> dict[str, tuple[str, int]]:
    listed = shell.json("gateway", "numbers", "list")
    return {each["number"]: (each["state"], each["conversations"]) for each in listed}


def test_numbers_are_listed_with_their_conversations(texted: Shell) -> None:
    assert numbers(texted) == {FRISCO: ("ready", 3), OAKLAND: ("ready", 0)}
    [first, *_] = texted.json("gateway", "numbers", "list")
    assert (first["kind"], first["mps"], first["gateway"]) == ("long", 0.5, "practice")
    table = texted.done("gateway", "numbers", "list").splitlines()
    assert table[1].split() == [FRISCO, "long", "0.5", "ready", "3", "practice"]


def test_a_thread_says_our_number(texted: Shell) -> None:
    assert texted.json("thread", 1)["our_number"] == FRISCO
    assert f"Our number  {FRISCO}" in texted.done("thread", 1)
    texted.done("gateway", "numbers", "stop", FRISCO)
    assert f"{FRISCO}, stopped" in texted.done("thread", 1)


def test_a_withdrawn_number_is_replaced_in_one_conversation_or_in_all(texted: Shell) -> None:
    said = texted.done("gateway", "numbers", "stop", FRISCO, "--withdrawn", "--why", "given back")
    assert said.splitlines() == [
        f"{FRISCO} is withdrawn; 3 conversations keep it.",
        f"Give them others with: thrumsg gateway numbers replace {FRISCO}",
    ]
    why = texted.refused("send", 1, "--body", "A friend")
    assert "was withdrawn" in why
    assert "an admin" in why
    assert texted.json("renumber", 1) == {"conversations": 1, "was": FRISCO, "our_number": OAKLAND}
    texted.done("send", 1, "--body", "A friend")
    assert let_leave(texted) == {"A friend": OAKLAND}
    assert f"2 conversations of {FRISCO} are texted from" in texted.done("gateway", "numbers", "replace", FRISCO)
    assert numbers(texted) == {FRISCO: ("withdrawn", 0), OAKLAND: ("ready", 3)}
    assert f"texted from {OAKLAND} from now on, was {FRISCO}, by root" in texted.done("thread", 2)
    assert texted.json("doctor")["healthy"]
    assert [each["action"] for each in texted.json("history", "--limit", 4)].count("change_number") == 3


def test_what_waits_for_a_stopped_number_is_said_and_leaves_when_it_is_ready(texted: Shell) -> None:
    texted.done("send", 1, "--body", "A friend")
    assert "1 message of theirs waits." in texted.done("gateway", "numbers", "stop", FRISCO)
    assert f"(queued, waits for our number {FRISCO}, which is stopped)" in texted.done("thread", 1)
    assert f"queued. It waits for our number {FRISCO}, which is stopped." in texted.done(
        "send", 2, "--body", "A friend"
    )
    assert let_leave(texted) == {}
    texted.done("gateway", "numbers", "ready", FRISCO)
    assert let_leave(texted) == {"A friend": FRISCO}
    assert "which is stopped" not in texted.done("thread", 1)


def test_a_campaign_is_limited_to_numbers_and_back(texted: Shell) -> None:
    assert texted.done("campaign", "numbers", "Spring") == "It uses all of our numbers that are ready.\n"
    texted.done("campaign", "numbers", "Spring", "510 555 0100")
    [only] = texted.json("campaign", "numbers", "Spring")["numbers"]
    assert only["number"] == OAKLAND
    assert "No conversation begins in 'Spring'" in texted.done("gateway", "numbers", "stop", OAKLAND)
    assert "None of them is ready" in texted.done("campaign", "numbers", "Spring")
    texted.done("campaign", "numbers", "Spring", "--all")
    assert texted.json("campaign", "numbers", "Spring")["numbers"] == []


def test_the_first_number_needs_its_carrier(spring: Shell) -> None:
    assert "--gateway: " in spring.refused("gateway", "numbers", "add", FRISCO)
    assert "'nobody' is no gateway" in spring.refused("gateway", "numbers", "add", FRISCO, "--gateway", "nobody")
    spring.done("gateway", "numbers", "add", FRISCO, "--gateway", "twilio")
    assert spring.json("gateway", "numbers", "add", OAKLAND)["gateway"] == "twilio"


@pytest.mark.parametrize("pace", ["nan", "0", "-1", "fast", "1e9"])
def test_a_pace_that_is_none_is_refused(practice: Shell, pace: str) -> None:
    result = practice.run("gateway", "numbers", "add", FRISCO, "--mps", pace)
    assert result.code in {1, 2}
    assert "segments a second" in result.err
    assert practice.json("gateway", "numbers", "list") == []

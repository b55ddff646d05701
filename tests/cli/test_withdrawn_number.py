"""A number that the carrier withdraws in the middle of a campaign, with a carrier (`docs/rules.md 10.8`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.carrier.running import Carrier, running_carrier
from tests.cli.conftest import Shell
from tests.gateway.configurations import TOKEN, TWILIO, written

FRISCO, OAKLAND = "+14155550100", "+15105550100"
PEOPLE = 12


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    account = ("--account", "AC" + "1" * 32, "--token", TOKEN)
    with running_carrier(tmp_path / "carrier.log", *account, "--number", FRISCO, "--number", OAKLAND) as running:
        yield running


@pytest.fixture
def texting(shell: Shell, carrier: Carrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A campaign with two numbers of 100 segments a second, all its contacts with the area code of the first."""
    section = f'[twilio]\napi_url = "{carrier.url}"\n'
    numbers = TWILIO.replace("[twilio]\n", section) + f'mps = 100\n[[number]]\nnumber = "{OAKLAND}"\nmps = 100\n'
    monkeypatch.setenv("THRUMSG_CONFIG", str(written(tmp_path, numbers)))
    always = ("--timezone", "UTC", "--open", "00:00", "--close", "24:00", "--no-quiet-hours")
    shell.done("campaign", "create", "Spring", "--initial", "Hi %first_name%", "--quicksend", *always)
    rows = (f"P{nth},+1415555{nth:04}" for nth in range(200, 200 + PEOPLE))
    (tmp_path / "people.csv").write_text("\n".join(["first,phone", *rows]))
    shell.done("import", "contacts", tmp_path / "people.csv", "--campaign", "Spring")
    return shell


def taken(carrier: Carrier) -> Counter[str]:
    """How many messages the carrier took from each number; each message of ours at most once."""
    accepted = carrier.accepted()
    assert len({entry["key"] for entry in accepted}) == len(accepted)
    return Counter(entry["from"] for entry in accepted)


def test_what_a_withdrawn_number_had_goes_on_from_another(texting: Shell, carrier: Carrier) -> None:
    for conversation in range(1, 7):
        texting.done("send", conversation)
    texting.done("deliver", "--once")
    first = taken(carrier)
    assert first[FRISCO]
    carrier.tell("number", number=FRISCO, state="withdrawn")
    keeping = [each for each in range(1, 7) if texting.json("thread", each)["our_number"] == FRISCO]
    for conversation in keeping:
        texting.done("send", conversation, "--body", "Will you vote?")
    texting.done("gateway", "numbers", "stop", FRISCO, "--withdrawn")
    texting.done("send-all", "Spring", "--unassigned")  # who was not texted yet
    texting.done("deliver", "--once")
    assert taken(carrier) == {FRISCO: first[FRISCO], OAKLAND: first[OAKLAND] + PEOPLE - 6}
    assert "was withdrawn" in texting.refused("send", keeping[0], "--body", "Hello?")
    texting.done("gateway", "numbers", "replace", FRISCO)
    texting.done("deliver", "--once")
    assert taken(carrier) == {FRISCO: first[FRISCO], OAKLAND: first[OAKLAND] + PEOPLE - 6 + len(keeping)}
    assert Counter(entry["body"] for entry in carrier.accepted())["Will you vote?"] == len(keeping)
    assert texting.json("doctor")["healthy"]


def test_a_number_that_the_carrier_refuses_is_stopped_and_loses_nothing(texting: Shell, carrier: Carrier) -> None:
    carrier.tell("number", number=FRISCO, state="suspended")
    texting.done("send-all", "Spring", "--unassigned")
    texting.run("deliver", "--once")
    states = {each["number"]: each["state"] for each in texting.json("gateway", "numbers", "list")}
    assert states == {FRISCO: "stopped", OAKLAND: "ready"}
    for _ in range(3):  # what was put off waits for some seconds
        texting.run("deliver", "--once")
    assert FRISCO not in taken(carrier)


def test_status_and_thread_say_what_waits_for_a_number(texting: Shell, carrier: Carrier) -> None:
    texting.done("send", 1)
    texting.done("deliver", "--once")
    texting.done("send", 1, "--body", "Will you vote?")
    texting.done("gateway", "numbers", "stop", FRISCO, "--withdrawn")
    shown = texting.json("status")
    assert (shown["queued"], shown["without_number"], shown["done_by"]) == (1, 1, None)
    assert "carrier: 1 waiting, 1 without a number\n" in texting.done("status")
    assert f"queued, waits for a number: {FRISCO} is withdrawn" in texting.done("thread", 1)
    texting.done("gateway", "numbers", "replace", FRISCO)
    assert texting.json("status")["without_number"] == 0
    assert "waits for a number" not in texting.done("thread", 1)

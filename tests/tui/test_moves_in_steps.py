"""Large moves: everyone sees them, nobody waits for them, and they outlive their app (docs/rules.md 4.8)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from tests.tui.moving import KIM, LEE, fill_in, menu_of, on_row, people, shares
from tests.tui.office import Office, Person, settle
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.tui.timers import Timers

MANY, ABOVE, STEP = 24, 10, 5


@dataclass
class Gate:
    """Lets so many steps be made, whoever makes them, and no more."""

    open_for: int = 0

    async def sleep(self, _: float) -> None:
        while not self.open_for:
            await asyncio.sleep(0.01)
        self.open_for -= 1


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def large(office: Office, gate: Gate) -> Office:
    """Kim has more than one transaction may move, and there is a moderator too."""
    people(office, MANY, "kim")
    office.person("mo", "Mo", Role.MODERATOR)
    office.db.pacing = Pacing(most_at_once=ABOVE, step=STEP, hold=0)
    office.timers = Timers(sleep=gate.sleep)
    return office


async def move_all_to_lee(person: Person) -> None:
    await fill_in(person, "a", to=[LEE])
    await person.press("enter")


async def test_everyone_sees_who_moves_how_many_and_how_far_that_is(large: Office, gate: Gate) -> None:
    async with menu_of(large, "sender") as ana, large.app("mo") as mo, large.messenger("lee", login="mo") as reading:
        await move_all_to_lee(ana)
        for done in (5, 10):
            gate.open_for = 1
            await mo.wait_for(f"ana moves {done} of 24", f"24 assigned + 0 Unassigned = {MANY} contacts")
            await reading.wait_for(f"ana moves {done} of 24")
            assert shares(large) == {"unassigned": 0, "kim": MANY - done, "lee": done}
        await mo.press("H")
        assert mo.sees("moving 24 conversations from Kim Alvarez to Lee Bishop", "under way")
        await mo.press("enter")
        assert "undo it when that is done." in mo.question
        await mo.press("escape", "escape")
        gate.open_for = 99
        await ana.wait_for("Moved 24 conversations from Kim Alvarez to Lee Bishop; change")
        await mo.wait_until(lambda: not mo.sees("ana moves"), "the end")
        await reading.wait_until(lambda: not reading.sees("ana moves"), "the end")
    assert shares(large) == {"unassigned": 0, "kim": 0, "lee": MANY}


async def test_there_is_room_for_it_on_a_small_screen(large: Office, gate: Gate) -> None:
    async with menu_of(large, "sender") as ana, large.messenger("lee", login="mo", size=(80, 24)) as mo:
        await move_all_to_lee(ana)
        await mo.wait_for("ana moves 0 of 24")
        await mo.press("q")
        assert mo.sees("ana moves 0 of 24")
        gate.open_for = 99
        await ana.wait_for("Moved 24 conversations")


async def test_who_began_it_sees_how_far_it_is_until_they_go_on_to_something_else(large: Office, gate: Gate) -> None:
    async with menu_of(large, "sender") as ana:
        await move_all_to_lee(ana)
        for done in (5, 10):
            gate.open_for = 1
            await ana.wait_for(f"{done} of 24; you can go on working.")
        assert ana.notice.startswith("Moving ▓")
        await ana.press("w")
        said = ana.notice
        assert "not started yet" in said
        gate.open_for = 2
        await ana.wait_for("ana moves 20 of 24")
        assert ana.notice == said
        gate.open_for = 99
        await ana.wait_for("Moved 24 conversations from Kim Alvarez to Lee Bishop; change")


async def test_meanwhile_they_send_replies(large: Office, gate: Gate) -> None:
    nora = large.contact("Nora New", wrote="Hello")
    async with menu_of(large, "bar") as ana:
        await move_all_to_lee(ana)
        gate.open_for = 1
        await ana.wait_for("ana moves 5 of 25")
        await ana.press("2", "enter")
        await ana.type("Hi Nora")
        await ana.press("enter")
        assert large.bodies(nora)[-1] == "Hi Nora"
        gate.open_for = 99
        await ana.wait_for("Moved 25 conversations")
    assert large.conversation(nora).sender_name == LEE


async def test_undo_is_made_in_steps_too_and_waits_until_the_move_is_done(large: Office, gate: Gate) -> None:
    async with menu_of(large, "sender") as ana:
        await move_all_to_lee(ana)
        await ana.press("z")
        assert "is still under way, ana moves 0 of 24: undo it when that is done" in ana.notice
        gate.open_for = 99
        await ana.wait_for("Moved 24 conversations")
        gate.open_for = 0
        await ana.press("z", "y")
        gate.open_for = 1
        await ana.wait_for("5 of 24; you can go on working.")
        gate.open_for = 99
        await ana.wait_for("Moved 24 conversations from Lee Bishop to Kim Alvarez")
    assert shares(large) == {"unassigned": 0, "kim": MANY, "lee": 0}


async def test_when_its_app_has_gone_another_one_goes_on_with_it(large: Office, gate: Gate) -> None:
    async with menu_of(large, "sender") as ana:
        await move_all_to_lee(ana)
        gate.open_for = 1
        await ana.wait_for("ana moves 5 of 24")
        ana.app.end()
        assert "goes on with the next thrumsg that anybody starts" in str(ana.app._exit_renderables)
    gate.open_for = 99
    async with large.app("mo") as mo:
        await mo.wait_until(lambda: shares(large)["lee"] == MANY, "the end of the move")
        assert not mo.sees("Moved 24 conversations")  # it was not they who began it
    assert shares(large) == {"unassigned": 0, "kim": 0, "lee": MANY}


async def test_a_move_that_stands_still_is_gone_on_with_by_an_app_that_is_open(large: Office, gate: Gate) -> None:
    async with large.app("mo") as mo, menu_of(large, "sender") as ana:
        await move_all_to_lee(ana)
        gate.open_for = 1
        await mo.wait_for("ana moves 5 of 24")
        for worker in ana.app.workers:
            if worker.group == "moves":
                worker.cancel()
        await settle(ana.pilot)
        gate.open_for = 99
        await mo.app._look_after_moves()
        await mo.wait_until(lambda: shares(large)["lee"] == MANY, "the end of the move")
    assert shares(large) == {"unassigned": 0, "kim": 0, "lee": MANY}


async def test_a_second_large_move_is_refused_with_who_moves_how_many(large: Office, gate: Gate) -> None:
    async with menu_of(large, "sender") as ana:
        await move_all_to_lee(ana)
        async with large.app("mo") as mo:
            await on_row(mo, KIM)
            await mo.press("r")
            await fill_in(mo, "u")
            await mo.press("enter")
            assert "ana moves 0 of 24 conversations in this campaign: wait until that is done" in mo.notice
        gate.open_for = 99
        await ana.wait_for("Moved 24 conversations")

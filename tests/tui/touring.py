"""Somebody who takes a tour, and does no more than what its strip says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

from tests.clock import Clock
from tests.tui.office import PATIENCE, Person, settle
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.users import identify
from thrumsg_tui.tui.commands import command
from thrumsg_tui.tui.demo_app import DemoApp
from thrumsg_tui.tui.timers import Timers
from thrumsg_tui.tui.tour.guide import Guide, commands_in
from thrumsg_tui.tui.tour.scene import asks_to_be_left, place_of, viewed_by
from thrumsg_tui.tui.tour.steps import Place
from thrumsg_tui.tui.tour.strip import TourStrip

_TYPED = re.compile(r"[Tt]ype (\w+)")


class Visitor(Person):
    """Whoever sits before the demo."""

    def __init__(self, person: Person, clock: Clock) -> None:
        super().__init__(person.pilot)
        self.clock = clock
        self._told: Counter[tuple[int, Place]] = Counter()

    @property
    def demo(self) -> DemoApp:
        """The app."""
        assert isinstance(self.app, DemoApp)
        return self.app

    @property
    def guide(self) -> Guide:
        """The guide of the tour, which must have begun."""
        assert self.demo.guide is not None
        return self.demo.guide

    @property
    def place(self) -> Place:
        """Where they are."""
        return place_of(self.app.screen)

    @property
    def strip(self) -> list[str]:
        """The lines of the strip in front."""
        return self.app.screen.query_one(TourStrip).lines

    async def run(self, id: str) -> None:
        """Press the key of a command."""
        await self.press(command(id).keys.split()[0])

    async def obey(self) -> None:
        """Do the next thing that the strip says: type what is to be typed, or press a key that it names."""
        step, place = self.guide.index, self.place
        under = self.app.under_dialogs
        told = self.guide.text(place, asks=asks_to_be_left(under), viewing=viewed_by(under))
        again = self._told[step, place]
        self._told[step, place] += 1
        if again == 0 and (typed := _TYPED.search(told)):
            await self.type(typed[1])
        elif again == 0 and told.startswith("Write"):
            await self.type("Yes, of course!")
        elif "a number" in told and again == 1:
            await self.press("5")
        elif "Wait some seconds" in told and again:
            self.clock.forward(seconds=30)
            await self.wait_until(lambda: self.guide.index != step, "the next step")
            return
        keys = commands_in(told)
        await self.run(keys[min(again, len(keys) - 1)])

    async def finish(self) -> int:
        """Obey until the last step; return how often."""
        for times in range(100):
            if self.guide.step.done is None:
                return times
            await self.obey()
        raise AssertionError(f"The tour stands at {self.strip}:\n{self.screen}")


@asynccontextmanager
async def touring(
    database: Path, clock: Clock, tour: str | None = "newcomer", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Visitor]:
    """Open the demo, by default in the tour for newcomers."""
    db = Database(database, clock=clock)
    with db.reading() as conn:
        who = identify(conn, "ana")
    app = DemoApp(db, who, UTC, tour=tour, timers=Timers(practice=0.02, key=PATIENCE))
    async with app.run_test(size=size) as pilot:
        visitor = Visitor(Person(pilot), clock)
        await settle(pilot)
        yield visitor
    app.stop_delivering()
    app.store.close()
    db.close()

"""Garbage is collected while nobody types (docs/architecture.md, "Memory")."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator
from time import monotonic

import pytest

from tests.tui.office import Office
from thrumsg_tui.tui.timers import Timers

LULL = 0.1


@pytest.fixture(autouse=True)
def no_collection_by_itself() -> Iterator[None]:
    """Let Python collect nothing by itself."""
    threshold = gc.get_threshold()
    gc.set_threshold(0)
    yield
    gc.set_threshold(*threshold)


async def test_what_a_person_has_left_is_collected_when_they_rest_and_not_before(office: Office) -> None:
    office.timers = Timers(lull=LULL)
    rests: list[float] = []
    async with office.messenger() as person:
        box = weakref.ref(person.messenger.box)

        def note(phase: str, _: object) -> None:
            if phase == "start":
                rests.append(0.0 if person.app.keys.busy else monotonic() - person.app.key_pressed_at)

        await person.wait_until(lambda: person.app._tidying._least < sys.maxsize, "a first rest")
        gc.callbacks.append(note)
        try:
            for _ in range(4):
                await person.press("q", "enter")
            assert person.messenger.box is not box()
            await person.wait_until(lambda: box() is None, "the end of the box")
        finally:
            gc.callbacks.remove(note)
    assert rests
    assert min(rests) > LULL

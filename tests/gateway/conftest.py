"""A world with one campaign that is open, and one that has hours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store.world import World, worlds
from thrumsg_tui.store.changes.settings import store_setting
from thrumsg_tui.store.queries.settings import PRACTICE


@pytest.fixture
def world() -> Iterator[World]:
    """A real database; nothing in it may ever be delivered."""
    with worlds() as made:
        yield made


@pytest.fixture
def practice(world: World) -> World:
    """The same as a practice database."""
    with world.db.writing() as tx:
        store_setting(tx, PRACTICE, "7")
    return world

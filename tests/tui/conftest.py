"""An office with a campaign that is open day and night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.office import Office


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Office]:
    """An office without a campaign."""
    office = Office(tmp_path)
    yield office
    office.close()


@pytest.fixture
def office(bare: Office) -> Office:
    """An office with the campaign Spring."""
    bare.campaign()
    return bare

"""An office with a campaign that is open day and night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId


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


@pytest.fixture
def maria(office: Office) -> ConversationId:
    """Waits longest."""
    return office.contact("Maria Lopez", wrote="Hello")


@pytest.fixture
def dev(office: Office, maria: ConversationId) -> ConversationId:
    """Waits after Maria."""
    return office.contact("Dev Patel", wrote="Hello")

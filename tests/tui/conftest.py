"""An office with a campaign that is open day and night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId


@pytest.fixture(scope="session", autouse=True)
def each_style_sheet_parsed_once() -> Iterator[None]:
    """Keep the rules of each style sheet for the next app: parsing was an eighth of the start of an app."""
    parse, parsed = Stylesheet._parse_rules, dict[object, list[RuleSet]]()

    def parse_once(sheet: Stylesheet, css: str, *rest: object, **options: object) -> list[RuleSet]:
        key = (css, rest, tuple(sorted(options.items())), tuple(sheet._variables.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, css, *rest, **options)  # type: ignore[arg-type]
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_terminal() -> Iterator[None]:
    """Let the app find the same terminal, wherever the tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("LC_ALL", "C.UTF-8")
        for name in ("COLORTERM", "COLORFGBG", "NO_COLOR"):
            patch.delenv(name, raising=False)
        yield


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

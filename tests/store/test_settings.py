"""The organization's settings (docs/rules.md 3.20, 5.2, 5.3, 7.2)."""

import pytest

from tests.store.arranging import journal
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.people import Identity
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.settings import settings


def test_the_settings_from_the_start(db: Database) -> None:
    with db.reading() as conn:
        known = settings(conn)
    assert (known.organization, known.auto_opt_out, known.redact_phones, known.practice_seed) == ("", True, False, None)
    assert known.opt_out_message == "You are now opted-out and will receive no further messages."


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        ("organization", " Harbor Votes ", "Harbor Votes"),
        ("auto_opt_out", "OFF", "off"),
        ("redact_phones", "yes", "on"),
        ("opt_out_message", "Bye.", "Bye."),
    ],
)
def test_a_setting_is_changed(db: Database, owner: Identity, key: str, value: str, stored: str) -> None:
    assert change_setting(db, owner, key, value) == stored
    assert (journal(db)[0].deed, journal(db)[0].by) == (Deed.CHANGE_SETTING, "ana")
    with db.reading() as conn:
        assert getattr(settings(conn), key) in {stored, stored == "on"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("auto_opt_out", "perhaps"),
        ("redact_phones", ""),
        ("opt_out_message", " "),
        ("opt_out_message", "Bye %first_name%"),
        ("opt_out_message", "x" * 2000),
    ],
)
def test_a_value_that_it_cannot_have_is_refused(db: Database, owner: Identity, key: str, value: str) -> None:
    before = journal(db)
    with pytest.raises(Refused):
        change_setting(db, owner, key, value)
    assert journal(db) == before


@pytest.mark.parametrize("key", ["practice", "colour"])
def test_there_are_no_other_settings(db: Database, owner: Identity, key: str) -> None:
    with pytest.raises(NotFound, match="there are organization, opt_out_message"):
        change_setting(db, owner, key, "1")

"""The organization's settings (docs/rules.md 3.20, 5.2, 5.3, 6.1, 6.2, 7.2)."""

import pytest

from tests.store.arranging import journal, sentence_of
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.settings import change_setting, change_settings
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.settings import settings, stored_settings


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
        ("default_open", "8:00", "08:00"),
        ("default_close", " 24:00 ", "24:00"),
        ("default_timezone", " America/New_York ", "America/New_York"),
    ],
)
def test_a_setting_is_changed(db: Database, owner: Identity, key: str, value: str, stored: str) -> None:
    assert change_setting(db, owner, key, value) == stored
    assert (journal(db)[0].kind, journal(db)[0].by) == (EventKind.CHANGE_SETTING, "ana")
    with db.reading() as conn:
        assert stored_settings(conn)[key] == stored
        assert getattr(settings(conn), key, stored) in {stored, stored == "on"}


def test_what_is_set_to_its_value_is_no_change(db: Database, owner: Identity) -> None:
    """docs/rules.md 8.3: the journal has what was changed."""
    before = len(journal(db))
    assert change_settings(db, owner, {"redact_phones": "OFF", "undo_send": "05", "default_timezone": ""}) == {
        **{"redact_phones": "off", "undo_send": "5", "default_timezone": ""}
    }
    assert len(journal(db)) == before
    change_settings(db, owner, {"default_timezone": "Europe/Berlin", "organization": ""})
    assert sentence_of(journal(db)[0]).count("Europe/Berlin") == 1
    assert "organization" not in sentence_of(journal(db)[0])
    assert change_settings(db, owner, {"default_timezone": ""}) == {"default_timezone": ""}
    assert len(journal(db)) == before + 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("auto_opt_out", "perhaps"),
        ("redact_phones", ""),
        ("opt_out_message", " "),
        ("opt_out_message", "Bye %first_name%"),
        ("opt_out_message", "Bye {firstName}"),
        ("organization", "%first_name%"),
        ("organization", "{{firstName}} Votes"),
        ("opt_out_message", "x" * 2000),
        ("default_open", ""),
        ("default_open", "noon"),
        ("default_open", "25:00"),
        ("default_close", "-1:00"),
        ("default_timezone", "Mars/Olympus"),
        ("default_timezone", "../../etc/passwd"),
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


def test_new_campaigns_are_open_from_nine_to_nine_unless_said(db: Database) -> None:
    with db.reading() as conn:
        stored = stored_settings(conn)
    assert (stored["default_open"], stored["default_close"], stored["default_timezone"]) == ("09:00", "21:00", "")


@pytest.mark.parametrize(
    ("key", "value", "first"),
    [("default_open", "21:00", "default_close"), ("default_close", "9:00", "default_open")],
)
def test_a_day_that_closes_before_it_opens_is_refused(
    db: Database, owner: Identity, key: str, value: str, first: str
) -> None:
    before = journal(db)
    with pytest.raises(Refused, match=f"not after .* Change {first} first. Nothing was changed."):
        change_setting(db, owner, key, value)
    assert journal(db) == before


def test_several_are_changed_together_with_one_entry(db: Database, owner: Identity) -> None:
    wanted = {"default_open": "22:00", "default_close": "23:00", "organization": "Harbor"}
    before = len(journal(db))
    assert change_settings(db, owner, wanted) == wanted
    [entry] = journal(db)[:-before]
    hours = "set default_open to '22:00', set default_close to '23:00'"
    assert sentence_of(entry) == f"{hours}, set organization to 'Harbor'"
    assert change_settings(db, owner, {}) == {}
    assert len(journal(db)) == before + 1


def test_of_several_all_or_none_are_changed(db: Database, owner: Identity) -> None:
    before = journal(db)
    for wanted in ({"organization": "Harbor", "default_open": "x"}, {"organization": "Harbor", "colour": "red"}):
        with pytest.raises(Refused):
            change_settings(db, owner, wanted)
    with pytest.raises(Refused, match=r"which is not after 09:00, when they open\. Nothing"):
        change_settings(db, owner, {"organization": "Harbor", "default_open": "09:00", "default_close": "08:00"})
    with db.reading() as conn:
        assert settings(conn).organization == ""
    assert journal(db) == before

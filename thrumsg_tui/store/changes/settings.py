"""The organization's settings: check and store them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from contextlib import nullcontext
from typing import assert_never

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.field_meanings import FIXED
from thrumsg_tui.domain.fields import FIELD
from thrumsg_tui.domain.hours import DailyHours, format_clock, parse_clock, require_place
from thrumsg_tui.domain.organization_facts import SettingsChanged, SettingValue
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.send_rules import unfit
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.suspected_fields import suspected_fields
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.launch_check import judged
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import SettingsLock
from thrumsg_tui.store.queries.settings import Setting, stored_settings

_HOURS = (Setting.DEFAULT_OPEN, Setting.DEFAULT_CLOSE)

_MOST_TO_UNDO = 60
"""The most seconds that a message may wait for its undo: the contact may be waiting for the answer."""

_SWITCHES = {
    "on": "on",
    "yes": "on",
    "true": "on",
    "1": "on",
    "off": "off",
    "no": "off",
    "false": "off",
    "0": "off",
}


def change_setting(db: Database, who: Identity, key: str, value: str, *, confirmed: Container[str] = ()) -> str:
    """Change one setting and return its value as stored; raise as `change_settings` does."""
    return change_settings(db, who, {key: value}, confirmed=confirmed)[key]


@change
def change_settings(
    db: Database, who: Identity, values: Mapping[str, str], *, confirmed: Container[str] = ()
) -> dict[str, str]:
    """Change several settings, all or none, under one event, and return them as stored.

    Nothing is journalled of those that have their value already.

    Args:
        db: The database.
        who: The person.
        values: The new values by key, as a person writes them.
        confirmed: The codes of the points of compliance that the person has confirmed, should another name of the
            organization open some in launched campaigns (`docs/rules.md 10.10`).

    Raises:
        NotFound: For an unknown key.
        Refused: For a value that the setting cannot have, and if the default closing time would not be after the
            default opening time (`docs/rules.md 6.2`).
        Unconfirmed: If a point is opened that is not confirmed by an owner.
    """
    who.require(Permission.CHANGE_SETTINGS)
    named = {Setting.named(key): value for key, value in values.items()}
    require_storable(*values.values())
    wanted = {setting.value: checked_setting(setting, value) for setting, value in named.items()}
    with db.writing() as tx:
        tx.hold(SettingsLock())
        stored = stored_settings(tx.conn)
        if any(each in wanted for each in _HOURS):
            _require_day(stored, wanted)
        different = {key: value for key, value in wanted.items() if stored[key] != value}
        with judged(tx, who, None, confirmed) if Setting.ORGANIZATION in different else nullcontext():
            for key, value in different.items():
                store_setting(tx, key, value)
        if different:
            facts = SettingsChanged(tuple(SettingValue(key, value) for key, value in different.items()))
            record(tx, who, EventKind.CHANGE_SETTING, facts)
    return wanted


def store_setting(tx: Transaction, key: str, value: str) -> None:
    """Store a setting without checking it. The caller writes the journal."""
    tx.conn.execute(
        """
        INSERT INTO setting (key, value) VALUES (?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """,
        (key, value),
    )


def _require_day(stored: dict[str, str], wanted: dict[str, str]) -> None:
    opens, closes = ((stored | wanted)[key] for key in _HOURS)
    try:
        DailyHours("UTC", parse_clock(opens), parse_clock(closes))
    except ValueError:
        others = "".join(f" Change {key} first." for key in _HOURS if key not in wanted)
        sentence = f"New campaigns would close at {closes}, which is not after {opens}, when they open."
        raise Refused(f"{sentence}{others}", Nothing.CHANGED) from None


def _require_opt_out_message(value: str) -> None:
    if why := unfit(value):
        raise Refused(f"That cannot be the opt-out message. {why.sentence}")
    if suspected := suspected_fields(value, FIXED):
        raise Refused(f"That cannot be the opt-out message, which has no fields. {suspected[0].sentence}")


def checked_setting(setting: Setting, value: str) -> str:
    """Return the stored form of a setting's value, as a person writes it; raise `Refused` if it cannot have it."""
    text = value.strip()
    match setting:
        case Setting.AUTO_OPT_OUT | Setting.REDACT_PHONES:
            return _switch(setting, value)
        case Setting.ORGANIZATION:
            if suspected_fields(value, FIXED) or FIELD.search(value):
                raise Refused(f"{text!r} cannot be the organization's name: fields are not filled in there.")
        case Setting.OPT_OUT_MESSAGE:
            _require_opt_out_message(value)
        case Setting.UNDO_SEND:
            return _seconds(setting, text)
        case Setting.DEFAULT_OPEN | Setting.DEFAULT_CLOSE:
            return _time_of_day(text)
        case Setting.DEFAULT_TIMEZONE:
            _require_time_zone(text)
        case _:
            assert_never(setting)
    return text


def _switch(setting: Setting, value: str) -> str:
    try:
        return _SWITCHES[value.strip().lower()]
    except KeyError:
        raise Refused(f"{setting} is either on or off, not {value!r}.") from None


def _seconds(setting: Setting, text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= _MOST_TO_UNDO):
        raise Refused(f"{setting} is a number of seconds from 0, which is off, to {_MOST_TO_UNDO}, not {text!r}.")
    return str(int(text))


def _time_of_day(text: str) -> str:
    try:
        return format_clock(parse_clock(text))
    except ValueError as error:
        raise Refused(str(error)) from None


def _require_time_zone(text: str) -> None:
    try:
        if text:
            require_place(text)
    except ValueError as error:
        raise Refused(str(error)) from None

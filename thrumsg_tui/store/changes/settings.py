"""Changing the organization's settings."""

from __future__ import annotations

from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.hours import DailyHours, clock, parse_clock
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.sending import unfit
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.settings import DEFAULTS

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


def change_setting(db: Database, who: Identity, key: str, value: str) -> str:
    """Change a setting and return it as stored.

    Raises `NotFound` for an unknown key, `Refused` for a value that it cannot have.
    """
    who.require(Action.CHANGE_SETTINGS)
    if key not in DEFAULTS:
        raise NotFound(f"There is no setting {key!r}; there are {', '.join(DEFAULTS)}.")
    stored = checked_setting(key, value)
    with db.writing() as tx:
        store_setting(tx, key, stored)
        record(tx, who, Deed.CHANGE_SETTING, f"set {key} to {stored!r}")
    return stored


def store_setting(tx: Transaction, key: str, value: str) -> None:
    """Write a setting as it is."""
    tx.conn.execute(
        """
        INSERT INTO setting (key, value) VALUES (?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """,
        (key, value),
    )


def checked_setting(key: str, value: str) -> str:
    """Return a setting's value as it is stored; `Refused` if it cannot have it."""
    if DEFAULTS[key] in {"on", "off"}:
        try:
            return _SWITCHES[value.strip().lower()]
        except KeyError:
            raise Refused(f"{key} is either on or off, not {value!r}.") from None
    if key == "opt_out_message" and (why := unfit(value)):
        raise Refused(f"That cannot be the opt-out message. {why.sentence}")
    value = value.strip()
    try:
        if key in {"default_open", "default_close"}:
            return clock(parse_clock(value))
        if key == "default_timezone" and value:
            DailyHours(value, 0, 1)
    except ValueError as error:
        raise Refused(str(error)) from None
    return value

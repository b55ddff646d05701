"""Settings of the organization."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, assert_never

from thrumsg_tui.domain.enums import GatewayKind
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.redaction import PhoneDisplay

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.connection import Asked, Connection


class Setting(StrEnum):
    """A setting of the organization; its value is its name on the command line and in the database.

    `changes/settings.py` has the values that each may have (`docs/rules.md 5.2`, `5.3`, `3.12`, `3.20`, `6.1`).
    """

    ORGANIZATION = "organization"
    OPT_OUT_MESSAGE = "opt_out_message"
    AUTO_OPT_OUT = "auto_opt_out"
    REDACT_PHONES = "redact_phones"
    UNDO_SEND = "undo_send"
    DEFAULT_TIMEZONE = "default_timezone"
    """The time zone of new campaigns; empty for that of the machine."""
    DEFAULT_OPEN = "default_open"
    DEFAULT_CLOSE = "default_close"

    @property
    def default(self) -> str:
        """Its initial value, as it is stored."""
        match self:
            case Setting.ORGANIZATION | Setting.DEFAULT_TIMEZONE:
                return ""
            case Setting.OPT_OUT_MESSAGE:
                return "You are now opted-out and will receive no further messages."
            case Setting.AUTO_OPT_OUT:
                return "on"
            case Setting.REDACT_PHONES:
                return "off"
            case Setting.UNDO_SEND:
                return "5"
            case Setting.DEFAULT_OPEN:
                return "09:00"
            case Setting.DEFAULT_CLOSE:
                return "21:00"
            case _:
                assert_never(self)

    @classmethod
    def named(cls, name: str) -> Setting:
        """Return the setting with a name; `NotFound` lists them if there is none."""
        try:
            return cls(name)
        except ValueError:
            raise NotFound(f"There is no setting {name!r}; there are {', '.join(cls)}.") from None


PRACTICE = "practice"
"""The key that marks a practice database; never set by hand (`docs/rules.md 6.6`)."""


RESTORED = "restored"
"""The key of the time of the last restore, in milliseconds; never set by hand (`docs/rules.md 11.4`)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The organization's settings; `practice_seed` is None in a real database."""

    organization: str
    opt_out_message: str
    auto_opt_out: bool
    redact_phones: bool
    undo_send: int
    """For how many seconds at least a message from the message box can be undone."""
    practice_seed: int | None

    def phone_display(self, *, ascii_only: bool) -> PhoneDisplay:
        """Return how numbers are shown: in national format, or redacted to two digits (`docs/rules.md 3.20`).

        Args:
            ascii_only: Whether hidden digits are shown as `*`.
        """
        return PhoneDisplay(self.redact_phones, ascii_only=ascii_only)

    @property
    def gateway(self) -> GatewayKind | None:
        """The gateway that takes this database's messages; None if none is set up."""
        return None if self.practice_seed is None else GatewayKind.PRACTICE


def stored_settings(conn: Connection) -> dict[str, str]:
    """Read every setting as text, with defaults for those that are not stored."""
    return ask_stored_settings(conn)()


def ask_stored_settings(conn: Connection) -> Asked[dict[str, str]]:
    """Ask for `stored_settings`."""
    rows = conn.execute("SELECT key, value FROM setting")
    return lambda: {**_defaults(), **dict(rows)}


@cache
def _defaults() -> Mapping[str, str]:
    """Return the initial value of each setting."""
    return {each.value: each.default for each in Setting}


def default_timezone(stored: Mapping[str, str]) -> str:
    """Return the time zone of new campaigns: the organization's, or else the machine's."""
    if zone := stored[Setting.DEFAULT_TIMEZONE]:
        return zone
    from tzlocal import get_localzone_name

    return get_localzone_name() or "UTC"


def restored_at(conn: Connection) -> str | None:
    """Return the stored time of the last restore, to be compared with an earlier one; None if never; 3 µs."""
    row = conn.execute("SELECT value FROM setting WHERE key = ?", (RESTORED,)).fetchone()
    return None if row is None else str(row["value"])


def restored_ms(conn: Connection) -> int:
    """Return the time of the last restore in milliseconds; -1 if there was none."""
    return int(restored_at(conn) or -1)


def settings(conn: Connection) -> Settings:
    """Read the settings."""
    return ask_settings(conn)()


def ask_settings(conn: Connection) -> Asked[Settings]:
    """Ask for the settings."""
    asked = ask_stored_settings(conn)
    return lambda: _settings_of(asked())


def _settings_of(stored: Mapping[str, str]) -> Settings:
    seed = stored.get(PRACTICE)
    return Settings(
        organization=stored["organization"],
        opt_out_message=stored["opt_out_message"],
        auto_opt_out=stored["auto_opt_out"] == "on",
        redact_phones=stored["redact_phones"] == "on",
        undo_send=int(stored["undo_send"]),
        practice_seed=None if seed is None else int(seed),
    )

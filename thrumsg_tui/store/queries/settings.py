"""The organization's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from thrumsg_tui.domain.enums import GatewayKind
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.store.engines.base import Connection


class Setting(StrEnum):
    """What a person may set for the organization, by the name that it has everywhere.

    What values each can have is in `changes/settings.py` (`docs/rules.md 5.2`, `5.3`, `3.12`, `3.20`, `6.1`).
    """

    ORGANIZATION = "organization"
    OPT_OUT_MESSAGE = "opt_out_message"
    AUTO_OPT_OUT = "auto_opt_out"
    REDACT_PHONES = "redact_phones"
    UNDO_SEND = "undo_send"
    DEFAULT_TIMEZONE = "default_timezone"
    """Where new campaigns are; without one, where the machine is."""
    DEFAULT_OPEN = "default_open"
    DEFAULT_CLOSE = "default_close"

    @property
    def default(self) -> str:
        """Its value from the start, as it is stored."""
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
        """Return the setting of a name; `NotFound` where there is none."""
        try:
            return cls(name)
        except ValueError:
            raise NotFound(f"There is no setting {name!r}; there are {', '.join(cls)}.") from None


PRACTICE = "practice"
"""Marks a practice database; never set by hand (`docs/rules.md 6.6`)."""


RESTORED = "restored"
"""When the database went back to a backup last, in milliseconds; never set by hand (`docs/rules.md 11.4`)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The organization's settings; `practice_seed` is None in a real database."""

    organization: str
    opt_out_message: str
    auto_opt_out: bool
    redact_phones: bool
    undo_send: int
    """For how many seconds what is sent from the message box can be taken back, at least."""
    practice_seed: int | None

    def phone_display(self, *, ascii_only: bool) -> PhoneDisplay:
        """Return how numbers are shown: as they are written at home, or their last two digits (`docs/rules.md 3.20`).

        Args:
            ascii_only: Whether the digits that are hidden are shown as `*`.
        """
        return PhoneDisplay(self.redact_phones, ascii_only=ascii_only)

    @property
    def gateway(self) -> GatewayKind | None:
        """The gateway that takes this database's messages; None where none is set up."""
        return None if self.practice_seed is None else GatewayKind.PRACTICE


def stored_settings(conn: Connection) -> dict[str, str]:
    """Read every setting as text, defaults filled in."""
    return {each.value: each.default for each in Setting} | {
        row["key"]: row["value"] for row in conn.execute("SELECT key, value FROM setting")
    }


def default_timezone(stored: Mapping[str, str]) -> str:
    """Return the time zone that new campaigns begin with: the organization's, without one the machine's."""
    if zone := stored[Setting.DEFAULT_TIMEZONE]:
        return zone
    from tzlocal import get_localzone_name

    return get_localzone_name() or "UTC"


def restored_at(conn: Connection) -> str | None:
    """When the database went back to a backup last, to be compared with what it was; 3 µs."""
    row = conn.execute("SELECT value FROM setting WHERE key = ?", (RESTORED,)).fetchone()
    return None if row is None else str(row["value"])


def settings(conn: Connection) -> Settings:
    """Read the settings."""
    stored = stored_settings(conn)
    seed = stored.get(PRACTICE)
    return Settings(
        organization=stored["organization"],
        opt_out_message=stored["opt_out_message"],
        auto_opt_out=stored["auto_opt_out"] == "on",
        redact_phones=stored["redact_phones"] == "on",
        undo_send=int(stored["undo_send"]),
        practice_seed=None if seed is None else int(seed),
    )

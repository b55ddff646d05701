"""The organization's settings."""

from __future__ import annotations

from dataclasses import dataclass

from thrumsg_tui.domain.enums import GatewayKind
from thrumsg_tui.store.engines.base import Connection

DEFAULTS = {
    "organization": "",
    "opt_out_message": "You are now opted-out and will receive no further messages.",
    "auto_opt_out": "on",
    "redact_phones": "off",
    "undo_send": "5",
    "default_timezone": "",
    "default_open": "09:00",
    "default_close": "21:00",
}
"""Every setting a person may change, with its value from the start (`docs/rules.md 5.2`, `5.3`, `3.12`, `3.20`, `6.1`).

Without a `default_timezone` new campaigns begin with the zone of the machine.
"""

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

    @property
    def gateway(self) -> GatewayKind | None:
        """The gateway that takes this database's messages; None where none is set up."""
        return None if self.practice_seed is None else GatewayKind.PRACTICE


def stored_settings(conn: Connection) -> dict[str, str]:
    """Read every setting as text, defaults filled in."""
    return DEFAULTS | {row["key"]: row["value"] for row in conn.execute("SELECT key, value FROM setting")}


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

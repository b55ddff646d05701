"""The schema: the migrations that make it, and what the code must know of it to use it.

Tables, indexes and triggers are in `migrations/`, one frozen file for each migration. `docs/architecture.md` says how
to add one.
"""

from __future__ import annotations

from pathlib import Path

from thrumsg_tui.domain.enums import Status

APPLICATION_ID = 0x7468726D  # "thrm"
"""Marks a SQLite file as ours, in its header."""

_FOLDER = Path(__file__).with_name("migrations")

MIGRATIONS = tuple(sorted(file.stem for file in _FOLDER.iterdir() if file.suffix == ".sql"))
"""The files of `migrations/`, in order; a database has in `user_version` how many of them were applied to it."""

WAITING = "urgency < 2000000000000000"
"""On `urgency`: waiting conversations carry the time since when, all others something larger."""

NOTABLE = "action NOT IN ('send', 'receive')"
"""On `event`: what is not the traffic of messages itself. The index `event_notable` has the same condition."""

COUNTED = {
    "assigned": "1 = 1",
    **{status.value: f"{{row}}.status = '{status}' AND {{row}}.opted_out = 0" for status in Status},
    "opted_out": "{row}.opted_out = 1",
    "texted": "{row}.texted = 1",
    "replied": "{row}.replied = 1 AND {row}.texted = 1",  # for the reply rate (docs/rules.md 2.1)
    "follow_ups": "{row}.in_follow_ups = 1",
    "sent_only": "{row}.tab = 'sent'",
}
"""What each kept count of an assignment counts, as a condition on a conversation row.

The triggers on `conversation` have the same conditions: a change here needs a migration that makes them again.
"""


def migration_name(file: str) -> str:
    """Return the name under which sqlite-utils records a migration in a database: that of its file, unnumbered."""
    return file.partition("_")[2]


def read_migration(file: str) -> str:
    """Return the statements of one of `MIGRATIONS`."""
    return (_FOLDER / f"{file}.sql").read_text(encoding="utf-8")

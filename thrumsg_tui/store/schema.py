"""The schema: its migrations, and the conditions of it that queries depend on.

Tables, indexes and triggers are in `migrations/`, one frozen file per migration. `docs/architecture.md` says how to add
one.
"""

from __future__ import annotations

from pathlib import Path

from thrumsg_tui.domain.enums import Status

APPLICATION_ID = 0x7468726D  # "thrm"
"""Marks a SQLite file as ours, in its header."""

_FOLDER = Path(__file__).with_name("migrations")

MIGRATIONS = tuple(sorted(file.stem for file in _FOLDER.iterdir() if file.suffix == ".sql"))
"""The files of `migrations/`, in order; `user_version` of a database is how many were applied to it."""

WAITING = "urgency < 2000000000000000"
"""On `urgency`: a waiting conversation has the time since when it waits, any other a larger value."""

IN_RESPONSES = "conversation.replied = 1 AND conversation.opted_out = 0"  # assignment has columns of these names
"""On `conversation`: it is in the tab Responses; the condition of the indexes of that tab.

A message changes the status of most conversations there, on which `tab` depends, but not this.
"""

NOTABLE = "action NOT IN ('send', 'receive')"
"""On `event`: everything but sent and received messages; the condition of the index `event_notable`."""

COUNTED = {
    "assigned": "1 = 1",
    **{status.value: f"{{row}}.status = '{status}' AND {{row}}.opted_out = 0" for status in Status},
    "opted_out": "{row}.opted_out = 1",
    "texted": "{row}.texted = 1",
    "replied": "{row}.replied = 1 AND {row}.texted = 1",  # for the reply rate (docs/rules.md 2.1)
    "follow_ups": "{row}.in_follow_ups = 1",
    "sent_only": "{row}.tab = 'sent'",
}
"""The condition on a conversation row that each kept count of an assignment counts.

The triggers on `conversation` contain the same conditions: a change here needs a migration that recreates them.
"""


def migration_name(file: str) -> str:
    """Return the name by which sqlite-utils records a migration: that of its file without the number."""
    return file.partition("_")[2]


def read_migration(file: str) -> str:
    """Return the SQL of one of `MIGRATIONS`."""
    return (_FOLDER / f"{file}.sql").read_text(encoding="utf-8")

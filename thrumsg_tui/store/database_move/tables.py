"""All tables of a database, and the conversions that another engine needs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

KEYS: Mapping[str, tuple[str, ...]] = {
    "setting": ("key",),
    "users": ("id",),
    "preference": ("user_id", "key"),
    "contact": ("id",),
    "campaign": ("id",),
    "assignment": ("id",),
    "question": ("id",),
    "choice": ("id",),
    "follow_up": ("id",),
    "conversation": ("id",),
    "follow_up_target": ("follow_up_id", "conversation_id"),
    "message": ("id",),
    "reply_hour": ("campaign_id", "hour"),
    "unmatched": ("id",),
    "opt_out": ("phone",),
    "opt_out_word": ("phone",),
    "answer": ("conversation_id", "question_id"),
    "recommended_reply": ("id",),
    "draft": ("user_id", "conversation_id"),
    "presence": ("id",),
    "event": ("id",),
    "job": ("event_id",),
    "job_conversation": ("event_id", "skipped", "conversation_id"),
    "event_conversation": ("event_id", "conversation_id"),
    "event_number": ("event_id", "phone"),
    "gateway": ("name",),
    "gateway_number": ("number",),
    "campaign_number": ("campaign_id", "number"),
    "outbox": ("campaign_id",),
    "spooled": ("id",),
    "listener": ("gateway",),
    "shared_file": ("name",),
}
"""The primary key of each table; a table comes after those that it refers to."""

JSON_COLUMNS = frozenset({"fields", "details", "media"})
"""The columns with JSON, in which a NUL is written as an escape."""

_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def may_have_nul(representation: str) -> bool:
    """Whether a row with this `repr` may have a NUL in its texts; a look at each text takes three times as long."""
    return "\\x00" in representation or "u0000" in representation


def without_nul(columns: Sequence[str], row: Sequence[object]) -> tuple[object, ...]:
    """Return a row with U+FFFD for each NUL in its texts; the row itself if it has none."""
    return tuple(_without_nul(name, value) for name, value in zip(columns, row, strict=True))


def _without_nul(column: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if column in JSON_COLUMNS:
        return _ESCAPED_NUL.sub(r"\1\\ufffd", value)
    return value.replace("\0", "\ufffd")

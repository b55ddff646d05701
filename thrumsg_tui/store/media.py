"""The media of a message, as the column `media` keeps them: JSON, an array of objects with url, type and size."""

from __future__ import annotations

import json
from collections.abc import Sequence

from thrumsg_tui.domain.media import Media
from thrumsg_tui.domain.storable_text import storable


def media_column(media: Sequence[Media]) -> str | None:
    """Return the value of the column; None without media."""
    if not media:
        return None
    return json.dumps([{"url": storable(each.url), "type": storable(each.type), "size": each.size} for each in media])


def media_from(column: str | None) -> tuple[Media, ...]:
    """Read the column."""
    if column is None:
        return ()
    return tuple(Media(each["url"], each["type"], each["size"]) for each in json.loads(column))

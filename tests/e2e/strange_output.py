"""What the app writes to a terminal besides text and the sequences that it knows."""

from __future__ import annotations

import re

OURS = re.compile(
    r"\x1b\[[0-9;]*m|\x1b\[(?:\d+;\d+H|\d+[CG])|\x1b\[\?\d+(?:[hl]|\$p)|\x1b\[[<>]\d*u|\x1b\]22;[a-z]*\x07|\x1b\[c|\x1b\]11;\?\x1b\\|\r\n"
)
"""All that is written besides text: colours, places, modes, the mouse's shape, and asking the terminal who it is."""

UNFINISHED = re.compile(r"\x1b[\[\]?0-9;<>]*\Z")
"""What has not arrived as a whole."""


def strange(written: bytes) -> set[str]:
    """What was written besides text and what Textual itself writes."""
    rest = OURS.sub("", UNFINISHED.sub("", written.decode(errors="ignore")))
    return set(
        re.findall(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\u200e\u200f\ufffe\U000e0000-\U000e007f]", rest)
    )

"""The keys of the JSON, as docs/json.md has them."""

from __future__ import annotations

import re
from pathlib import Path

JSON = Path(__file__).parent.parent / "docs" / "json.md"


def json_keys(heading: str) -> set[str]:
    """The keys in the tables of a section of docs/json.md."""
    _, _, after = JSON.read_text(encoding="utf-8").partition(f"# {heading}\n")
    section = re.split(r"^#", after, flags=re.MULTILINE)[0]
    return {key for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}

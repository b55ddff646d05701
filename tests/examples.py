"""How many examples a law is tried on."""

from __future__ import annotations

from tests.new_database import ON_SERVER


def examples(many: int) -> int:
    """Return so many, and a tenth on a server: each statement takes it ten times as long, and the laws are the same."""
    return max(5, many // 10) if ON_SERVER else many

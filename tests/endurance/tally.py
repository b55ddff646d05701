"""What came of the tries of one kind of fault, and the table of all kinds."""

from __future__ import annotations

from dataclasses import dataclass, field

HEADING = f"{'kind':<62}{'tries':>7}{'hits':>7}{'midway':>8}{'lost':>6}{'broken':>8}{'errors':>8}"


@dataclass(slots=True)
class Tally:
    """What came of the tries of one kind."""

    kind: str
    tries: int = 0
    hits: int = 0
    """Tries in which the fault met a change that was under way."""
    midway: int = 0
    """Hits after which a part of the change's transactions was stored."""
    lost: int = 0
    """What was committed or answered for, and was gone."""
    broken: int = 0
    """Contents of no moment between two transactions, damage, and what `doctor` finds."""
    errors: int = 0
    """Answers that are neither the work nor one sentence."""
    notes: list[str] = field(default_factory=list)
    skipped: str = ""
    """Why it could not be tried here."""

    @property
    def is_good(self) -> bool:
        """Whether it was tried, and nothing was wrong."""
        return bool(self.skipped) or (self.hits > 0 and not (self.lost or self.broken or self.errors))

    def note(self, what: str, *, lost: bool = False, broken: bool = False, error: bool = False) -> None:
        """Count something that is wrong, and keep the first few in words."""
        self.lost += lost
        self.broken += broken
        self.errors += error
        if len(self.notes) < 3:
            self.notes.append(f"{self.kind}: {what.strip()}")

    @property
    def line(self) -> str:
        """Its line of the table."""
        if self.skipped:
            return f"{self.kind:<62} not tried: {self.skipped}"
        counts = f"{self.tries:>7}{self.hits:>7}{self.midway:>8}{self.lost:>6}{self.broken:>8}{self.errors:>8}"
        return f"{self.kind:<62}{counts}"

"""Detection of stale keys: a key pressed before its effect was shown sends nothing (`docs/rules.md 12.2`)."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from time import monotonic

TOO_EARLY = "{} came before this was shown: press it again."
"""The warning for a key that came before its effect was shown, which does nothing."""

TOO_CLOSE = "{} came at once after another key: press it again."
"""The warning for a key that may belong to the one before it, which does nothing."""


class Sight:
    """The time since which the current content of a widget is on the screen.

    The widget calls `changed` when its content changes, `drawn` when it makes its lines, and `painted` when the screen
    with those lines was written to the terminal.
    """

    def __init__(self) -> None:
        self._drawn = False
        self._since = inf
        self._not_until = 0.0

    @property
    def waiting(self) -> bool:
        """Whether the content is still to be painted."""
        return self._since == inf

    def changed(self) -> None:
        """Note that the content changed and is not painted yet."""
        self._drawn, self._since = False, inf

    def drawn(self) -> None:
        """Note that lines were made of the current content."""
        self._drawn = True

    def painted(self) -> None:
        """Note that the drawn lines are on the screen."""
        if self._drawn and self.waiting:
            self._since = monotonic()

    def before(self, pressed_at: float) -> bool:
        """Return whether the content was on the screen before a key was pressed, by the monotonic clock."""
        return not self.why_stale(pressed_at)

    def why_stale(self, pressed_at: float) -> str:
        """Return the warning for a stale key, with a place for its name; empty if it counts."""
        if pressed_at <= self._since:
            return TOO_EARLY
        return TOO_CLOSE if pressed_at < self._not_until else ""

    def not_until(self, at: float) -> None:
        """Count no key that is pressed before a time of the monotonic clock: it may be meant for something else."""
        self._not_until = at


def joins_keys(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal may send Esc and the key after it as Alt and that key.

    tmux (before 3.5) and screen wait up to half a second for what follows Esc. Who leaves the message box for a tab,
    and presses Enter there, would send the recommended reply with the tab's number.
    """
    kind = environment.get("TERM", "").partition("-")[0].partition(".")[0]
    return kind in {"screen", "tmux"} or bool(environment.get("TMUX") or environment.get("STY"))

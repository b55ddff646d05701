"""What the terminal sends, as keys."""

from __future__ import annotations

from collections.abc import Iterable

from textual.events import Key, Paste
from textual.message import Message

from thrumsg_tui.tui.key_queue import ALT
from thrumsg_tui.tui.textual_compat import ANSI_SEQUENCES_KEYS, XTermParser, seconds_until_given_up

_ESC = "\x1b"
_INTRODUCERS = "[O"
"""What follows the escape character in the sequences of keys such as the arrows."""

_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"


class KeyParser(XTermParser):
    """Textual's parser, extended to read Esc and a character that come together as Alt and that character.

    Most terminals send the same for Alt and a key as for Esc and then the key, if a slow line joins the two: the key
    queue tells which of them is meant. They send Alt and a key at once, so what comes in two reads is Esc and then the
    key, however soon. Textual reads some of these pairs as characters that nobody typed (Esc and 3 as a pound sign),
    and others as the key without Esc.

    What is pasted is one text, whatever it holds: Textual reads escape sequences in it, and takes the rest for keys.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: str | None = None
        """The beginning of a paste that has not ended; None between pastes."""
        self._typed = ""
        """The last characters that were typed: a read may end within the sequence that begins a paste."""
        self._after_esc = False
        """Whether the present character came in a read of its own after an escape character."""

    def longest_wait(self, most: float) -> float:
        """Return for how many seconds to wait for input before the next `tick`, at most so many."""
        until_given_up = seconds_until_given_up(self)
        return most if until_given_up is None else min(until_given_up, most)

    def feed(self, data: str) -> Iterable[Message]:
        """Yield the events of an input; an empty one ends the parser."""
        if self._pasted is None:
            place = (self._typed + data).find(_PASTE_BEGINS)
            if place < 0:
                if self._typed.endswith(_ESC) and data:
                    self._after_esc = True
                    first, data = data[0], data[1:]
                    self._typed = (self._typed + first)[1 - len(_PASTE_BEGINS) :]
                    yield from super().feed(first)
                    self._after_esc = False
                    if not data:
                        return
                self._typed = (self._typed + data)[1 - len(_PASTE_BEGINS) :]
                yield from super().feed(data)
                return
            behind = place + len(_PASTE_BEGINS) - len(self._typed)
            typed, data = data[:behind], data[behind:]
            self._pasted, self._typed = "", ""
            yield from super().feed(typed)
        pasted, end, rest = (self._pasted + data).partition(_PASTE_ENDS)
        if not end:
            self._pasted = pasted
            return
        self._pasted = None
        yield Paste(pasted.replace("\x00", ""))
        yield from (event for event in super().feed(end) if not isinstance(event, Paste))  # for Textual it was empty
        if rest:
            yield from self.feed(rest)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        """Yield the keys of a sequence, none if it is not known; with `alt`, an escape character came before it."""
        if not alt and not _is_pair(sequence):
            yield from super()._sequence_to_key_events(sequence)
        elif sequence[-1] == "\r":
            yield Key("alt+enter", None)  # a new line: as Enter it would send what was typed
        else:
            for key in super()._sequence_to_key_events(sequence[-1]):
                if key.is_printable and not self._after_esc:
                    yield Key(f"{ALT}{key.key}", key.character)
                else:
                    yield from (Key("escape", _ESC), key)


def _is_pair(sequence: str) -> bool:
    """Whether a sequence is the escape character and a key, and none that moves or deletes by words."""
    is_pair = len(sequence) == len(_ESC) + 1 and sequence.startswith(_ESC) and sequence[1] not in _INTRODUCERS
    return is_pair and not isinstance(ANSI_SEQUENCES_KEYS.get(sequence), tuple)

"""The names of keys in the configuration file, and the keys that a terminal does not pass on."""

from __future__ import annotations

from unicodedata import name as character_name

from thrumsg_tui.domain.configured_values import nearest
from thrumsg_tui.tui.commands.command import SHOWN, shown_key

_MOVING = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown")
_FUNCTION = tuple(f"f{number}" for number in range(1, 13))
_NAMED = ("enter", "escape", "space", "tab", "backspace", "delete", "insert", "comma", *_MOVING, *_FUNCTION)
"""Keys that have a name; a comma parts keys, so it has one, too."""

_BY_SHOWN_NAME = {shown.lower(): key for key, shown in SHOWN.items()}
_OTHER_NAMES = {"esc": "escape", "return": "enter", "del": "delete", "pgup": "pageup", "pgdn": "pagedown"}
_SPELLED = {"solidus": "slash", "reverse_solidus": "backslash", "hyphen_minus": "minus", "plus_sign": "plus"} | {
    "commercial_at": "at",
    "low_line": "underscore",
}
"""What Textual calls characters that Unicode calls otherwise."""

_WITH_CTRL = {"\\": "backslash", "]": "right_square_bracket", "^": "circumflex_accent", "_": "underscore"}
_SAME = {"i": "Tab", "j": "Enter", "m": "Enter", "h": "Backspace", "[": "Esc", "left_square_bracket": "Esc"}
"""What a terminal sends for ctrl and these characters."""

_OFTEN_TAKEN = {"ctrl+a": "GNU screen", "ctrl+b": "tmux", "ctrl+s": "the flow control of some terminals"}


def read_key(written: str) -> str:
    """Return Textual's name of a key.

    Args:
        written: A character, or a name as the app shows it or as Textual has it: `?`, `PgDn`, `ctrl+n`, `f5`.

    Raises:
        ValueError: It is no key, or one that terminals do not send as such.
    """
    if len(written) == 1:
        return _character(written)
    lowered = written.lower()
    modifier, _, rest = lowered.rpartition("+")
    if key := _BY_SHOWN_NAME.get(lowered) or _OTHER_NAMES.get(lowered):
        return key
    if not modifier:
        if lowered in _NAMED or len(shown_key(lowered)) == 1:
            return lowered
        raise ValueError(_unknown(written))
    return _modified(written, modifier, rest)


def _modified(written: str, modifier: str, rest: str) -> str:
    base = _OTHER_NAMES.get(rest, _BY_SHOWN_NAME.get(rest, rest))
    if modifier == "ctrl" and rest in _SAME:
        raise ValueError(f"a terminal sends the same for {written} as for {_SAME[rest]}")
    if modifier == "ctrl" and len(rest) == 1 and rest.isascii() and rest.isalpha():
        return f"ctrl+{rest}"
    if modifier == "ctrl" and (rest in _WITH_CTRL or rest in _WITH_CTRL.values()):
        return f"ctrl+{_WITH_CTRL.get(rest, rest)}"
    if modifier in {"ctrl", "shift", "ctrl+shift"} and base in _MOVING + _FUNCTION:
        return f"{modifier}+{base}"
    if f"{modifier}+{base}" in {"shift+tab", "alt+enter"}:
        return f"{modifier}+{base}"
    if modifier == "alt" and len(rest) == 1:
        return f"alt+{_character(written[-1])}"
    if modifier == "shift" and len(rest) == 1:
        raise ValueError(f"write {rest.upper()}, the character that {written} types")
    raise ValueError(_unknown(written))


def _character(character: str) -> str:
    """Return Textual's name of a character."""
    if character.isalnum():
        return character
    if character == " ":
        return "space"
    name = character_name(character, "").lower().replace(" ", "_").replace("-", "_")
    if not name:
        raise ValueError("a character that can be typed is expected")
    return _SPELLED.get(name, name)


def _unknown(written: str) -> str:
    near = nearest(written, [*SHOWN.values(), *_NAMED, *(f"ctrl+{letter}" for letter in "adefgklnopqrtuvwxyz")])
    hint = f"did you mean {near}?" if near else "write a character, ctrl+n, f5, PgDn, or the like"
    return f"there is no key {written!r}: {hint}"


def written_keys(keys: str) -> str:
    """Return keys, which Textual's names separated by spaces are, as the file has them."""
    return ", ".join(map(_written, keys.split()))


def _written(key: str) -> str:
    shown = shown_key(key)
    return shown if shown.isascii() and not set(shown) & set(',"\\') else key


def is_character(key: str) -> bool:
    """Return whether a key types a character."""
    return key in {"space", "comma"} or ("+" not in key and key not in _NAMED)


def edits_text(key: str) -> bool:
    """Return whether a key moves or deletes in a text that is written."""
    return key.rpartition("+")[2] in {*_MOVING, "backspace", "delete"}


def remark_on(key: str) -> str:
    """Return who may take a key before it reaches the app; empty if nobody is known to."""
    return f"{key} may be taken by {taker}" if (taker := _OFTEN_TAKEN.get(key)) else ""

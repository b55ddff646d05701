"""Makes text from outside harmless for a terminal. Text is stored as received; only its display changes."""

import re
from functools import cache

_MARKS_IN_A_ROW = 4
_REPLACED = "\ufffd"
_CONTROL_PICTURES = 0x2400

_NONCHARACTERS = r"\ufdd0-\ufdef" + "".join(rf"\U{plane:04x}fffe-\U{plane:04x}ffff" for plane in range(17))
_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_UNSAFE_CLASS = (
    r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f"
    rf"{_DIRECTIONS}{_NONCHARACTERS}"
)
# A superset of the combining marks, which `re` cannot name, and of invisible characters between them.
_MARKS_CLASS = (
    r"\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u1dff\u200b-\u200d\u2060-\u2064\u20d0-\u20ff\u2cef-\u2dff"
    r"\u302a-\u309a\ua66f-\uabed\ufb1e\ufe00-\ufe2f\ufeff\U000101fd-\U0001e94a\U000e0100-\U000e01ef"
)


# Made when a text first is not plain: a command that shows none starts 2 ms sooner.
@cache
def _suspect() -> re.Pattern[str]:
    return re.compile(rf"[{_UNSAFE_CLASS}]|[{_MARKS_CLASS}]{{{_MARKS_IN_A_ROW + 1}}}")


@cache
def _unsafe() -> re.Pattern[str]:
    return re.compile(rf"\r\n|[{_UNSAFE_CLASS}]")


def _tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(character)) for character in text)


_BLACK_FLAG = "\U0001f3f4"


@cache
def _flags() -> re.Pattern[str]:
    """Return what finds the flags of England, Scotland and Wales, the only ones that end in invisible letters."""
    return re.compile(f"{_BLACK_FLAG}(?:{'|'.join(map(_tags, ('gbeng', 'gbsct', 'gbwls')))})\U000e007f")


def safe_text(text: str, *, multiline: bool = False) -> str:
    r"""Return `text` in a form that is safe to write to a terminal (`docs/rules.md 7.4`).

    Control characters become `^[` or `\x9b`, and a tab becomes one space. Direction controls, invisible tags,
    surrogates and noncharacters become U+FFFD; a flag that is made with tags becomes a plain one. Of more than four
    combining marks in a row, four stay. Console markup stays, so never parse the result as markup. Idempotent. A
    harmless text costs one search at most.

    Args:
        text: Text from outside.
        multiline: Whether a line break of any kind becomes a newline, or else one space.
    """
    if not _is_suspect(text):
        return text
    line_break = "\n" if multiline else " "
    text = _flags().sub(_BLACK_FLAG, text)
    return _unstacked(_unsafe().sub(lambda unsafe: _shown(unsafe[0], line_break), text))


def stand_ins(text: str) -> str:
    """Return `text` with each unsafe character replaced by one safe character, so that offsets stay the same.

    It is for editors, in which `safe_text` would move the cursor. A control character becomes its picture, such as ␛,
    any other U+FFFD. A tab stays.
    """
    return _unsafe().sub(lambda unsafe: "".join(map(_stand_in, unsafe[0])), text) if _is_suspect(text) else text


def _is_suspect(text: str) -> bool:
    is_plain = text.isascii() and text.isprintable()
    return not is_plain and _suspect().search(text) is not None


def _stand_in(unsafe: str) -> str:
    if unsafe == "\t":
        return unsafe
    if unsafe < " ":
        return chr(_CONTROL_PICTURES + ord(unsafe))
    return "␡" if unsafe == "\x7f" else _REPLACED


def _shown(unsafe: str, line_break: str) -> str:
    if unsafe in {"\r\n", "\n", "\r", "\u2028", "\u2029"}:
        return line_break
    if unsafe == "\t":
        return " "
    if unsafe < " " or unsafe == "\x7f":
        return f"^{chr(ord(unsafe) ^ 0x40)}"
    if unsafe <= "\x9f":
        return f"\\x{ord(unsafe):02x}"
    return _REPLACED


def _unstacked(text: str) -> str:
    """Drop the combining marks after the fourth in a row; invisible characters do not end the row."""
    import unicodedata  # seldom needed

    kept = []
    row = 0
    for character in text:
        category = unicodedata.category(character)
        if category[0] == "M":
            row += 1
            if row > _MARKS_IN_A_ROW:
                continue
        elif category != "Cf":
            row = 0
        kept.append(character)
    return "".join(kept)

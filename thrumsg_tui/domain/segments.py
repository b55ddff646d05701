"""The encoding of a text, and the number of SMS segments that it takes."""

from collections.abc import Iterable
from enum import StrEnum

from thrumsg_tui.domain.lazy_dataclass import dataclass

MAX_SEGMENTS = 9

# The default alphabet of GSM 03.38, in the order of its table, without the escape code.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM_7 = _BASIC | _EXTENSION


class Encoding(StrEnum):
    """The two encodings of a text message."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


# How many units fit into a single segment, and into each of several.
_ROOM = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The size of a text."""

    encoding: Encoding
    units: int
    """The length in septets for GSM-7, in UTF-16 code units for UCS-2."""
    segments: int
    """0 for an empty text."""
    capacity: int
    """How many units the present number of segments can hold; for an empty text, that of one segment."""
    forcing: tuple[str, ...]
    """The distinct characters that GSM-7 lacks, in order of appearance."""


def is_gsm_7(text: str) -> bool:
    """Return whether every character of `text` is in GSM-7 or its extension table."""
    return _GSM_7.issuperset(text)


def measure(text: str) -> Segmentation:
    """Return the encoding, the length and the number of segments of `text` (`docs/rules.md 7.2`).

    The text may be of any length; the caller refuses more than `MAX_SEGMENTS`. Linear in the text.
    """
    if _BASIC.issuperset(text):  # nearly every text: each character is one unit
        units = len(text)
        segments = min(units, 1) if units <= 160 else -(-units // 153)
        return Segmentation(Encoding.GSM_7, units, segments, 160 if segments <= 1 else 153 * segments, ())
    forcing = tuple(dict.fromkeys(character for character in text if character not in _GSM_7))
    if forcing:
        encoding = Encoding.UCS_2
        costs = [2 if character > "\uffff" else 1 for character in text]
    else:
        encoding = Encoding.GSM_7
        costs = [2 if character in _EXTENSION else 1 for character in text]
    units = sum(costs)
    alone, per_segment = _ROOM[encoding]
    segments = min(units, 1) if units <= alone else _filled_in_turn(costs, per_segment)
    capacity = alone if segments <= 1 else per_segment * segments
    return Segmentation(encoding, units, segments, capacity, forcing)


def why_too_long(measured: Segmentation) -> str | None:
    """Return a sentence about a text of more than `MAX_SEGMENTS`; None if it has no more."""
    if measured.segments <= MAX_SEGMENTS:
        return None
    return f"{measured.segments} segments: {MAX_SEGMENTS} is the most, so it cannot be sent."


def _filled_in_turn(costs: Iterable[int], room: int) -> int:
    """Count the segments of `room` units that characters of these costs fill; no character is split."""
    segments, used = 1, 0
    for cost in costs:
        if used + cost > room:
            segments, used = segments + 1, 0
        used += cost
    return segments

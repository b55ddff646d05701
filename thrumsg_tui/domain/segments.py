"""How many SMS segments a text takes, and in which encoding."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MAX_SEGMENTS = 9

# The default alphabet of GSM 03.38, in the order of its table, without the escape code itself.
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


# Units that fit into a message alone, and into each segment of a longer one.
_ROOM = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Segmentation:
    """What sending a text costs.

    `units` are septets in GSM-7 and UTF-16 code units in UCS-2; `capacity` is how many of them the
    present number of segments could hold (that of one segment for an empty text, which takes none).
    `forcing` are the distinct characters that GSM-7 lacks, in order of appearance.
    """

    encoding: Encoding
    units: int
    segments: int
    capacity: int
    forcing: tuple[str, ...]


def is_gsm_7(text: str) -> bool:
    """Say whether every character of `text` is in GSM-7, its extension table included."""
    return _GSM_7.issuperset(text)


def measure(text: str) -> Segmentation:
    """Return the encoding, the length and the number of segments of `text` (`docs/rules.md 7.2`).

    Any length is measured; refusing more than `MAX_SEGMENTS` is for the caller. Linear in the text.
    """
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


def _filled_in_turn(costs: Iterable[int], room: int) -> int:
    """Count the segments of `room` units that characters of these costs fill, none of them split."""
    segments, used = 1, 0
    for cost in costs:
        if used + cost > room:
            segments, used = segments + 1, 0
        used += cost
    return segments

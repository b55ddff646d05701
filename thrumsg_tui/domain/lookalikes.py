"""Characters that look like plain ones but force a costlier encoding, each with its name and a plain replacement.

The table has no emoji, and nothing that joins them (U+200D, variation selectors).
"""

from thrumsg_tui.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A character outside GSM-7, its name for an admin, and the GSM-7 text that replaces it."""

    character: str
    name: str
    replacement: str


_GROUPS = (
    ("\u2018\u2019\u201a\u201b", "curly apostrophe", "'"),
    ("\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\ua78c", "letter apostrophe", "'"),
    ("\u0060", "backtick", "'"),
    ("\u00b4\u02ca\u02cb", "free-standing accent", "'"),
    ("\u2032\u2035", "prime", "'"),
    ("\u2039\u203a", "single angle quote", "'"),
    ("\u201c\u201d\u201e\u201f\u02ba\u02ee\u301d\u301e\u301f", "curly quote", '"'),
    ("\u2033\u2036", "double prime", '"'),
    ("\u00ab\u00bb", "double angle quote", '"'),
    ("\u2010\ufe63", "typographic hyphen", "-"),
    ("\u2011", "non-breaking hyphen", "-"),
    ("\u2012", "figure dash", "-"),
    ("\u2013", "en dash", "-"),
    ("\u2014\ufe58", "em dash", "-"),
    ("\u2015", "horizontal bar", "-"),
    ("\u2212", "minus sign", "-"),
    ("\u2024", "one dot leader", "."),
    ("\u2025", "two dot leader", ".."),
    ("\u2026", "ellipsis", "..."),
    ("\u00a0", "non-breaking space", " "),
    ("\u202f", "narrow non-breaking space", " "),
    (
        "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f",
        "wide or thin space",
        " ",
    ),
    ("\u3000", "ideographic space", " "),
    ("\t", "tab", " "),
    ("\v\x85\u2028\u2029", "line separator", "\n"),
    ("\u2022\u2023\u2043\u2219\u25cb\u25cf\u25e6", "bullet", "-"),
    ("\u00b7\u2027", "middle dot", "-"),
    ("\u2044\u2215", "fraction slash", "/"),
    ("\u00d7", "multiplication sign", "x"),
    ("\u2217", "asterisk operator", "*"),
    ("\u02dc\u223c", "small tilde", "~"),
    ("\u02c6", "small circumflex", "^"),
    ("\u00a6", "broken bar", "|"),
    ("\ufb00", "ff ligature", "ff"),
    ("\ufb01", "fi ligature", "fi"),
    ("\ufb02", "fl ligature", "fl"),
    ("\ufb03", "ffi ligature", "ffi"),
    ("\ufb04", "ffl ligature", "ffl"),
    ("\u2126", "ohm sign", "\u03a9"),
    ("\u2206", "increment sign", "\u0394"),
    ("\u212a", "kelvin sign", "K"),
    ("\u212b", "angstrom sign", "\u00c5"),
    ("\u200b", "zero width space", ""),
    ("\u2060", "word joiner", ""),
    ("\ufeff", "byte order mark", ""),
    ("\u00ad", "soft hyphen", ""),
    ("\u180e\u2061\u2062\u2063\u2064", "invisible separator", ""),
    ("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "direction mark", ""),
    ("\uff40", "full-width backtick", "'"),
)
_TABLE = {
    character: Lookalike(character, name, replacement)
    for characters, name, replacement in _GROUPS
    for character in characters
}
# The full-width forms are in the order of ASCII.
for _code in range(0x21, 0x7F):
    _wide = chr(_code - 0x21 + 0xFF01)
    _TABLE.setdefault(_wide, Lookalike(_wide, f"full-width {chr(_code)}", chr(_code)))

_REPLACEMENTS = {ord(character): found.replacement for character, found in _TABLE.items()}


def find_lookalikes(text: str) -> tuple[Lookalike, ...]:
    """Return the distinct look-alikes in `text`, in order of appearance (`docs/rules.md 7.3`)."""
    return tuple(_TABLE[character] for character in dict.fromkeys(text) if character in _TABLE)


def replace_lookalikes(text: str) -> str:
    """Return `text` with every look-alike replaced (`docs/rules.md 7.3`).

    Call it only if the user asked for it: nothing is replaced silently.
    """
    return text.translate(_REPLACEMENTS)

"""What an incoming message says about opting out.

An ordinary reply taken for an opt-out silences a voter for good, so only a whole message that is one of
the listed words opts out. A flag costs one glance, so near misses are heard more freely.
"""

import re
import unicodedata
from enum import StrEnum

_OPT_OUT = frozenset(
    {
        "stop",
        "stopall",
        "stop all",
        "unsubscribe",
        "unsub",
        "cancel",
        "end",
        "quit",
        "revoke",
        "optout",
        "opt out",
        "opt-out",
        "stop2quit",
        "stop 2 quit",
        "stop=quit",
        "stop please",
        "i opt out",
    }
)
_OPT_IN = frozenset({"start", "unstop", "yes"})

# Emoji that NFKC would turn into letters or digits: keycaps, TM, (M), squared kana and the like.
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_LETTERED_EMOJI = re.compile(_KEYCAP + "|[\u00a9\u00ae\u2122\u2139\u24c2\u3297\u3299\U0001f200-\U0001f2ff]")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u2032\u02bc\u00b4`", "'"))
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")

_QUOTES = re.compile(r"(?<!\w)'|'(?!\w)")
"""Single quotes: apostrophes that do not stand between two letters."""

_SENTENCE_BREAK = re.compile(r"[^\w\s'-]+|\s-+\s|[\n\r\u2028\u2029]")

_NOT = "".join(
    f"(?<!{word} )" for word in ("not", "don't", "dont", "never", "can't", "cant", "won't", "wont", "didn't")
)
_PLEASE = r"(?:please|pls|plz)"
_HERE_ENDS_THE_SENTENCE = r"(?= ?(?:$|[^\w\s']))"
_TEXTS = r"(?:text messages|texts?|txts?|messages|sms)"
_THE = r"(?:(?:the|these|those|this|your|all|any|more|further|so many|political) )*"
_NEAR_MISS = re.compile(
    r"(?<![\w'])(?:"
    + "|".join(
        (
            rf"{_PLEASE}[ ,.!-]+(?:just )?stop(?: (?:it|this|that|now|all|already|{_PLEASE}))*"
            rf"(?:{_HERE_ENDS_THE_SENTENCE}|(?= (?:i|i'm|im|i've|ive|i'll|we|you|or|thanks|thank|ok|wrong"
            r"|texting|messaging|contacting|immediately)(?![\w'])))",
            rf"{_NOT}(?:stop|quit) (?:text|txt|messag|contact|call|email|bother|harass|spamm)ing"
            rf"(?: (?:me|us|my|this number)|{_HERE_ENDS_THE_SENTENCE})",
            rf"{_NOT}(?:stop|quit) sending (?:me|us|{_THE}{_TEXTS})",
            rf"{_NOT}(?:stop|no more) (?:with )?{_THE}{_TEXTS}",
            rf"{_NOT}(?:remove|delete) (?:me|us|my (?:\w+ )?(?:number|name|phone))",
            rf"{_NOT}(?:take|get) (?:me|us|my (?:\w+ )?(?:number|name)) off"
            rf"(?:(?: [\w'-]+){{0,4}} lists?|(?: {_PLEASE}| now)?{_HERE_ENDS_THE_SENTENCE})",
            rf"{_NOT}(?:unsubscribe|unsub)",
            rf"{_NOT}opt (?:me|us) out",
            r"(?:please|i|to) opt[ -]?out(?! of)",
            rf"opt[ -]?out of (?:(?:receiving|getting) )?{_THE}(?:{_TEXTS}|texting|list)",
            rf"{_NOT}(?:lose|forget|erase) (?:my|this) (?:\w+ )?number",
            rf"(?:do ?not|don'?t|never)(?: (?:ever|again|even|{_PLEASE}))*"
            r" (?:contact|text|txt|message|msg|call|e-?mail) (?:me|us|my|this number)",
            rf"(?:do ?not|don'?t) want (?:to (?:get|receive) )?{_THE}{_TEXTS}",
            r"leave me alone",
        )
    )
    + r")(?![\w'])"
)
_BARE_STOP = re.compile(
    rf"(?:(?:{_PLEASE}|just|ok|okay|no|hey) )*(?:stop|stop ?all|opt[ -]?out|remove)"
    rf"(?: (?:stop|now|it|this|that|already|thanks|thank you|{_PLEASE}))*"
)


class Heard(StrEnum):
    """What an incoming message asks for."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    NEAR_MISS = "near_miss"
    ORDINARY = "ordinary"


def hear(body: str, *, opted_out: bool) -> Heard:
    """Say what a message from a number that is `opted_out` or not asks for (`docs/rules.md 5.3-5.5`).

    OPT_OUT only if the whole message is one of the words of 5.3, whatever its case, spacing, and the
    quotes, punctuation and emoji around it. OPT_IN only from an opted-out number. A NEAR_MISS is to be
    flagged, never acted upon.
    """
    plain = _plain(body)
    whole = " ".join(_bare(plain).split())
    if whole in _OPT_OUT:
        return Heard.OPT_OUT
    if whole in _OPT_IN:
        return Heard.OPT_IN if opted_out else Heard.ORDINARY
    return Heard.NEAR_MISS if _nearly_opts_out(plain) else Heard.ORDINARY


def _plain(body: str) -> str:
    """Return `body` in lower case and plain letters, without what cannot be seen."""
    pictured = _LETTERED_EMOJI.sub("\u2b1b", body).translate(_APOSTROPHES)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", pictured).casefold())
    return "".join(_seen(character) for character in folded)


def _seen(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    category = unicodedata.category(character)
    if category == "Pd":
        return "-"
    if character.isspace():
        return character
    variation = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    hidden = variation or category in {"Cc", "Cf"} or character in _INVISIBLE_LETTERS
    return "" if hidden else character


def _bare(text: str) -> str:
    """Return `text` from its first to its last letter or digit."""
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


def _nearly_opts_out(plain: str) -> bool:
    # A picture between two words does not part them, as in "please <folded hands> stop".
    worded = "".join(" " if unicodedata.category(each) in {"So", "Sk"} else each for each in plain)
    worded = _QUOTES.sub(" ", worded)
    if _NEAR_MISS.search(" ".join(worded.split())):
        return True
    sentences = (" ".join(_bare(part).split()) for part in _SENTENCE_BREAK.split(worded))
    return any(_BARE_STOP.fullmatch(sentence) for sentence in sentences)

"""Classifies incoming messages as opt-out, opt-in, near miss or ordinary reply.

A wrong opt-out silences a voter for good, so only a whole message that is one of the listed words opts out. A wrong
flag costs one glance, so near misses are recognised more freely.
"""

import re
import unicodedata
from enum import StrEnum

from thrumsg_tui.domain.stop_sentences import asks_to_stop, copies_instruction
from thrumsg_tui.domain.tapbacks import own_words

_ENGLISH = (
    "stop", "stopall", "stop all", "unsubscribe", "unsub", "cancel", "end", "quit", "revoke", "optout", "opt out",
    "opt-out", "stop2quit", "stop 2 quit", "stop=quit", "i opt out",
)  # fmt: skip
_SPANISH = ("alto", "parar", "pare", "paren", "detener", "cancelar", "baja", "desuscribir", "desuscribirme")
_FRENCH = (
    "arret", "arrete", "arreter", "arretez", "desabonner", "desabonnement", "desinscrire", "desinscription", "annuler",
)  # fmt: skip
_MAY_BE_ASKED = ("stop", "alto", "pare", "arret", "arrete", "arretez")
_COURTESY = ("please", "pls", "plz", "por favor", "porfavor", "svp", "s'il vous plait")
_OPT_OUT = frozenset(
    {
        *_ENGLISH,
        *_SPANISH,
        *_FRENCH,
        *(f"{word} {please}" for word in _MAY_BE_ASKED for please in _COURTESY),
    }
)
_OPT_IN = frozenset({"start", "unstop", "yes"})

# Emoji that NFKC would turn into letters or digits, such as keycaps, TM, (M) and squared kana.
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_LETTERED_EMOJI = re.compile(_KEYCAP + "|[\u00a9\u00ae\u2122\u2139\u24c2\u3297\u3299\U0001f200-\U0001f2ff]")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u2032\u02bc\u00b4`", "'"))
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")

_QUOTES = re.compile(r"(?<!\w)'|'(?!\w)")
"""Single quotes: apostrophes that are not between two letters."""

_NUMBER = re.compile(r"\+?\(?\d[\d ().-]{5,}\d")
"""A phone number that somebody names, in any spelling."""

_SPELT = re.compile(r"s[ .,*_-]+t[ .,*_-]+o[ .,*_-]+p")


class ReplyIntent(StrEnum):
    """The intent of an incoming message."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    NEAR_MISS = "near_miss"
    ORDINARY = "ordinary"


def classify_reply(body: str, *, opted_out: bool) -> ReplyIntent:
    """Classify an incoming message (`docs/rules.md 5.3` to `5.5`).

    Args:
        body: The message.
        opted_out: Whether its number is opted out now; only then can it opt in.

    Returns:
        `OPT_OUT` only if the whole message is one of the words of rule 5.3, apart from case, spacing, and the quotes,
        punctuation and emoji around it. A `NEAR_MISS` flags the conversation, and does nothing else.
    """
    plain = _plain(body)
    if (beside := own_words(plain)) is not None:
        return ReplyIntent.NEAR_MISS if asks_to_stop(_written(beside)) else ReplyIntent.ORDINARY
    whole = " ".join(_bare(plain).split())
    if whole in _OPT_OUT or _SPELT.fullmatch(whole) or copies_instruction(whole):
        return ReplyIntent.OPT_OUT
    if whole in _OPT_IN:
        return ReplyIntent.OPT_IN if opted_out else ReplyIntent.ORDINARY
    return ReplyIntent.NEAR_MISS if asks_to_stop(_written(plain)) else ReplyIntent.ORDINARY


def _plain(body: str) -> str:
    """Return `body` in lower case, without accents and invisible characters."""
    if body.isascii() and body.isprintable():  # nearly every message: nothing else can be in it
        return body.translate(_APOSTROPHES).lower()
    pictured = _LETTERED_EMOJI.sub("\u2b1b", body).translate(_APOSTROPHES)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", pictured).casefold())
    seen = "".join(_seen(character) for character in folded)
    return "".join(sign for sign in unicodedata.normalize("NFD", seen) if unicodedata.category(sign) != "Mn")


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


def _written(plain: str) -> str:
    """Return the message without the lines that it quotes, unless nothing is left; emoji become spaces."""
    lines = plain.splitlines()
    own = [line for line in lines if not line.lstrip().startswith(">")]
    kept = "\n".join(own) if any(_bare(line) for line in own) else plain
    kept = _NUMBER.sub("this number", kept)
    # An emoji between two words does not separate them, as in "please <folded hands> stop".
    if kept.isascii():
        return _QUOTES.sub(" ", kept.replace("^", " ").replace("`", " "))
    worded = "".join(" " if unicodedata.category(sign) in {"So", "Sk"} else sign for sign in kept)
    return _QUOTES.sub(" ", worded)

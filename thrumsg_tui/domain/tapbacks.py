"""Recognises tapbacks: reactions that phones send as a text that quotes the message."""

import re

_OPENING = "“„«\"'‘"
_CLOSING = {"“": "”“", "„": "“”", "«": "»", '"': '"', "'": "", "‘": ""}
"""The marks that end each kind of quotation; a single quote ends none, since it may be an apostrophe."""

_PICTURE = r"[^\w\s“„«\"‘]{1,12}"
_REACTIONS = (
    # English
    r"liked|loved|disliked|laughed at|emphasi[sz]ed|questioned",
    rf"reacted (?:with )?(?:an? )?(?:{_PICTURE}|\w+) to",
    rf"removed (?:(?:an? )?(?:\w+|{_PICTURE})(?: mark| reaction)?) from",
    # Spanish
    r"(?:no )?(?:le|les|me) (?:gusto|encanto|disgusto|dio risa|hizo gracia|hizo reir|parecio divertido"
    r"|ha gustado|ha encantado)",
    r"se (?:rio|ha reido) (?:de|con)|exclamo (?:por|en|sobre)|enfatizo|destaco|resalto|cuestiono",
    r"(?:dudo|pregunto) (?:sobre|por|de)|puso (?:en duda|enfasis en)",
    rf"(?:reacciono|ha reaccionado) (?:con )?(?:{_PICTURE}|\w+) (?:a|en)",
    rf"(?:quito|elimino|retiro) (?:una? |el |la )?(?:{_PICTURE}|[\w ]{{1,30}}|[“\"«][\w' ]{{1,20}}[”\"»]) (?:de|a|en)",
    # French
    r"a (?:aime|adore|souligne|questionne|exclame)|n ?'?a pas aime|a ri (?:de|a)",
    r"a (?:mis en evidence|mis l'accent sur|insiste sur|pose une question sur)|s'est interroge\S* sur",
    rf"a reagi (?:avec|par) (?:{_PICTURE}|\w+) (?:a|sur)",
    r"a (?:ajoute|retire|supprime|enleve) (?:une? |le |la )?"
    rf"(?:{_PICTURE}|[\w' ]{{1,30}}|« ?[\w' ]{{1,20}} ?») (?:a|de|sur)",
    # In any of these languages: an emoji, then the message that it reacts to
    rf"{_PICTURE} (?:removed from|to|from|a|en|de|sur)",
)
_TAPBACK = rf"\s*(?:{'|'.join(_REACTIONS)})\s*:?\s*([{_OPENING}])"


def own_words(plain: str) -> str | None:
    """Return the text after a tapback's quotation, often empty; None if the text is not a tapback.

    The quotation is mostly one of our messages, with its "Reply STOP to end", and may be cut short
    (`docs/rules.md 5.4`).

    Args:
        plain: A message in lower case, without accents and invisible characters.
    """
    tapback = re.match(_TAPBACK, plain)
    if tapback is None:
        return None
    end = max((plain.rfind(mark, tapback.end()) for mark in _CLOSING[tapback[1]]), default=-1)
    return "" if end < 0 else plain[end + 1 :]

"""A reaction that quotes our own text is not a wish (docs/rules.md 5.4)."""

import pytest

from thrumsg_tui.domain.reply_intent import ReplyIntent, classify_reply

OURS = "Hi Maria, it's Kim with Harbor Votes. Reply STOP to end"


REACTIONS = (
    *("Liked", "Loved", "Disliked", "Laughed at", "Emphasized", "Emphasised", "Questioned", "Reacted 👍🏽 to"),
    *("Removed a like from", "Removed an exclamation from", "Removed a question mark from", "Removed ❤️ from"),
    *("👍 to", "❤️ to", "‼️ to", "\u200a\u200b👍\u200b to", "Reacted with 👍 to", "😂 removed from"),
    *("Le gustó", "Le encantó", "No le gustó", "Le dio risa", "Exclamó por", "Dudó sobre", "Reaccionó con 👍 a"),
    *("Me gustó", "Ha reaccionado con 👍 a", "Retiró un “Me gusta” de", "👍 a"),
    "Puso énfasis en",
    *("A aimé", "A adoré", "N’a pas aimé", "A ri de", "A souligné", "A posé une question sur", "A réagi avec 👍 à"),
    *("A mis en évidence", "A retiré un J’aime de", "A ajouté un « J’aime » à", "👍 à"),
)
QUOTATIONS = ("“{}”", '"{}"', "«\u00a0{}\u00a0»", "“\u200a{}\u200a”", "“{}…”", "“{}", "'{}'", "“{}” ")
QUOTED = (OURS, "STOP", "stop texting me", f"“Harbor”\n{OURS}", "Responde STOP para salir")


def test_a_tapback_is_not_a_wish() -> None:
    bodies = [f"{each} {quotation.format(of)}" for each in REACTIONS for quotation in QUOTATIONS for of in QUOTED]
    assert [body for body in bodies if classify_reply(body, opted_out=False) is not ReplyIntent.ORDINARY] == []


def test_a_tapback_does_not_opt_in() -> None:
    assert classify_reply("Liked “START”", opted_out=True) is ReplyIntent.ORDINARY


@pytest.mark.parametrize("own", ["Please remove me", "STOP", "no me escriban más"])
def test_what_stands_beside_the_quotation_is_heard(own: str) -> None:
    assert classify_reply(f"Liked “{OURS}” {own}", opted_out=False) is ReplyIntent.NEAR_MISS


@pytest.mark.parametrize("body", ["I said “stop texting me”", "Liked it. Stop texting me", "To “Harbor”: remove me"])
def test_a_quotation_without_a_reaction_is_the_contacts_own(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.NEAR_MISS


@pytest.mark.parametrize("body", ["Liked an image", "Loved every minute of it", "👍", "Le gustó una imagen"])
def test_a_reaction_without_a_quotation_is_ordinary(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.ORDINARY

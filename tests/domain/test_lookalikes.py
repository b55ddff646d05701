"""Look-alikes that force UCS-2 (docs/rules.md 7.3)."""

import sys
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.lookalikes import Lookalike, find_lookalikes, replace_lookalikes
from thrumsg_tui.domain.segments import is_gsm_7


@cache
def every() -> tuple[Lookalike, ...]:
    """Look for them among all characters that there are."""
    return find_lookalikes("".join(map(chr, range(sys.maxunicode + 1))))


lookalikes = st.deferred(lambda: st.sampled_from([found.character for found in every()]))
texts = st.text(lookalikes | st.characters() | st.sampled_from("ab 😀"))


def test_every_replacement_is_gsm_7() -> None:
    assert [found for found in every() if not is_gsm_7(found.replacement)] == []


def test_nothing_that_is_gsm_7_already_is_a_lookalike() -> None:
    assert [found for found in every() if is_gsm_7(found.character)] == []


def test_every_lookalike_has_a_name() -> None:
    assert all(found.name.strip() for found in every())


@given(texts)
def test_nothing_is_left_to_replace(text: str) -> None:
    assert find_lookalikes(replace_lookalikes(text)) == ()


@given(texts)
def test_everything_else_stays(text: str) -> None:
    found = {each.character: each.replacement for each in find_lookalikes(text)}
    assert replace_lookalikes(text) == "".join(found.get(character, character) for character in text)


def test_found_once_each_in_order_of_appearance() -> None:
    assert find_lookalikes("“It’s” – it’s") == (
        Lookalike("“", "curly quote", '"'),
        Lookalike("’", "curly apostrophe", "'"),
        Lookalike("”", "curly quote", '"'),
        Lookalike("–", "en dash", "-"),
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“Don’t” — she said…", '"Don\'t" - she said...'),
        ("6′ 2″", "6' 2\""),
        ("10\u00a0am\u202f–\u20091\u3000pm", "10 am - 1 pm"),
        ("\ufeffHi\u200b there\u00ad", "Hi there"),
        ("• vote\t• call", "- vote - call"),
        ("`x´", "'x'"),
        ("ｖｏｔｅ！", "vote!"),
        ("\u202a(555)\u00a0123\u20114567\u202c", "(555) 123-4567"),
        ("one\u2028two", "one\ntwo"),
    ],
)
def test_every_occurrence_is_replaced(text: str, plain: str) -> None:
    assert replace_lookalikes(text) == plain


@pytest.mark.parametrize("emoji", ["👩‍👩‍👧", "❤️", "🏳️‍🌈", "1️⃣", "👍🏽", "🇺🇸", "‼️", "▪️", "©️", "™️", "〰️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_emoji_stay_whole(emoji: str) -> None:
    assert replace_lookalikes(emoji) == emoji


def test_accented_letters_are_no_lookalikes() -> None:
    assert find_lookalikes("María Núñez, façade") == ()

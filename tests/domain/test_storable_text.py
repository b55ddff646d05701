"""Which characters no text may have that is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.storable_text import require_storable, storable


def test_the_sentence_says_which_character_it_is_and_what_to_do() -> None:
    with pytest.raises(Refused, match=r"^Character 3 of the text is a NUL, which cannot be stored: delete it"):
        require_storable("fine", "ab\0")
    with pytest.raises(Refused, match=r"^Character 1 of the text is half of one \(U\+D83D\), which cannot be stored"):
        require_storable("\ud83d")


def test_all_other_text_may_be_stored() -> None:
    require_storable()
    require_storable("", "\x01\x1b[2J\n", "👍", "\ufffd")


@given(st.text(st.characters()))
def test_replaced_text_may_be_stored_and_keeps_its_length(text: str) -> None:
    require_storable(storable(text))
    assert len(storable(text)) == len(text)
    assert storable(storable(text)) == storable(text)

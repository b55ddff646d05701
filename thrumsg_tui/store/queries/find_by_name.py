"""Find a question or a choice by its id or its exact text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from thrumsg_tui.domain.campaigns import ChoiceId, Question, QuestionChoice, QuestionId
from thrumsg_tui.domain.errors import NotFound

_Named = TypeVar("_Named", Question, QuestionChoice)


def question_named(offered: Sequence[Question], wanted: QuestionId | str) -> Question:
    """Return the question with this text or id; `NotFound` says how to list them."""
    found = _named(offered, wanted)
    if found is None:
        raise NotFound(f"There is no survey question {wanted!r} in this campaign; `thrumsg campaign show` lists them.")
    return found


def choice_named(question: Question, wanted: ChoiceId | str) -> QuestionChoice:
    """Return the choice with this text or id; `NotFound` lists the choices of the question."""
    found = _named(question.choices, wanted)
    if found is None:
        offered = ", ".join(each.text for each in question.choices)
        raise NotFound(f"{wanted!r} is not a choice of {question.text!r}; there are {offered}.")
    return found


def _named(offered: Sequence[_Named], wanted: int | str) -> _Named | None:
    """Prefer a text that happens to be a number to the id that it spells."""
    by_text = [each for each in offered if each.text == wanted]
    by_id = [each for each in offered if str(each.id) == str(wanted)]
    return next(iter(by_text + by_id), None)

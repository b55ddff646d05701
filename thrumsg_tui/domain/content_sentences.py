"""Sentences for the journal's facts about survey questions, answers and recommended replies."""

from __future__ import annotations

from typing import assert_never

from thrumsg_tui.domain.content_facts import (
    AnswerFacts,
    AnswerRecorded,
    AnswerUndone,
    QuestionAdded,
    QuestionChanged,
    QuestionMoved,
    QuestionRestored,
    QuestionRetired,
    ReplyAdded,
    ReplyChanged,
    ReplyFacts,
    ReplyMoved,
    ReplyRemoved,
    SurveyFacts,
)


def survey_summary(facts: SurveyFacts) -> str:
    """Return the history's sentence for a change to a survey question."""
    match facts:
        case QuestionAdded():
            return f"added the question {facts.text!r}"
        case QuestionChanged():
            to = f" to {facts.new_text!r}" if facts.new_text is not None else ""
            return f"changed the question {facts.text!r}{to}"
        case QuestionMoved():
            return f"moved {facts.text!r} to place {facts.place}"
        case QuestionRetired():
            return f"{'retired' if facts.kept else 'deleted'} the question {facts.text!r}"
        case QuestionRestored():
            return f"restored the question {facts.text!r}"
    assert_never(facts)


def answer_summary(facts: AnswerFacts) -> str:
    """Return the history's sentence for a survey answer."""
    match facts:
        case AnswerRecorded():
            return f"{facts.question} {'(cleared)' if facts.choice is None else facts.choice} for {facts.contact}"
        case AnswerUndone():
            return f"{facts.contact}'s {_answer_again(facts)}"
    assert_never(facts)


def answer_in_thread(facts: AnswerFacts, by: str | None) -> str:
    """Return the thread's sentence for a survey answer; `by` is the name of the person who recorded it."""
    match facts:
        case AnswerRecorded():
            return f"{facts.question} {'(answer cleared)' if facts.choice is None else facts.choice}, by {by}"
        case AnswerUndone():
            return f"{_answer_again(facts)}, by {by}"
    assert_never(facts)


def _answer_again(facts: AnswerUndone) -> str:
    again = "is taken back" if facts.choice is None else f"is {facts.choice!r} again"
    return f"answer to {facts.question!r} {again}"


def reply_summary(facts: ReplyFacts) -> str:
    """Return the history's sentence for a change to a recommended reply."""
    match facts:
        case ReplyAdded():
            return f"added the reply {facts.title!r}"
        case ReplyChanged():
            return f"changed the reply {facts.title!r}"
        case ReplyMoved():
            return f"moved the reply {facts.title!r} to place {facts.place}"
        case ReplyRemoved():
            return f"removed the reply {facts.title!r}"
    assert_never(facts)

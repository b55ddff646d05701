"""Facts that the journal stores about survey questions, answers and recommended replies (`docs/rules.md 8.3`).

Each class has the fields that its sentence in `content_sentences.py` needs: names as they were at the time.
"""

from __future__ import annotations

from thrumsg_tui.domain.frozen_record import FrozenRecord


class QuestionAdded(FrozenRecord):
    """A survey question was added."""

    text: str


class QuestionChanged(FrozenRecord):
    """A survey question or its choices were changed; `new_text` is None if its text was not."""

    text: str
    new_text: str | None


class QuestionMoved(FrozenRecord):
    """A survey question was moved to another place; 1 is the first."""

    text: str
    place: int


class QuestionRetired(FrozenRecord):
    """A survey question was retired (`kept`, with its answers) or deleted."""

    text: str
    kept: bool


class QuestionRestored(FrozenRecord):
    """A retired survey question was restored."""

    text: str


class AnswerRecorded(FrozenRecord):
    """A survey answer was recorded, or cleared if `choice` is None."""

    question: str
    choice: str | None
    contact: str


class AnswerUndone(FrozenRecord):
    """A change of a survey answer was undone; `choice` is the restored answer, None if there was none."""

    contact: str
    question: str
    choice: str | None


class ReplyAdded(FrozenRecord):
    """A recommended reply was added."""

    title: str


class ReplyChanged(FrozenRecord):
    """A recommended reply was changed; `title` is the old one."""

    title: str


class ReplyMoved(FrozenRecord):
    """A recommended reply was moved to another place; 1 is the first."""

    title: str
    place: int


class ReplyRemoved(FrozenRecord):
    """A recommended reply was removed; `body` is stored so that it can be added again."""

    title: str
    body: str


SurveyFacts = QuestionAdded | QuestionChanged | QuestionMoved | QuestionRetired | QuestionRestored
AnswerFacts = AnswerRecorded | AnswerUndone
ReplyFacts = ReplyAdded | ReplyChanged | ReplyMoved | ReplyRemoved

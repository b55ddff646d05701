"""The forms of a survey question, a recommended reply and a follow-up."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from thrumsg_tui.domain.campaigns import (
    AS_OF_NOW,
    AnswerCondition,
    Campaign,
    CampaignId,
    ChoiceId,
    FollowUp,
    Question,
    QuestionId,
    RecommendedReply,
    Target,
)
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.follow_ups import Created, create_follow_up, edit_follow_up
from thrumsg_tui.store.changes.questions import MOST_CHOICES, ChosenText, add_question, edit_question
from thrumsg_tui.store.changes.replies import add_reply, edit_reply
from thrumsg_tui.store.queries.follow_ups import Reach, reach
from thrumsg_tui.store.queries.script_preview import script_preview
from thrumsg_tui.tui.dialogs.confirm_points import confirming
from thrumsg_tui.tui.dialogs.form import Entered, FormDialog, Unfit, touched
from thrumsg_tui.tui.dialogs.script_preview_lines import script_preview_lines
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.widgets.form_fields import ChoiceField, Field, TextField
from thrumsg_tui.tui.widgets.line_widgets import Part

_THIS, _ALL = "this", "all"
_ANYBODY, _REPLIED, _NOT_REPLIED = "anybody", "replied", "not"


def question_form(
    store: StoreClient, who: Identity, glyphs: Glyphs, campaign_id: CampaignId, question: Question | None = None
) -> FormDialog[Question]:
    """Make the form of a question, which returns it as stored; a choice whose text changes keeps its answers."""
    known = question.choices if question else ()
    fields: list[Field] = [TextField("text", "Question", question.text if question else "")]
    for place in range(MOST_CHOICES):
        value = known[place].text if place < len(known) else ""
        fields.append(TextField(f"choice_{place}", f"{place + 1}", value, "a choice" if place == 0 else ""))

    async def save(entered: Entered) -> Question:
        chosen: list[ChosenText] = [
            (known[place].id if place < len(known) else None, words)
            for place in range(MOST_CHOICES)
            if (words := entered[f"choice_{place}"].strip())
        ]
        if wrong := _wrong_question(entered, chosen):
            raise Unfit(wrong)
        if question:
            return await store.execute(edit_question, who, question.id, entered["text"], chosen, seen=question)
        return await store.execute(add_question, who, campaign_id, entered["text"], [words for _, words in chosen])

    return FormDialog("Change the question" if question else "New question", fields, save, glyphs)


def _wrong_question(entered: Entered, chosen: Sequence[ChosenText]) -> dict[str, str]:
    wrong = {}
    if not entered["text"].strip():
        wrong["text"] = "What is the question?"
    if not chosen:
        wrong["choice_0"] = "A question needs at least one choice."
    words = [entered[f"choice_{place}"].strip() for place in range(MOST_CHOICES)]
    for place, text in enumerate(words):
        if text and text in words[:place]:
            wrong[f"choice_{place}"] = "This choice is there already."
    return wrong


def reply_form(
    store: StoreClient, who: Identity, glyphs: Glyphs, campaign: Campaign, reply: RecommendedReply | None = None
) -> FormDialog[str]:
    """Make the form of a recommended reply; it returns the title."""
    whose: list[Field] = [
        ChoiceField("for", "For", ((_THIS, campaign.name), (_ALL, "all campaigns")), _THIS),
    ]
    fields: list[Field] = [
        TextField("title", "Title", reply.title if reply else ""),
        TextField("body", "Reply", reply.body if reply else "", "with %first_name% and the like", 4),
        *([] if reply else whose),
    ]

    async def save(entered: Entered) -> str:
        needed = {"title": "A reply needs a title.", "body": "A reply needs a text."}
        if wrong := {name: sentence for name, sentence in needed.items() if not entered[name].strip()}:
            raise Unfit(wrong)
        await confirming(form.app, who, title, lambda codes: store_reply(entered, codes))
        return entered["title"].strip()

    async def store_reply(entered: Entered, codes: Container[str]) -> None:
        if reply:
            parts = touched(entered, title=reply.title, body=reply.body)
            await store.execute(edit_reply, who, reply.id, title=parts["title"], body=parts["body"], confirmed=codes)
        else:
            campaign_id = campaign.id if entered["for"] == _THIS else None
            await store.execute(add_reply, who, campaign_id, entered["title"], entered["body"], confirmed=codes)

    async def preview(entered: Entered) -> Sequence[Sequence[Part]]:
        return script_preview_lines(
            await store.query(script_preview, who, entered["body"], campaign.id, initial=False), glyphs
        )

    title = "Change the reply" if reply else "New reply"
    form = FormDialog(title, fields, save, glyphs, preview=preview)
    return form


def follow_up_form(
    store: StoreClient, who: Identity, glyphs: Glyphs, campaign: Campaign, asked: Sequence[Question]
) -> FormDialog[Created]:
    """Make the form of a new follow-up, which previews and returns whom it reaches."""
    zone = campaign.hours.timezone
    fields: list[Field] = [
        *_content_fields(zone),
        ChoiceField(
            "replied",
            "To",
            ((_ANYBODY, "anybody texted"), (_REPLIED, "who has replied"), (_NOT_REPLIED, "who has not")),
            _ANYBODY,
        ),
        ChoiceField("answer", "Who answered", _answers(asked), ""),
    ]

    async def save(entered: Entered) -> Created:
        expires_at = _fit_expiry(entered, zone, store.db.clock())
        return await confirming(
            form.app,
            who,
            title,
            lambda codes: store.execute(
                create_follow_up,
                who,
                campaign.name,
                entered["title"],
                entered["text"],
                expires_at=expires_at,
                target=_target(entered),
                confirmed=codes,
            ),
        )

    async def preview(entered: Entered) -> Sequence[Sequence[Part]]:
        reached = await store.query(reach, campaign.id, _target(entered))
        shown = await store.query(
            script_preview, who, entered["text"], campaign.id, initial=False, example=reached.example
        )
        reaches: list[Part] = [(f" Reaches {reached_words(reached)}.", "strong")]
        return [reaches, [(f" {AS_OF_NOW}", "quiet")], *script_preview_lines(shown, glyphs)]

    title = f"New follow-up in {campaign.name}"
    form = FormDialog(title, fields, save, glyphs, done="makes it", preview=preview)
    return form


def follow_up_change_form(
    store: StoreClient, who: Identity, glyphs: Glyphs, campaign: Campaign, follow_up: FollowUp
) -> FormDialog[bool]:
    """Make the form that changes a follow-up, except for its target; it returns whether anything changed."""
    zone = campaign.hours.timezone
    before = f"{follow_up.expires_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if follow_up.expires_at else ""

    async def save(entered: Entered) -> bool:
        entered_end = _fit_expiry(entered, zone, store.db.clock())
        expires_at = follow_up.expires_at if entered["expires"].strip() == before else entered_end
        return await confirming(
            form.app,
            who,
            title,
            lambda codes: store.execute(
                edit_follow_up,
                who,
                follow_up.id,
                entered["title"],
                entered["text"],
                expires_at,
                seen=follow_up,
                confirmed=codes,
            ),
        )

    async def preview(entered: Entered) -> Sequence[Sequence[Part]]:
        example = (await store.query(reach, campaign.id, follow_up.target)).example if follow_up.target else None
        shown = await store.query(script_preview, who, entered["text"], campaign.id, initial=False, example=example)
        conversations = pluralize(follow_up.pending, "conversation")
        for_whom: list[Part] = [(f" For {follow_up.whom}; unsent in {conversations} now.", "strong")]
        return [
            for_whom,
            *([[(f" {AS_OF_NOW}", "quiet")]] if follow_up.target else []),
            *script_preview_lines(shown, glyphs),
        ]

    fields = _content_fields(zone, follow_up.title, follow_up.text, before)
    title = "Change the follow-up"
    form = FormDialog(title, fields, save, glyphs, preview=preview)
    return form


def _content_fields(zone: str, title: str = "", text: str = "", until: str = "") -> list[Field]:
    return [
        TextField("title", "Title", title, "for you and the senders"),
        TextField("text", "Text", text, "with %first_name% and the like", 4),
        TextField("expires", "Until", until, f"no end; or like 2026-11-03 18:00, {zone}"),
    ]


def reached_words(reach: Reach) -> str:
    """Say how many conversations a follow-up reaches, and how many are left out and why."""
    left = [f"{reach.opted_out} opted out"] if reach.opted_out else []
    left += [f"{reach.not_started} not started"] if reach.not_started else []
    return pluralize(reach.reaches, "conversation") + (f"; left out: {', '.join(left)}" if left else "")


def _answers(asked: Sequence[Question]) -> list[tuple[str, str]]:
    options = [("", "anything, or nothing")]
    for question in asked:
        options += [(f"{question.id} {choice.id}", f"{question.text} {choice.text}") for choice in question.choices]
        options += [
            (f"{question.id} any", f"{question.text} anything"),
            (f"{question.id} none", f"{question.text} nothing yet"),
        ]
    return options


def _target(entered: Entered) -> Target:
    replied = {_ANYBODY: None, _REPLIED: True, _NOT_REPLIED: False}[entered["replied"]]
    if not entered["answer"]:
        return Target(replied)
    question, choice = entered["answer"].split()
    if choice in {"any", "none"}:
        return Target(replied, AnswerCondition(QuestionId(int(question)), given=choice == "any"))
    return Target(replied, AnswerCondition(QuestionId(int(question)), ChoiceId(int(choice))))


def _fit_expiry(entered: Entered, zone: str, now: datetime) -> datetime | None:
    """Return when a follow-up expires, None for never; raise `Unfit` if that, title or text is invalid."""
    needed = {"title": "A follow-up needs a title.", "text": "A follow-up needs a text."}
    wrong = {name: sentence for name, sentence in needed.items() if not entered[name].strip()}
    expires_at = _expiry(entered, zone, wrong)
    if expires_at and expires_at <= now:
        wrong["expires"] = "That time has passed already."
    if wrong:
        raise Unfit(wrong)
    return expires_at


def _expiry(entered: Entered, zone: str, wrong: dict[str, str]) -> datetime | None:
    text = entered["expires"].strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        wrong["expires"] = f"{text!r} is not a time; write it like 2026-11-03 18:00."
        return None
    return at if at.utcoffset() is not None else at.replace(tzinfo=ZoneInfo(zone))

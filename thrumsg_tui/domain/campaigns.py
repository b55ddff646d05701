"""A campaign and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NewType

from thrumsg_tui.domain.enums import CampaignState, HoursIn
from thrumsg_tui.domain.hours import DailyHours, InitialWindow
from thrumsg_tui.domain.people import User
from thrumsg_tui.domain.wording import pluralize

CampaignId = NewType("CampaignId", int)
AssignmentId = NewType("AssignmentId", int)
QuestionId = NewType("QuestionId", int)
ChoiceId = NewType("ChoiceId", int)
FollowUpId = NewType("FollowUpId", int)


UNASSIGNED = "Unassigned"
"""The name of the pseudo-sender that holds what nobody holds."""


def whose(holder: str) -> str:
    """Say whose a conversation is, by the name of who holds it."""
    return "unassigned" if holder == UNASSIGNED else f"{holder}'s"


@dataclass(frozen=True, slots=True)
class Setup:
    """What a person settles about a campaign, and may change until it is archived.

    Raises ValueError with a sentence for a window that ends before it starts (`docs/rules.md 6.3`).
    """

    name: str
    initial_script: str
    hours: DailyHours
    description: str = ""
    hours_in: HoursIn = HoursIn.CAMPAIGN
    starts: date | None = None
    ends: date | None = None
    quicksend: bool = False

    def __post_init__(self) -> None:
        """Refuse a window that never opens."""
        _ = self.window

    @property
    def window(self) -> InitialWindow:
        """When initials may be sent, in the campaign's time zone."""
        return InitialWindow(self.hours.timezone, self.starts, self.ends)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One text bank with its settings."""

    id: CampaignId
    name: str
    description: str
    initial_script: str
    state: CampaignState
    hours: DailyHours
    hours_in: HoursIn
    window: InitialWindow
    quicksend: bool
    created_by: str
    created_at: datetime
    launched_at: datetime | None
    of_contact: bool = False
    """Whether the daily hours are those of one contact already, in the zone of their number."""

    @property
    def setup(self) -> Setup:
        """What may be changed about it."""
        return Setup(
            name=self.name,
            initial_script=self.initial_script,
            hours=self.hours,
            description=self.description,
            hours_in=self.hours_in,
            starts=self.window.starts,
            ends=self.window.ends,
            quicksend=self.quicksend,
        )

    @property
    def whose_hours(self) -> str:
        """The time zone of the daily hours, in words."""
        if self.hours_in is HoursIn.CONTACT:
            return "in each contact's time zone"
        return f"in the contact's time zone, {self.hours.timezone}" if self.of_contact else self.hours.timezone

    def for_contact(self, timezone: str | None) -> Campaign:
        """The campaign with its daily hours as they are for a contact, in the campaign's zone if theirs is unknown.

        The window of the initials stays in the campaign's zone (`docs/rules.md 6.1`, `6.3`).
        """
        if self.hours_in is HoursIn.CAMPAIGN:
            return self
        settled = replace(self, hours_in=HoursIn.CAMPAIGN)
        if timezone is None:
            return settled
        return replace(settled, hours=replace(self.hours, timezone=timezone), of_contact=True)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one sender, or Unassigned (`user` is None), holds in a campaign, with its kept counts."""

    id: AssignmentId
    campaign_id: CampaignId
    user: User | None
    active: bool
    online: bool
    assigned: int
    not_started: int
    sent: int
    needs_reply: int
    answered: int
    opted_out: int
    texted: int
    replied: int
    follow_ups: int
    sent_only: int
    """Conversations of the Sent tab: `sent`, no pending follow-up (`docs/rules.md 3.3`)."""

    @property
    def name(self) -> str:
        """The sender's name, or Unassigned."""
        return self.user.name if self.user else UNASSIGNED

    @property
    def login(self) -> str | None:
        """The sender's login, None for Unassigned."""
        return self.user.login if self.user else None

    @property
    def responses(self) -> int:
        """Conversations of the Responses tab (`docs/rules.md 3.1`)."""
        return self.needs_reply + self.answered


def has_not_started(assignment: Assignment) -> bool:
    """Whether a sender holds conversations and has texted none of them: somebody to remind."""
    return assignment.user is not None and assignment.not_started > 0 and assignment.texted == 0


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """One possible answer."""

    id: ChoiceId
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A survey question, single choice (`docs/rules.md 3.14`)."""

    id: QuestionId
    text: str
    choices: tuple[QuestionChoice, ...]
    retired: bool = False


@dataclass(frozen=True, slots=True)
class RecommendedReply:
    """A reply to choose from; global ones belong to no campaign (`docs/rules.md 3.15`)."""

    id: int
    title: str
    body: str
    is_global: bool


@dataclass(frozen=True, slots=True)
class AnswerCondition:
    """An answer that a conversation must have, or must not have if `given` is False.

    It is `choice`, or without one any answer to the question.
    """

    question: QuestionId
    choice: ChoiceId | None = None
    given: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a follow-up is for, of those in whose conversation somebody has written.

    `replied` narrows it to contacts who have, or have not, ever written, `answer` to those who fulfil a condition.
    """

    replied: bool | None = None
    answer: AnswerCondition | None = None

    def words(self, question: str, choice: str) -> str:
        """Say whom it names; `question` and `choice` are the words of those that it has."""
        written = {None: "anybody texted", True: "who has replied", False: "who has not replied"}[self.replied]
        if self.answer is None:
            return written
        answer = f"the answer {choice!r}" if self.answer.choice is not None else "an answer"
        return f"{written}, {'with' if self.answer.given else 'without'} {answer} to {question!r}"


AS_OF_NOW = (
    "These are the numbers now: while it is active, whoever comes to match gets it too, "
    "and whoever matches no longer does not."
)
"""What is said beside the reach of a follow-up (`docs/rules.md 3.1`)."""


def follow_up_obstacle(title: str, *, active: bool, sent: int) -> str | None:
    """Say why a follow-up cannot be changed any more, None while it can be (`docs/rules.md 3.1`)."""
    if not active:
        return f"{title!r} has ended, so it stays as it is."
    if sent:
        contacts = pluralize(sent, "contact")
        return f"{title!r} was sent to {contacts} already, so it stays as it is: end it, and make a new one."
    return None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A later message to contacts that were texted before; `pending` leaves out who is opted out.

    `target` is None where whom it reaches was settled when it was made; `whom` says it in words.
    """

    id: FollowUpId
    title: str
    text: str
    expires_at: datetime | None
    active: bool
    pending: int
    sent: int
    skipped: int
    target: Target | None
    whom: str

    @property
    def obstacle(self) -> str | None:
        """Why it cannot be changed any more, None while it can be."""
        return follow_up_obstacle(self.title, active=self.active, sent=self.sent)


@dataclass(frozen=True, slots=True)
class Totals:
    """The counters of a campaign (`docs/rules.md 2.1`); the statuses leave out opted-out ones."""

    total: int
    not_started: int
    sent: int
    needs_reply: int
    answered: int
    opted_out: int
    texted: int
    replied: int

    @property
    def reply_rate(self) -> int:
        """Replied conversations per hundred texted, rounded half up (`docs/rules.md 2.1`)."""
        return (200 * self.replied + self.texted) // (2 * self.texted) if self.texted else 0

"""Campaigns, with their assignments, survey, recommended replies and follow-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, NewType

from thrumsg_tui.domain.enums import CampaignState, HoursIn
from thrumsg_tui.domain.hours import DailyHours, InitialWindow
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.wording import pluralize

if TYPE_CHECKING:
    from thrumsg_tui.domain.contact_zones import ContactZones
    from thrumsg_tui.domain.users import User

CampaignId = NewType("CampaignId", int)
AssignmentId = NewType("AssignmentId", int)
QuestionId = NewType("QuestionId", int)
ChoiceId = NewType("ChoiceId", int)
FollowUpId = NewType("FollowUpId", int)


QUIET_UNTIL, QUIET_FROM = 8 * 60, 21 * 60
"""Quiet hours at the contact, in minutes after midnight (`docs/rules.md 10.10`)."""

UNASSIGNED = "Unassigned"
"""The name of the pseudo-sender that holds the conversations without a sender."""


def whose(holder: str) -> str:
    """Return "Kim's" for a holder named Kim, and "unassigned" for `UNASSIGNED`."""
    return "unassigned" if holder == UNASSIGNED else f"{holder}'s"


@dataclass(frozen=True, slots=True)
class Setup:
    """The part of a campaign that an admin enters, and may change until it is archived.

    Raises:
        ValueError: If the window ends before it starts, with a sentence (`docs/rules.md 6.3`).
    """

    name: str
    initial_script: str
    hours: DailyHours
    description: str = ""
    hours_in: HoursIn = HoursIn.CAMPAIGN
    starts: date | None = None
    ends: date | None = None
    quicksend: bool = False
    quiet_hours: bool = False
    """Whether nothing is sent from 21:00 to 08:00 at the contact (`docs/rules.md 10.10`).

    Off here, so that a setup is what it says; the command line and the form have it on for new campaigns.
    """

    def __post_init__(self) -> None:
        """Check the window."""
        _ = self.window

    @property
    def window(self) -> InitialWindow:
        """The days on which initials may be sent, in the campaign's time zone."""
        return InitialWindow(self.hours.timezone, self.starts, self.ends)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A text bank and its settings."""

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
    quiet_hours: bool = False
    """Whether nothing is sent from 21:00 to 08:00 at the contact (`docs/rules.md 10.10`)."""
    of_contact: bool = False
    """Whether `for_contact` has put the daily hours into a contact's time zone."""
    at_contact: tuple[DailyHours, ...] = ()
    """From 08:00 to 21:00 in each time zone that the contact may be in, if `for_contact` has found quiet hours."""

    @property
    def setup(self) -> Setup:
        """The part that may be changed."""
        return Setup(
            name=self.name,
            initial_script=self.initial_script,
            hours=self.hours,
            description=self.description,
            hours_in=self.hours_in,
            starts=self.window.starts,
            ends=self.window.ends,
            quicksend=self.quicksend,
            quiet_hours=self.quiet_hours,
        )

    @property
    def clocks(self) -> tuple[DailyHours, ...]:
        """The daily hours that must all be open: the campaign's, and those at the contact (`docs/rules.md 10.10`)."""
        return (self.hours, *self.at_contact)

    @property
    def asks_for_zones(self) -> bool:
        """Whether its hours depend on where the contact is."""
        return self.quiet_hours or self.hours_in is HoursIn.CONTACT

    @property
    def whose_hours(self) -> str:
        """The time zone of the daily hours, in words for the screen."""
        if self.hours_in is HoursIn.CONTACT:
            return "in each contact's time zone"
        return f"in the contact's time zone, {self.hours.timezone}" if self.of_contact else self.hours.timezone

    def for_contact(self, zones: ContactZones) -> Campaign:
        """Return the campaign with its hours as they are for a contact, if its setup asks for that.

        Its daily hours are read in the contact's zone where they are the contact's; else, and where that zone is not
        known, they stay in the campaign's. With quiet hours, it is 08:00 to 21:00 in every zone that the contact may
        be in; a contact without any known zone is taken to be in the campaign's. The initial window stays in the
        campaign's zone (`docs/rules.md 6.1`, `6.3`, `10.10`).
        """
        if not self.asks_for_zones:
            return self
        settled = replace(self, hours_in=HoursIn.CAMPAIGN, quiet_hours=False)
        if self.hours_in is HoursIn.CONTACT and zones.likely is not None:
            settled = replace(settled, hours=replace(self.hours, timezone=zones.likely), of_contact=True)
        if not self.quiet_hours:
            return settled
        possible = zones.possible or (self.window.timezone,)
        return replace(settled, at_contact=tuple(DailyHours(zone, QUIET_UNTIL, QUIET_FROM) for zone in possible))


@dataclass(frozen=True, slots=True)
class Assignment:
    """The conversations that a sender, or Unassigned (`user` is None), holds in a campaign, as stored counts."""

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
    """How many are in the Sent tab: `sent`, without a pending follow-up (`docs/rules.md 3.3`)."""

    @property
    def name(self) -> str:
        """The sender's name, or Unassigned."""
        return self.user.name if self.user else UNASSIGNED

    @property
    def shown_name(self) -> str:
        """The sender's name as people read it (`User.shown_name`), or Unassigned."""
        return self.user.shown_name if self.user else UNASSIGNED

    @property
    def login(self) -> str | None:
        """The sender's login; None for Unassigned."""
        return self.user.login if self.user else None

    @property
    def responses(self) -> int:
        """How many are in the Responses tab (`docs/rules.md 3.1`)."""
        return self.needs_reply + self.answered


def has_not_started(assignment: Assignment) -> bool:
    """Return whether a sender has conversations to start and has texted in none: somebody to remind."""
    return assignment.user is not None and assignment.not_started > 0 and assignment.texted == 0


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """A possible answer to a survey question."""

    id: ChoiceId
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A single-choice survey question (`docs/rules.md 3.14`)."""

    id: QuestionId
    text: str
    choices: tuple[QuestionChoice, ...]
    retired: bool = False


@dataclass(frozen=True, slots=True)
class RecommendedReply:
    """A reply to choose from; a global one belongs to no campaign (`docs/rules.md 3.15`)."""

    id: int
    title: str
    body: str
    is_global: bool


@dataclass(frozen=True, slots=True)
class AnswerCondition:
    """An answer that a conversation must have, or must not have if `given` is False."""

    question: QuestionId
    choice: ChoiceId | None = None
    """The answer; None means any answer to the question."""
    given: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """The started conversations that a follow-up is for."""

    replied: bool | None = None
    """Whether the contact must have written at least once, or never; None takes both."""
    answer: AnswerCondition | None = None
    """The survey answer that is required, if any."""

    def words(self, question: str, choice: str) -> str:
        """Describe the target on the screen.

        Args:
            question: The text of the question in `answer`; ignored without one.
            choice: The text of the choice in `answer`; ignored without one.
        """
        written = {None: "anybody texted", True: "who has replied", False: "who has not replied"}[self.replied]
        if self.answer is None:
            return written
        answer = f"the answer {choice!r}" if self.answer.choice is not None else "an answer"
        return f"{written}, {'with' if self.answer.given else 'without'} {answer} to {question!r}"


AS_OF_NOW = (
    "These are the numbers now: while it is active, whoever comes to match gets it too, "
    "and whoever matches no longer does not."
)
"""The note beside the numbers that a follow-up would reach (`docs/rules.md 3.1`)."""


def follow_up_obstacle(title: str, *, active: bool, sent: int) -> str | None:
    """Return why a follow-up can no longer be changed; None if it can (`docs/rules.md 3.1`).

    Args:
        title: Its title.
        active: Whether it has not ended.
        sent: How many contacts it was sent to.
    """
    if not active:
        return f"{title!r} has ended, so it stays as it is."
    if sent:
        contacts = pluralize(sent, "contact")
        return f"{title!r} was sent to {contacts} already, so it stays as it is: end it, and make a new one."
    return None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A later message to contacts of started conversations."""

    id: FollowUpId
    title: str
    text: str
    expires_at: datetime | None
    active: bool
    pending: int
    """How many conversations it waits in; opted-out and Not Started ones do not count."""
    sent: int
    skipped: int
    target: Target | None
    """None if its conversations were listed once, when it was created."""
    whom: str
    """Its target in words."""

    @property
    def obstacle(self) -> str | None:
        """The reason why it can no longer be changed; None if it can."""
        return follow_up_obstacle(self.title, active=self.active, sent=self.sent)


@dataclass(frozen=True, slots=True)
class Totals:
    """The counters of a campaign (`docs/rules.md 2.1`); those of a status leave out opted-out conversations."""

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

"""An office to open the app in: a database on a clock that the test turns, and what a person sees and presses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path

from rich.style import Style
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Static

from tests.clock import Clock
from tests.new_database import new_database
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign, Setup
from thrumsg_tui.domain.conversations import Conversation, ConversationId
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.preferences import Preferences
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import add_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.replies import import_replies
from thrumsg_tui.store.imports.survey import import_survey
from thrumsg_tui.store.queries.assignments import find_assignment, unassigned
from thrumsg_tui.store.queries.drafts import draft
from thrumsg_tui.store.queries.lookup import conversations_by_phone
from thrumsg_tui.store.queries.thread import get_conversation
from thrumsg_tui.store.queries.users import identify
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.dialogs.choice import ChoiceDialog
from thrumsg_tui.tui.opening_route import LAST_ROUTE, Route
from thrumsg_tui.tui.painting import HeldScreen
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen
from thrumsg_tui.tui.timers import Timers

PATIENCE = 30.0
"""Seconds after which what a test waits for will not come any more."""

_ROUNDS = 3
"""How often in a row the app must be found settled: what is painted may ask for more."""

_TURN = 0.001
"""Seconds between two looks at an app that waits for a thread or a timer."""

ALWAYS_OPEN = DailyHours("UTC", 0, 24 * 60)
SCRIPT = "Hi %first_name%, it's %sender_first_name%. Will you vote?"


_CHARACTERS = {"enter": "\r", "escape": "\x1b", "space": " ", "tab": "\t", "backspace": "\x7f"}
_CHARACTERS |= {"slash": "/", "colon": ":", "question_mark": "?", "exclamation_mark": "!"}


@dataclass
class Office:
    """A database with an owner, Ana Ortiz, and the senders Kim Alvarez and Lee Bishop."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    timers: Timers = field(default_factory=Timers)
    preferences: Preferences = field(default_factory=Preferences)
    notice: str = ""
    """What the app says at its start."""
    digits_at: float = 0.0
    """The seconds at which digits are pressed in the messenger; they pass when the test says so."""

    def __post_init__(self) -> None:
        self.db = Database(new_database(self.folder / "thrumsg.db"), clock=self.clock, scratch=True)
        make_first_owner(self.db, "ana", "Ana", "Ortiz")
        self.ana = self.identity("ana")
        self.campaigns: dict[str, Campaign] = {}
        self._numbers = 0
        for login, first_name, last_name in (("kim", "Kim", "Alvarez"), ("lee", "Lee", "Bishop")):
            add_user(self.db, self.ana, login, first_name, last_name, role=Role.SENDER)

    def identity(self, login: str) -> Identity:
        """Somebody at the keyboard."""
        with self.db.reading() as conn:
            return identify(conn, login)

    def person(self, login: str, first_name: str, role: Role) -> Identity:
        """Add somebody."""
        add_user(self.db, self.ana, login, first_name, "Doe", role=role)
        return self.identity(login)

    def campaign(
        self,
        name: str = "Spring",
        *,
        hours: DailyHours = ALWAYS_OPEN,
        ends: date | None = None,
        quicksend: bool = False,
        script: str = SCRIPT,
    ) -> Campaign:
        """Make a campaign with Kim and Lee on it."""
        made = create_campaign(self.db, self.ana, Setup(name, script, hours=hours, ends=ends, quicksend=quicksend))
        add_senders(self.db, self.ana, name, ["kim", "lee"])
        self.campaigns[name] = made
        return made

    def contact(
        self, name: str, to: str | None = "kim", *, texted: bool = False, wrote: str = "", campaign: str = "Spring"
    ) -> ConversationId:
        """Import a contact; give them to a sender, text them, let them write. A minute goes by."""
        self._numbers += 1
        phone = f"+1415555{self._numbers:04}"
        first_name, _, last_name = name.partition(" ")
        file = self.folder / "contacts.csv"
        file.write_text(f"First Name,Last Name,Cell\n{first_name},{last_name},{phone}\n", encoding="utf-8")
        import_contacts(self.db, self.ana, file, campaign)
        home = self.campaigns[campaign]
        with self.db.reading() as conn:
            id = conversations_by_phone(conn, home.id)[phone]
        if to:
            reassign(
                self.db,
                self.ana,
                Request(home.id, FromConversations((id,)), ToAssignments((self.assignment(to, campaign),))),
            )
        if texted or wrote:
            self.clock.forward(seconds=1)
            send(self.db, self.ana, id)
        if wrote:
            self.clock.forward(seconds=1)
            receive(self.db, None, phone, wrote)
        self.clock.forward(minutes=1)
        return id

    def wrote(self, id: ConversationId, body: str) -> None:
        """Let a contact write."""
        self.clock.forward(seconds=1)
        receive(self.db, None, self.conversation(id).phone, body)

    def assignment(self, login: str | None, campaign: str = "Spring") -> AssignmentId:
        """The assignment of a sender, or of nobody."""
        home = self.campaigns[campaign]
        with self.db.reading() as conn:
            return find_assignment(conn, home, login) if login else unassigned(conn, home.id)

    def survey(self, *questions: str, campaign: str = "Spring") -> None:
        """Make survey questions: `Will you vote?,Yes|No`."""
        file = self.folder / "survey.csv"
        file.write_text("\n".join(["question,choices", *questions]) + "\n", encoding="utf-8")
        import_survey(self.db, self.ana, file, campaign)

    def replies(self, *replies: str, campaign: str | None = "Spring") -> None:
        """Make recommended replies: `Where,At the library`."""
        file = self.folder / "replies.csv"
        file.write_text("\n".join(["title,body", *replies]) + "\n", encoding="utf-8")
        import_replies(self.db, self.ana, file, campaign)

    def conversation(self, id: ConversationId) -> Conversation:
        """A conversation as it is stored now."""
        with self.db.reading() as conn:
            return get_conversation(conn, id)

    def bodies(self, id: ConversationId) -> list[str]:
        """The messages of a conversation."""
        return [message.body for message in self.conversation(id).messages]

    def draft(self, id: ConversationId, login: str = "ana") -> str | None:
        """What somebody is writing in a conversation."""
        with self.db.reading() as conn:
            return draft(conn, identify(conn, login).user.id, id)

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    @asynccontextmanager
    async def app(self, login: str = "ana", size: tuple[int, int] = (120, 40)) -> AsyncIterator[Person]:
        """Open the app as somebody."""
        app = ThrumsgApp(
            self.db, self.identity(login), UTC, preferences=self.preferences, notice=self.notice, timers=self.timers
        )
        async with app.run_test(size=size) as pilot:
            person = Person(pilot)
            await settle(pilot)
            yield person
        app.store.close()

    @asynccontextmanager
    async def messenger(
        self,
        sender: str | None = "kim",
        login: str = "ana",
        size: tuple[int, int] = (120, 40),
        campaign: str = "Spring",
    ) -> AsyncIterator[Person]:
        """Open the messenger on a sender, as somebody."""
        place = Route(self.campaigns[campaign].id, self.assignment(sender, campaign))
        set_preference(self.db, self.identity(login).user.id, LAST_ROUTE, str(place))
        async with self.app(login, size) as person:
            assert isinstance(person.app.screen, MessengerScreen)
            person.app.screen.key_clock = lambda: self.digits_at
            yield person


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing is under way any more.

    `pilot.pause` would send a message to each widget and wait for its answer. Here the event loop says whether any
    task can go on, which costs nothing and leaves nothing out.
    """
    app = pilot.app
    assert isinstance(app, ThrumsgApp)
    rounds = 0
    async with asyncio.timeout(PATIENCE):
        while rounds < _ROUNDS:
            await _let_all_run()
            app.screen._on_timer_update()  # paints what is to be painted, as its timer would a frame later
            await _let_all_run()
            if app.settled:
                rounds += 1
            else:
                rounds = 0
                await asyncio.sleep(_TURN)


async def _let_all_run() -> None:
    """Let all other tasks run until each waits for a thread, a timer or the terminal."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    while ready:
        await asyncio.sleep(0)


class Person:
    """Whoever sits before the app: what they see, and what they press."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self._lines: list[str] | None = None

    @property
    def app(self) -> ThrumsgApp:
        """The app."""
        assert isinstance(self.pilot.app, ThrumsgApp)
        return self.pilot.app

    @property
    def messenger(self) -> MessengerScreen:
        """The messenger, which must be in front, or under a dialog."""
        (found,) = (screen for screen in self.app.screen_stack if isinstance(screen, MessengerScreen))
        return found

    async def press(self, *keys: str) -> None:
        """Press keys, each when the one before has been dealt with."""
        for key in keys:
            self._send(key)
            await settle(self.pilot)

    async def type(self, text: str) -> None:
        """Type a text."""
        self.send(*text)
        await settle(self.pilot)

    async def paste(self, text: str) -> None:
        """Paste a text."""
        self.app.post_message(Paste(text))
        await settle(self.pilot)

    def send(self, *keys: str) -> None:
        """Press keys faster than the app can follow."""
        for key in keys:
            self._send(key)

    def _send(self, key: str) -> None:
        character = _CHARACTERS.get(key, key if len(key) == 1 else None)
        name = _character_to_key(key) if len(key) == 1 else key
        self.app.post_message(Key(name, character))

    @property
    def lines(self) -> list[str]:
        """What is on the screen, row by row. It is the same until the test lets something else run."""
        if self._lines is None:
            self._lines = [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]
            asyncio.get_running_loop().call_soon(self._look_again)
        return self._lines

    def _look_again(self) -> None:
        self._lines = None

    def style_of(self, text: str) -> Style:
        """How a text on the screen looks, as far as it looks the same all through."""
        for strip in self.app.screen._compositor.render_strips():
            for segment in strip:
                if text in segment.text and segment.style:
                    return segment.style
        raise AssertionError(f"{text!r} is not on the screen in one look:\n{self.screen}")

    @property
    def screen(self) -> str:
        """What is on the screen."""
        return "\n".join(self.lines)

    def sees(self, *texts: str) -> bool:
        """Whether all of some texts are on the screen."""
        return all(text in self.screen for text in texts)

    @property
    def notice(self) -> str:
        """What the bottom line says, at its right end where there are keys too, or the lines over the rows above."""
        screen = next(each for each in reversed(self.app.screen_stack) if isinstance(each, HeldScreen))
        if not (over := screen.covered):
            return self.lines[-1].rpartition("   ")[2].strip()
        strips = self.app.screen._compositor.render_strips()[over.y : over.bottom]
        return " ".join(strip.crop(over.x, over.right).text.strip() for strip in strips)

    @property
    def row(self) -> str:
        """The name under the cursor of the messenger's list."""
        row = self.messenger.list_pane.list.row
        return row.name if row else ""

    @property
    def rows(self) -> list[str]:
        """The names in the messenger's list."""
        return [row.name for row in self.messenger.list_pane.list.rows]

    @property
    def tabs(self) -> dict[str, int]:
        """The tabs of the messenger with their counts, all of which are on the screen."""
        view = self.messenger.view
        assert view is not None
        for tab, count in view.tabs.items():
            assert self.sees(f"{tab.label} {count}"), self.screen
        return {str(tab): count for tab, count in view.tabs.items()}

    @property
    def box(self) -> str:
        """What the message box holds."""
        return self.messenger.box.text

    @property
    def question(self) -> str:
        """What is asked in front of the screen."""
        assert isinstance(self.app.screen, ChoiceDialog)
        return str(self.app.screen.query_one(Static).content)

    @property
    def banner(self) -> str:
        """What is said above the message box."""
        return str(self.messenger.conversation.notice.content)

    @property
    def send_key(self) -> str:
        """What stands in the place of the Send key."""
        return str(self.messenger.box.border_subtitle or "").rpartition("·")[2].strip()

    async def reach(self, seen: Callable[[], bool], what: str) -> None:
        """Wait until something is so, whatever else is still under way."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not seen():
                    await _let_all_run()
                    await asyncio.sleep(_TURN)
        except TimeoutError:
            raise AssertionError(f"{what} never came; the screen:\n{self.screen}") from None

    async def wait_until(self, seen: Callable[[], bool], what: str) -> None:
        """Wait until something is so, and then until nothing is under way any more."""
        await self.reach(seen, what)
        await settle(self.pilot)

    async def wait_for(self, *texts: str) -> None:
        """Wait until all of some texts are on the screen."""
        await self.wait_until(lambda: self.sees(*texts), " and ".join(map(repr, texts)))

"""How delivery stands, on every screen and message (docs/rules.md 6.6, 10.2, 10.4, 10.5)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from textual.screen import Screen

from tests.store.carrier import GATEWAY, answer, claimed, reject
from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Report, Scope
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import report_in
from thrumsg_tui.store.changes.gateway_state import listener_ended, listener_seen
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.times import to_ms
from thrumsg_tui.tui.timers import Timers

NEVER = "1 message waits: no gateway has run yet; `thrumsg deliver` starts one."
SHORT = "Nothing leaves at present"


def change(office: Office, sql: str, *parameters: object) -> None:
    with office.db.writing() as tx:
        tx.conn.execute(sql, parameters)


def deliverer(office: Office, pace: float = 4.0) -> None:
    """Let a deliverer be seen now."""
    now = to_ms(office.clock.now)
    change(
        office,
        "INSERT INTO gateway (name, changed_at, seen_at, pace) VALUES ('twilio', ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET state = 'ready', reason = '', seen_at = excluded.seen_at",
        *(now, now, pace),
    )


def stop(office: Office, reason: str) -> None:
    now = to_ms(office.clock.now)
    change(
        office,
        "INSERT INTO gateway (name, state, reason, changed_at) VALUES ('twilio', 'stopped', ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET state = 'stopped', reason = excluded.reason",
        *(reason, now),
    )


@pytest.fixture
def maria(office: Office) -> ConversationId:
    """A contact whose initial is queued."""
    return office.contact("Maria Lopez", texted=True)


@pytest.mark.parametrize(
    "keys", [(), ("q",), ("H",), ("q", "O"), ("q", "M"), ("q", "U"), ("f",), ("e",), ("j", "enter")]
)
async def test_every_screen_says_why_nothing_leaves_until_it_does(
    office: Office, maria: ConversationId, keys: tuple[str, ...]
) -> None:
    async with office.app() as person:
        for key in keys:
            await person.press(key)
        assert NEVER in person.lines[1], person.screen
        deliverer(office)
        await person.wait_until(lambda: not person.sees("no gateway"), "the end of the banner")
        assert not person.lines[1].startswith(" ⚑")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_banner_has_room_on_a_small_screen(
    office: Office, maria: ConversationId, size: tuple[int, int]
) -> None:
    async with office.messenger(size=size) as person:
        assert NEVER in person.lines[1]
        stop(office, "the carrier refuses the credentials (20003): mend auth_token and start `thrumsg deliver` again.")
        await person.wait_for("Delivery stopped at", "auth_token")
        words = " ".join(line.strip() for line in person.lines[1:3])
        assert "start `thrumsg deliver` again. 1 message waits." in words
        assert all(len(line) <= size[0] for line in person.lines)


async def test_a_deliverer_that_is_not_seen_for_a_minute_is_missed_without_any_change(
    office: Office, maria: ConversationId
) -> None:
    office.timers = Timers(tick=0.1)
    deliverer(office)
    async with office.app() as person:
        assert not person.sees("Delivery")
        office.clock.forward(seconds=61)
        await person.wait_for("Delivery stands still: 1 message waits, and `thrumsg deliver` was last seen at")


async def test_a_stopped_number_is_named(office: Office, maria: ConversationId) -> None:
    deliverer(office)
    change(
        office,
        "INSERT INTO gateway_number (number, gateway, kind, mps, state, reason, changed_at)"
        " VALUES ('+14155550100', 'twilio', 'long', 1, 'stopped', 'not registered (30034)', 0)",
    )
    async with office.app() as person:
        assert person.sees("⚑ Our number +14155550100 is stopped: not registered (30034).")
        change(office, "UPDATE gateway_number SET state = 'ready'")
        await person.wait_until(lambda: not person.sees("is stopped"), "the end of the banner")


async def test_a_listener_that_was_stopped_is_missed_on_every_screen(office: Office, maria: ConversationId) -> None:
    deliverer(office)
    listener_seen(office.db, "twilio")
    async with office.app(size=(80, 24)) as person:
        assert not person.sees("listen")
        listener_ended(office.db, "twilio")
        await person.wait_for("⚑ `thrumsg listen` was stopped at ")
        banner = " ".join(line.strip() for line in person.lines[1:3])
        assert "answers and opt-outs come in only every five minutes, as `thrumsg deliver` fetches them." in banner
        await person.press("q")
        assert person.sees("`thrumsg listen` was stopped at ")
        listener_seen(office.db, "twilio")
        await person.wait_until(lambda: not person.sees("thrumsg listen"), "the end of the banner")


async def test_no_end_is_promised_while_our_only_number_is_stopped(office: Office, maria: ConversationId) -> None:
    deliverer(office)
    change(
        office,
        "INSERT INTO gateway_number (number, gateway, kind, mps, state, reason, changed_at)"
        " VALUES ('+14155550100', 'twilio', 'long', 1, 'stopped', 'trial', 0)",
    )
    async with office.app() as person:
        assert person.sees("Carrier: 1 waiting, our number is stopped")
        assert not person.sees("done by")
        change(office, "UPDATE gateway_number SET state = 'ready'")
        await person.wait_for("Carrier: 1 waiting, 4 a second, done by ")


async def test_a_doubt_that_nobody_asks_about_is_said(office: Office, maria: ConversationId) -> None:
    deliverer(office)
    bring(office, "in_doubt")
    async with office.app() as person:
        assert not person.sees("Nobody asks")
        change(office, "UPDATE gateway SET seen_at = NULL")
        await person.wait_for("⚑ Delivery stands still: 1 message is in doubt, and `thrumsg deliver` was stopped at ")
        banner = " ".join(line.strip() for line in person.lines[1:3])
        assert "Nobody asks the carrier about what is in doubt." in banner


async def test_a_sender_reads_the_short_form(office: Office, maria: ConversationId) -> None:
    stop(office, "the carrier refuses the credentials")
    async with office.messenger(login="kim") as person:
        assert person.sees(f"⚑ {SHORT}: what you send waits, and is not lost.")
        assert not person.sees("credentials")
        await person.press("q")
        assert person.sees("Campaigns", SHORT)
        assert not person.sees("Carrier:")


async def test_there_is_no_banner_where_the_app_itself_delivers(office: Office, maria: ConversationId) -> None:
    change(office, "INSERT INTO setting (key, value) VALUES ('practice', '1')")
    async with office.app() as person:
        assert not person.sees("no gateway")
        assert not person.lines[1].startswith(" ⚑")


async def test_the_overview_and_the_campaigns_say_when_all_will_have_left(
    office: Office, maria: ConversationId
) -> None:
    deliverer(office, pace=0.01)
    async with office.app() as person:
        done = office.clock.now + timedelta(seconds=100)
        line = f"Carrier: 1 waiting, 0.6 a minute, done by {done:%H:%M} UTC"
        assert person.sees(line), person.screen
        await person.press("q")
        assert person.sees("Carrier: 1 waiting")
        change(office, "UPDATE message SET state = 'sent'")
        await person.wait_for("Carrier: nothing waits")


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_heartbeat_alone_paints_nothing(
    office: Office, maria: ConversationId, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    deliverer(office)
    if stopped:
        stop(office, "the account is closed")
    async with office.app() as person:
        painted: list[object] = []
        display = person.app._display

        def noticed(seen: int) -> bool:
            return person.app._version != seen

        def record(screen: Screen[object], picture: object) -> None:
            painted.extend([] if picture is None else [picture])
            display(screen, picture)  # type: ignore[arg-type]

        monkeypatch.setattr(person.app, "_display", record)
        for beat in range(4):
            if beat == 1:
                painted.clear()  # the last frame of the first screen may come after its answers
            version = person.app._version
            change(office, "UPDATE gateway SET seen_at = seen_at + 1")
            listener_seen(office.db, "twilio")
            await person.wait_until(partial(noticed, version), "the app to notice")
        assert painted == []
        stop(office, "refused by the carrier")
        await person.wait_for("refused by the carrier")
        assert painted != []


CASES = {
    "queued": ("queued", "You (queued): Hi Maria"),
    "sending": ("sending", "You (sending): Hi Maria"),
    "sent": ("✓ sent", "✓ You: Hi Maria"),
    "delivered": ("✓✓ delivered", "✓✓ You: Hi Maria"),
    "failed": ("✗ failed: The phone is off (30003)", "✗ You: Hi Maria"),
    "in_doubt": ("? in doubt: no answer in 30 s", "? You: Hi Maria"),
    "put_off": ("queued: No connection", "You (queued): Hi Maria"),
}

IN_ASCII = {
    "sent": ("sent", "You (sent): Hi Maria"),
    "delivered": ("delivered", "You (delivered): Hi Maria"),
    "failed": ("failed: The phone is off (30003)", "You (failed): Hi Maria"),
    "in_doubt": ("? in doubt: no answer in 30 s", "You (in doubt): Hi Maria"),
}


def bring(office: Office, state: str) -> None:
    """Bring the first message into a state, as its carrier would."""
    if state == "queued":
        return
    [message] = take_queued(office.db, gateway=GATEWAY)
    match state:
        case "sent" | "delivered":
            answer(office.db, message.id, Accepted("SM1"))
            if state == "delivered":
                report_in(office.db, GATEWAY, Report("SM1", claimed(office.db, message.id).key, MessageState.DELIVERED))
        case "failed":
            reject(office.db, message.id, "30003", "The phone is off.")
        case "in_doubt":
            answer(office.db, message.id, Doubt("no answer in 30 s"))
        case "put_off":
            answer(office.db, message.id, NotNow(timedelta(0), Scope.GATEWAY, "No connection"))
        case _:
            assert state == "sending"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("state", CASES)
async def test_a_message_shows_its_state_in_thread_and_list(
    office: Office, maria: ConversationId, state: str, size: tuple[int, int]
) -> None:
    deliverer(office)
    bring(office, state)
    in_thread, in_list = CASES[state]
    async with office.messenger(size=size) as person:
        await person.press("t", "5")
        assert person.sees(in_list), person.screen
        await person.press("enter")
        assert person.sees(in_thread), person.screen
        assert any(line.rstrip(" │").endswith((in_thread, in_thread.split()[-1])) for line in person.lines)


@pytest.mark.parametrize("state", IN_ASCII)
async def test_a_state_has_an_ascii_form(
    office: Office, maria: ConversationId, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    deliverer(office)
    bring(office, state)
    in_thread, in_list = IN_ASCII[state]
    async with office.messenger() as person:
        await person.press("t", "5")
        assert person.sees(in_list), person.screen
        assert person.sees(in_thread), person.screen


async def test_what_waits_says_where_delivery_stands_still(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("t", "5")
        assert person.sees("queued, no gateway")
        deliverer(office)
        await person.wait_until(lambda: not person.sees("no gateway"), "a gateway")
        stop(office, "refused")
        await person.wait_for("queued, delivery stands still")


async def test_long_reasons_wrap_and_hide_numbers(office: Office, maria: ConversationId) -> None:
    [message] = take_queued(office.db, gateway=GATEWAY)
    reject(office.db, message.id, "21211", "The carrier says that +14155550001 is not a number that can be texted")
    change_setting(office.db, office.ana, "redact_phones", "on")
    async with office.messenger(size=(80, 24)) as person:
        await person.press("t", "5", "enter")
        assert not person.sees("5550001")
        assert person.sees("✗ failed: The carrier says that", "texted (21211)")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_waits_for_a_doubt_says_so(office: Office, maria: ConversationId, size: tuple[int, int]) -> None:
    deliverer(office)
    bring(office, "in_doubt")
    change_setting(office.db, office.ana, "undo_send", "0")
    send(office.db, office.ana, maria, body="Anybody there?")
    async with office.messenger(size=size) as person:
        await person.press("t", "5", "enter")
        assert person.sees("queued, waits for a message before it that", "doubt"), person.screen
        change(office, "UPDATE message SET state = 'sent' WHERE state = 'in_doubt'")
        await person.wait_until(lambda: not person.sees("waits for"), "the doubt to be settled")


async def test_what_is_sent_while_no_carrier_has_it_is_called_queued(office: Office) -> None:
    office.contact("Dev Patel")
    deliverer(office)
    change_setting(office.db, office.ana, "undo_send", "0")
    async with office.messenger() as person:
        await person.press("enter", "enter")
        assert "queued for Dev Patel" in person.notice


# Messages in doubt


@pytest.fixture
def doubtful(office: Office, maria: ConversationId) -> Office:
    """Maria's message is in doubt."""
    bring(office, "in_doubt")
    return office


async def test_messages_in_doubt_are_listed(doubtful: Office) -> None:
    async with doubtful.app() as person:
        assert person.sees("1 in doubt", "D shows doubts")
        await person.press("D")
        assert person.sees(
            "Messages in doubt", "1 in doubt. `deliver` asks the carrier by itself", "Maria Lopez", "(415) 555-0001"
        )
        assert person.sees("no answer in 30 s")


@pytest.mark.parametrize(
    ("key", "title", "done", "state"),
    [
        ("d", "It was sent", "The message to Maria Lopez counts as sent.", MessageState.SENT),
        ("S", "Send it again", "The message to Maria Lopez is queued again.", MessageState.QUEUED),
        ("x", "Drop it", "The message to Maria Lopez is dropped.", MessageState.CANCELLED),
    ],
)
async def test_each_answer_asks_with_words_and_number(
    doubtful: Office, maria: ConversationId, key: str, title: str, done: str, state: MessageState
) -> None:
    async with doubtful.app() as person:
        await person.press("D", key)
        assert "To Maria Lopez, (415) 555-0001" in person.question
        assert "Hi Maria, it's Kim. Will you vote?" in person.question
        assert person.sees(title)
        await person.press("n")
        assert doubtful.conversation(maria).messages[0].state is MessageState.IN_DOUBT
        assert "is still in doubt" in person.notice
        await person.press(key, "y")
        assert person.notice == done
        assert person.sees("No message is in doubt")
    assert doubtful.conversation(maria).messages[0].state is state


async def test_a_doubt_that_was_settled_meanwhile_is_said(doubtful: Office, maria: ConversationId) -> None:
    async with doubtful.app() as person:
        await person.press("D", "S")
        message = doubtful.conversation(maria).messages[0]
        report_in(doubtful.db, GATEWAY, Report(None, claimed(doubtful.db, message.id).key, MessageState.DELIVERED))
        await person.press("y")
        assert "is not in doubt: it is delivered" in person.notice
    assert doubtful.conversation(maria).messages[0].state is MessageState.DELIVERED


async def test_moderators_see_doubts_and_do_not_decide(doubtful: Office, maria: ConversationId) -> None:
    doubtful.person("mo", "Mo", Role.MODERATOR)
    async with doubtful.app("mo") as person:
        await person.press("D", "x")
        assert "needs the role admin" in person.notice or "needs an admin" in person.notice
    assert doubtful.conversation(maria).messages[0].state is MessageState.IN_DOUBT


async def test_numbers_of_doubts_are_hidden_where_numbers_are(doubtful: Office) -> None:
    change_setting(doubtful.db, doubtful.ana, "redact_phones", "on")
    async with doubtful.app() as person:
        await person.press("D", "d")
        assert "555-00" not in person.question
        assert "To Maria Lopez, (" in person.question


async def test_doubts_are_found_by_the_palette(doubtful: Office) -> None:
    async with doubtful.app() as person:
        await person.press("colon")
        await person.type("doubt")
        await person.wait_for("Messages in doubt")


@pytest.mark.parametrize("keys", [(), ("q",), ("j", "enter")])
async def test_doubts_are_a_key_away_on_every_screen(doubtful: Office, keys: tuple[str, ...]) -> None:
    async with doubtful.app() as person:
        await person.press(*keys, "D")
        assert person.sees("Messages in doubt", "Maria Lopez")
        await person.press("q")
        assert not person.sees("Messages in doubt")


async def test_a_doubt_of_a_restored_backup_has_no_time(office: Office, maria: ConversationId) -> None:
    change(office, "UPDATE message SET state = 'in_doubt', error_text = 'A backup was restored'")
    async with office.app(size=(140, 40)) as person:
        await person.press("D")
        await person.wait_for("not known", "A backup was restored")
        await person.press("d")
        await person.wait_for("tried not known")


async def test_doubts_say_why_on_a_small_screen_and_the_question_too(doubtful: Office) -> None:
    async with doubtful.app(size=(80, 24)) as person:
        await person.press("q", "D")
        assert person.sees("Messages in doubt", "no answer in 30 s")
        await person.press("S")
        assert "In doubt: no answer in 30 s." in person.question


async def test_the_carrier_line_leaves_out_whole_parts_on_a_small_screen(doubtful: Office) -> None:
    for nth in range(3):
        doubtful.contact(f"Waiting {nth}", texted=True)
    deliverer(doubtful, pace=0.2)
    async with doubtful.app(size=(80, 24)) as person:
        line = next(line for line in person.lines if "Carrier:" in line)
        assert "3 waiting, done by " in line
        assert ", 1 in doubt " in line
        assert "…" not in line
        assert line.rstrip().endswith(" D shows doubts")
    async with doubtful.app(size=(120, 40)) as person:
        assert person.sees("3 waiting, 0.2 a second, done by ")

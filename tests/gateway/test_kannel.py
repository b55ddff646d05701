"""The documented program for Kannel, with Debian's Kannel: texts and reports there and back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.gateway.contract.kannel import PASSWORD, Kannel, is_installed
from tests.gateway.outgoings import outgoing
from tests.outside_tools import require_tool
from thrumsg_tui.domain.delivery import Accepted, Incoming, NotNow, Outcome, Outgoing, Report, Scope
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.gateway.command_gateway import CommandGateway
from thrumsg_tui.gateway.protocol import CannotTell

OURS, CONTACT = "+12125550100", "+14155550123"
WAIT = 30.0
A_TURN = 0.02


class Line:
    """A Kannel, and the gateway that sends through it."""

    def __init__(self, folder: Path) -> None:
        self.kannel = Kannel(folder)
        self.gateway = CommandGateway(self.kannel.argv)
        self.told: list[Incoming | Report] = []

    def send(self, nth: int, body: str) -> Outcome:
        return self.gateway.send(self.message(nth, body))

    def message(self, nth: int, body: str) -> Outgoing:
        return outgoing(nth, body, phone=CONTACT, our_number=OURS)

    def until(self, done: Callable[[], bool]) -> None:
        ends_at = time.monotonic() + WAIT
        while not done():
            assert time.monotonic() < ends_at, self.told
            self.told += self.gateway.poll()
            time.sleep(A_TURN)

    def reported(self, nth: int) -> list[MessageState]:
        key = outgoing(nth).key
        return [each.state for each in self.told if isinstance(each, Report) and each.key == key]

    def received(self) -> list[Incoming]:
        return [each for each in self.told if isinstance(each, Incoming)]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    require_tool("kannel", is_there=is_installed())
    made = Line(tmp_path)
    try:
        yield made
    finally:
        made.gateway.close()
        made.kannel.stop()


def test_a_text_reaches_the_centre_and_its_reports_come_back_with_our_key(line: Line) -> None:
    assert line.send(1, "Hi Ann, is it 50% & more?") == Accepted()
    both = [MessageState.DELIVERED, MessageState.SENT]  # Kannel keeps no order among them
    line.until(lambda: len(line.reported(1)) == len(both))
    assert sorted(line.reported(1)) == both
    line.until(lambda: bool(line.kannel.taken()))
    assert line.kannel.taken() == [f"{OURS} {CONTACT} text Hi Ann, is it 50% & more?"]


def test_what_the_plain_alphabet_lacks_leaves_as_unicode(line: Line) -> None:
    line.send(1, "Año 🎉")
    line.send(2, "Ärger für 5 € {x}")
    line.until(lambda: len(line.kannel.taken()) == 2)
    first, second = sorted(line.kannel.taken(), key=lambda taken: " text " in taken)
    assert first == f"{OURS} {CONTACT} ucs-2 %00A%00%F1%00o%00+%D8%3C%DF%89"
    assert second.startswith(f"{OURS} {CONTACT} text ")


def test_a_long_text_is_one_message_of_several_parts_and_is_reported(line: Line) -> None:
    line.send(1, "x" * 400)
    line.until(lambda: MessageState.DELIVERED in line.reported(1))
    line.until(lambda: len(line.kannel.taken()) == 3)


def test_what_a_contact_texts_comes_in_and_is_offered_until_it_is_stored(line: Line) -> None:
    line.kannel.text(CONTACT, OURS, "Sí, ¿dónde? & 100% +1")
    line.until(lambda: bool(line.received()))
    line.gateway.poll()
    [incoming] = line.received()
    assert (incoming.sender, incoming.to, incoming.body) == (CONTACT, OURS, "Sí, ¿dónde? & 100% +1")
    assert incoming.provider_id


def test_texts_of_many_contacts_come_in_once_each(line: Line) -> None:
    for nth in range(12):
        line.kannel.text(f"+1415555{nth:04d}", OURS, f"Yes {nth}")
    line.until(lambda: len(line.received()) == 12)
    assert line.send(1, "Hi") == Accepted()
    line.until(lambda: MessageState.DELIVERED in line.reported(1))
    assert sorted(incoming.body for incoming in line.received()) == sorted(f"Yes {nth}" for nth in range(12))
    assert len({incoming.provider_id for incoming in line.received()}) == 12


def test_kannel_has_its_answer_only_once_the_text_is_stored(line: Line) -> None:
    line.send(1, "Hi")  # the program listens
    given = {"secret": PASSWORD, "id": "5", "from": CONTACT, "to": OURS, "charset": "UTF-8", "text": "Sí"}
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(urlopen, f"http://127.0.0.1:{line.kannel.argv[3]}/incoming?{urlencode(given)}")
        while not line.received():
            line.told = list(line.gateway.poll())
        assert isinstance(line.send(2, "Hi"), Accepted)
        assert not call.done()
        line.gateway.poll()
        with call.result(WAIT) as answer:
            assert answer.status == 200


def test_a_short_code_is_left_as_it_is(line: Line) -> None:
    line.kannel.text("32665", OURS, "Your code is 123")
    line.until(lambda: bool(line.received()))
    assert line.received()[0].sender == "32665"


def test_without_kannel_the_message_has_never_left(line: Line) -> None:
    line.kannel.stop_smsbox()
    outcome = line.send(1, "Hi")
    assert isinstance(outcome, NotNow)
    assert (outcome.scope, outcome.words, outcome.broken) == (Scope.GATEWAY, "Kannel does not run.", False)


def test_a_wrong_password_is_a_fault_of_the_configuration(line: Line) -> None:
    line.gateway.close()
    line.kannel.password_file.write_text("wrong", encoding="utf-8")
    line.gateway = CommandGateway(line.kannel.argv)
    outcome = line.send(1, "Hi")
    assert isinstance(outcome, NotNow)
    assert outcome.broken
    assert line.kannel.taken() == []


def test_without_a_number_to_send_from_the_gateway_stops_and_no_message_fails(line: Line) -> None:
    outcome = line.gateway.send(outgoing(1, "Hi", phone=CONTACT))
    assert isinstance(outcome, NotNow)
    assert outcome.broken
    assert line.kannel.taken() == []


def test_it_keeps_no_list_and_says_so(line: Line) -> None:
    with pytest.raises(CannotTell, match="Kannel keeps no list"):
        line.gateway.find(line.message(1, "Hi"))


def test_who_does_not_know_the_password_can_bring_nothing_in(line: Line) -> None:
    line.send(1, "Hi")  # the program listens
    port = line.kannel.argv[3]
    with pytest.raises(HTTPError, match="403"):
        urlopen(f"http://127.0.0.1:{port}/incoming?secret=guess&id=1&from={CONTACT}&to={OURS}&charset=&text=Hi")
    line.until(lambda: MessageState.DELIVERED in line.reported(1))
    assert line.received() == []

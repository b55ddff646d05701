"""`thrumsg listen` as it is started, called by a carrier of our own and by Twilio's own signature."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.carrier.running import Carrier, running_carrier
from tests.gateway.configurations import written
from tests.gateway.listening import PATIENCE, ROOT, Answer, ask
from tests.gateway.twilio.made import ACCOUNT, KEY, OURS, PUBLIC, TOKEN
from tests.store.arranging import number
from tests.store.world import World
from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.spool import spool_state

ANN, STRANGER = number(0), "+12125550199"
SID, SID2 = "SM" + "1" * 32, "SM" + "2" * 32
CONFIGURATION = f"""\
gateway = "twilio"
public_url = "{PUBLIC}"
[twilio]
account_sid = "{ACCOUNT}"
auth_token = {{ env = "TRIED_TOKEN" }}
[[number]]
number = "{OURS}"
"""


class Running:
    """A `thrumsg listen`, and its carrier."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stderr
        first = process.stderr.readline()
        assert "event=listening" in first, first + process.stderr.read()
        self.url = first.split("at=")[1].strip()

    def call(self, path: str, fields: dict[str, str], *, query: str = "", account: str = ACCOUNT) -> Answer:
        """Call an address as Twilio does, signed by Twilio's library."""
        parts, form = urlsplit(self.url), {"AccountSid": account, **fields}
        assert parts.hostname
        assert parts.port
        signed = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path}{query}", form)
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Twilio-Signature": signed}
        return ask((parts.hostname, parts.port), "POST", path + query, urlencode(form).encode(), headers)

    def report(self, status: str, sid: str = SID, key: str | None = KEY) -> None:
        """Report a state."""
        query = "" if key is None else f"?k={key}"
        answer = self.call("/twilio/status", {"MessageSid": sid, "MessageStatus": status}, query=query)
        assert (answer.status, answer.body) == (200, b"<Response/>")
        assert answer.headers["content-type"].startswith("text/xml")

    def end(self) -> None:
        """Stop it."""
        self.process.terminate()
        _, log = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, log


@contextmanager
def running(world: World, folder: Path) -> Iterator[Running]:
    """Start the command, with everything in its configuration."""
    config = written(folder, CONFIGURATION)
    command = [sys.executable, "-W", "error", "-m", "thrumsg_tui", "listen", "--db", str(world.db.location)]
    with subprocess.Popen(
        [*command, "--config", str(config), "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "TRIED_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


@pytest.fixture
def carrier(world: World, tmp_path: Path) -> Iterator[tuple[Running, Carrier]]:
    """The command, and a carrier that calls it."""
    with running(world, tmp_path) as listener:
        options = ("--number", OURS, "--public-url", PUBLIC, "--connect-to", listener.url)
        with running_carrier(tmp_path / "carrier.log", *options) as calling:
            yield listener, calling


@pytest.fixture
def sending(world: World) -> MessageId:
    """A message whose POST has not returned yet."""
    message = send(world.db, world.who["ana"], world.conversations(world.spring)[0]).message_id
    with world.db.writing() as tx:
        tx.conn.execute(
            "UPDATE message SET state = 'sending', gateway = 'twilio', send_key = ?, tries = 1 WHERE id = ?",
            (KEY, message),
        )
    return message


def state(world: World, message: MessageId) -> tuple[str, str | None]:
    """The state of a message, and the carrier's id."""
    [row] = world.rows("SELECT state, provider_id FROM message WHERE id = ?", message)
    return row["state"], row["provider_id"]


def test_texts_and_pictures_come_in(world: World, carrier: tuple[Running, Carrier]) -> None:
    listener, calling = carrier
    texts = [calling.inbound(ANN, OURS, f"é👋 & number={nth}") for nth in range(5)]
    picture = calling.inbound(ANN, OURS, "", {"image/png": b"picture", "video/mp4": b"film"})
    calling.inbound(STRANGER, OURS, "Who is this?")
    calling.await_rest()
    listener.end()
    rows = world.rows("SELECT * FROM message WHERE direction = 'incoming' ORDER BY id")
    assert {row["provider_id"]: row["body"] for row in rows} == {
        **{id: f"é👋 & number={nth}" for nth, id in enumerate(texts)},
        picture: "",
    }
    assert {(row["gateway"], row["our_number"]) for row in rows} == {("twilio", OURS)}
    [media] = [row["media"] for row in rows if row["provider_id"] == picture]
    assert ["image/png" in media, "video/mp4" in media] == [True, True]
    assert [row["body"] for row in world.rows("SELECT body FROM unmatched")] == ["Who is this?"]


def test_an_opt_out_is_confirmed_by_the_carrier_or_by_us(world: World, carrier: tuple[Running, Carrier]) -> None:
    listener, calling = carrier
    calling.inbound(ANN, OURS, "STOP")
    calling.inbound(number(1), OURS, "opt out")
    calling.await_rest()
    listener.end()
    opted_out = {row["phone"] for row in world.rows("SELECT phone FROM opt_out")}
    assert opted_out == {ANN, number(1)}
    confirmed = world.rows(
        """
        SELECT contact.phone FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN contact ON contact.id = conversation.contact_id WHERE kind = 'opt_out_confirmation'
        """
    )
    assert [row["phone"] for row in confirmed] == [number(1)]


def test_reports_before_the_answer_out_of_order_and_again_never_go_back(
    world: World, sending: MessageId, tmp_path: Path
) -> None:
    with running(world, tmp_path) as listener:
        for status in ("sent", "delivered", "sent", "queued", "delivered"):
            listener.report(status)
        listener.end()
    assert state(world, sending) == ("delivered", SID)


def test_a_report_without_our_key_finds_its_message_by_the_carriers_id(
    world: World, sending: MessageId, tmp_path: Path
) -> None:
    with world.db.writing() as tx:
        tx.conn.execute("UPDATE message SET state = 'sent', provider_id = ? WHERE id = ?", (SID, sending))
    with running(world, tmp_path) as listener:
        listener.report("undelivered", key=None)
        listener.report("sent", key=None)
        listener.end()
    assert state(world, sending) == ("failed", SID)


def test_reports_of_others_change_nothing(world: World, sending: MessageId, tmp_path: Path) -> None:
    with running(world, tmp_path) as listener:
        listener.report("delivered", sid=SID2, key="f" * 32)
        listener.report("delivered", sid=SID2, key=None)
        fields = {"MessageSid": SID, "MessageStatus": "delivered"}
        assert listener.call("/twilio/status", fields, query=f"?k={KEY}", account="AC" + "1" * 32).status == 403
        listener.end()
    assert state(world, sending) == ("sending", None)
    left = spool_state(world.db.path)
    assert left
    assert (left.waiting, left.failed) == (0, 0)


def test_what_is_signed_with_another_key_is_refused(world: World, tmp_path: Path) -> None:
    with running(world, tmp_path) as listener:
        fields = {"MessageSid": SID, "From": ANN, "To": OURS, "Body": "x"}
        assert listener.call("/twilio/message", fields, query="?a=1").status == 200
        forged = RequestValidator("another").compute_signature(f"{PUBLIC}/twilio/message", fields)
        parts = urlsplit(listener.url)
        assert parts.hostname
        assert parts.port
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": forged}
        body = urlencode(fields).encode()
        assert ask((parts.hostname, parts.port), "POST", "/twilio/message", body, headers).status == 403
        listener.end()

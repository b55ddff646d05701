"""A carrier in this process that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from threading import Lock

from thrumsg_tui.domain.delivery import Accepted, Incoming, Outcome, Outgoing, Report, Trace
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.gateway.protocol import CannotTell, Finding

Answer = Outcome | Exception | Callable[[Outgoing], Outcome]


class ScriptedGateway:
    """Takes every message, unless it is told to answer otherwise."""

    name = "scripted"

    def __init__(self, *answers: Answer, always: Answer | None = None) -> None:
        self.answers = deque(answers)
        self.always = always
        self.sent: list[Outgoing] = []
        self.listed: dict[str, list[Trace]] = defaultdict(list)
        """By our key, what its list has."""
        self.found_by_text: dict[int, str] = {}
        """The ids of messages that its list has under no key of ours, by ours."""
        self.has_list = True
        self.looks: list[Outgoing] = []
        self.received: list[Incoming] = []
        self.breaks_off_after: int | None = None
        """How many of them it tells before the connection breaks."""
        self.asked_since: list[datetime] = []
        self.telling: list[Incoming | Report] = []
        self._lock = Lock()

    def send(self, message: Outgoing) -> Outcome:
        with self._lock:
            self.sent.append(message)
            answer = self.answers.popleft() if self.answers else self.always
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(message)
        return answer or self.accept(message)

    def accept(self, message: Outgoing) -> Accepted:
        """Take a message."""
        with self._lock:
            provider_id = f"id-{message.key}-{len(self.listed[message.key])}"
            self.listed[message.key].append(Trace(provider_id, MessageState.SENT, message.our_number))
        return Accepted(provider_id)

    def find(self, message: Outgoing) -> Sequence[Trace]:
        self.looks.append(message)
        if not self.has_list:
            raise CannotTell("It has no list.")
        if provider_id := self.found_by_text.get(message.id):
            return (Trace(provider_id, MessageState.SENT),)
        return tuple(self.listed.get(message.key, ()))

    def received_since(self, at: datetime) -> Iterator[Incoming]:
        self.asked_since.append(at)
        yield from self.received[: self.breaks_off_after]
        if self.breaks_off_after is not None:
            raise CannotTell("The connection broke.")

    def poll(self) -> Iterable[Incoming | Report]:
        told, self.telling = self.telling, []
        return told

    def check(self) -> Iterator[Finding]:
        yield Finding(good=True, sentence="Scripted.")

    def close(self) -> None:
        pass

"""The protocol of a gateway: what the deliverer and the listener need of a carrier.

A new carrier is one module with `open_gateway` and `open_webhooks`, and one line in `registry.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from thrumsg_tui.domain.delivery import Incoming, Outcome, Outgoing, Report, Trace
from thrumsg_tui.domain.lazy_dataclass import dataclass


class CannotTell(Exception):
    """The carrier could not be asked, or does not list its messages; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `thrumsg gateway check`."""

    good: bool
    sentence: str


class Gateway(Protocol):
    """A connection to a carrier. Its methods are called from several threads, except `poll`, `check` and `close`."""

    @property
    def name(self) -> str:
        """Its name in `registry.py`, which is stored with every message."""

    def send(self, message: Outgoing) -> Outcome:
        """Hand one message to the carrier, without any retry of its own.

        Returns:
            What became of it. Only what certainly never left is `NotNow`; what nobody knows is `Doubt`.

        Raises:
            Exception: It counts as `Doubt`.
        """

    def find(self, message: Outgoing) -> Sequence[Trace]:
        """Return the carrier's messages that may be this one, oldest first (`docs/rules.md 10.2`).

        They agree in numbers and text; one that is older than the last try is marked so.

        Raises:
            CannotTell: The carrier could not be asked, or has no list.
        """

    def received_since(self, at: datetime) -> Iterator[Incoming]:
        """Yield the incoming messages that the carrier has since a time, oldest first; none if it cannot list them.

        There may be any number of them, so they are not all held at once. What was yielded is stored before the rest is
        asked for.

        Raises:
            CannotTell: The carrier could not be asked.
        """

    def poll(self) -> Iterable[Incoming | Report]:
        """Return what the carrier told by itself since the last call, if it does not tell by HTTP.

        What the last call returned is stored by now: it may be acknowledged to the carrier.
        """

    def check(self) -> Iterator[Finding]:
        """Yield what is right and what is not: credentials, numbers, addresses that are set at the carrier."""

    def close(self) -> None:
        """Let go of connections and processes. Calls that are under way may end as `Doubt`."""


@runtime_checkable
class StopsNumbers(Protocol):
    """What a gateway may have besides, if some failures mean that our number cannot be used."""

    @property
    def stopping_codes(self) -> Mapping[str, int]:
        """By the carrier's code, how many failures in a row with it stop our number (`docs/rules.md 10.5`)."""


@runtime_checkable
class KnowsItsAccount(Protocol):
    """What a gateway may have besides, if its carrier can be asked whether it takes our account."""

    def takes_account(self) -> bool:
        """Return whether the carrier takes our account and its token, without sending anything.

        Raises:
            CannotTell: It does not, or could not be asked.
        """


@runtime_checkable
class FetchesMedia(Protocol):
    """What a gateway may have besides, if the files of messages are fetched from its carrier."""

    def fetch(self, url: str) -> bytes:
        """Return a file of a message.

        Raises:
            Refused: It is not the carrier's, too large, or not to be had; in words.
        """


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A request to one of the listener's addresses, its size and time already bounded."""

    path: str
    query: str
    """The part after `?`, as it came."""
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes


class WebRefused(Exception):
    """A request that is not stored: the HTTP status and a few words, without anything of the request.

    It is our own if `gateway check` made it, which is certain: then it is signed with our key.
    """

    def __init__(self, status: int, words: str, *, is_our_own: bool = False) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.is_our_own = is_our_own


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """A request as the spool keeps it, until it is in the main database."""

    key: str
    """What is the same in a repetition of the request, and in no other."""
    path: str
    query: str
    body: bytes
    at: datetime | None = None
    """When it came."""


class Webhooks(Protocol):
    """The addresses that a carrier calls."""

    @property
    def paths(self) -> Collection[str]:
        """The paths, such as `/twilio/message`."""

    @property
    def content_type(self) -> str:
        """The type of the answer."""

    @property
    def answer(self) -> bytes:
        """The answer to a request that is stored."""

    def accept(self, request: WebRequest) -> SpoolEntry:
        """Check the signature of a request and return what the spool keeps of it.

        Raises:
            WebRefused: With the status of the answer.
        """

    def read(self, entry: SpoolEntry) -> Incoming | Report | None:
        """Return what an entry says; None if it says nothing that concerns us.

        Raises:
            ValueError: The entry cannot be read.
        """

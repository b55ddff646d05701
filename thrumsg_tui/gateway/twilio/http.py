"""One HTTP call at a time to a carrier, without retries and redirects, that knows whether anything has left."""

from __future__ import annotations

import http.client
import io
import json
import logging
import socket
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ClosedPoolError, HTTPError, LocationParseError

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.gateway.secret import Secret

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
_LARGEST = 16 << 20

Pairs = Sequence[tuple[str, str]]


class NeverLeft(Exception):
    """There was no connection, so nothing has left; the words say why, without any address."""


class NobodyKnows(Exception):
    """The call was under way when it failed, so it may have had its effect; the words say how it failed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content: bytes
    date: datetime | None
    """The time at the carrier."""
    retry_after: timedelta | None
    location: str | None = None
    """Where a redirect leads."""

    @property
    def json(self) -> dict[str, Any]:
        """The content as an object; empty if it is none."""
        try:
            found = json.loads(self.content)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class _Timed(io.RawIOBase):
    """Reads a socket until a time; the timeout of the socket itself begins anew with every byte that comes."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._sock = raw, sock
        self._seconds = sock.gettimeout() or READ_SECONDS
        self._until = monotonic() + self._seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        if (left := self._until - monotonic()) <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(self._seconds)  # the next request is sent with it

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """An answer that must be there, headers and content, when the time for reading is over."""

    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock))


class _Connecting:
    """A connection whose failures to connect, TLS included, are told from everything later."""

    response_class: type[http.client.HTTPResponse] = _TimedResponse

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]
        except (HTTPError, OSError) as error:
            raise NeverLeft(_reason(error)) from None


class _Plain(_Connecting, HTTPConnection):
    pass


class _Secure(_Connecting, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def _given_up_after(seconds: float) -> list[tuple[int, int, int]]:
    """Return the options with which the system drops what the other end has not confirmed for so long.

    Without them it goes on for a quarter of an hour, also for a process that has ended: when a cut line is back, a
    message would leave that was looked for long ago, was not found, and was sent again.
    """
    if not hasattr(socket, "TCP_USER_TIMEOUT"):  # not on macOS
        return []
    return [(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))]


class Http:
    """A pool of connections to one host."""

    def __init__(
        self,
        url: str,
        *,
        user: str | None = None,
        password: Secret | None = None,
        connections: int = 4,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # its other messages contain addresses, with numbers
        parts = urlsplit(url)
        self._headers = urllib3.make_headers(
            user_agent="thrumsg", basic_auth=f"{user}:{password.reveal()}" if user and password else None
        )
        pool = _SecurePool if parts.scheme == "https" else _PlainPool
        self._pool = pool(
            cast("str", parts.hostname),
            parts.port,
            maxsize=connections,
            timeout=urllib3.Timeout(connect=connect_seconds, read=read_seconds),
            retries=False,
            socket_options=[*HTTPConnection.default_socket_options, *_given_up_after(read_seconds)],
        )

    def get(self, path: str, query: Pairs = ()) -> Answer:
        """Call an address of the host, and return what comes back.

        Raises:
            NeverLeft: There was no connection.
            NobodyKnows: It failed later.
        """
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path, None, {})

    def post(self, path: str, form: Pairs | bytes, headers: dict[str, str] | None = None) -> Answer:
        """Send a form, as pairs or as it is, and return what comes back.

        Raises:
            NeverLeft: There was no connection.
            NobodyKnows: It failed later, so that the form may have arrived.
        """
        body = form if isinstance(form, bytes) else urlencode(form).encode("ascii")
        return self._call("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _call(self, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        try:
            response = self._pool.urlopen(
                method,
                target,
                body=body,
                headers={**self._headers, **headers},
                redirect=False,
                preload_content=False,
            )
            with closing(response):
                content = response.read(_LARGEST + 1)
                if len(content) <= _LARGEST:
                    response.release_conn()  # it is used again
        except ClosedPoolError:
            raise NeverLeft("the connection is closed") from None
        except (HTTPError, OSError) as error:
            raise NobodyKnows(_reason(error)) from None
        if len(content) > _LARGEST:
            raise NobodyKnows("the answer is too large")
        date = _time(response.headers.get("Date"))
        wait = _wait(response.headers.get("Retry-After"), date)
        return Answer(response.status, content, date, wait, response.headers.get("Location"))


def _reason(error: Exception) -> str:
    """Return a few words for a failure; the error's own text would have the address in it."""
    words = {
        "NameResolutionError": "its name is not known",
        "ConnectTimeoutError": "no connection in time",
        "ReadTimeoutError": "no answer in time",
        "TimeoutError": "no answer in time",
        "SSLError": "the secure connection failed",
        "SSLCertVerificationError": "its certificate is not valid",
        "NewConnectionError": "no connection",
        "ProtocolError": "the connection broke",
        "IncompleteRead": "the connection broke",
    }
    if isinstance(error, LocationParseError):
        return "its address is wrong"
    return next((words[each.__name__] for each in type(error).__mro__ if each.__name__ in words), "the call failed")


def _time(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _wait(text: str | None, now: datetime | None) -> timedelta | None:
    """Read `Retry-After`: seconds, or a time."""
    if text and text.strip().isascii() and text.strip().isdigit():
        return timedelta(seconds=min(int(text.strip()[:9]), 86_400))
    at = _time(text)
    return max(at - now, timedelta(0)) if at and now else None

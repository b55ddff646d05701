"""The webhooks that the carrier calls, signed, timed and repeated as Twilio documents it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.carrier.journal import Journal
from tests.carrier.wire import CannotConnect, Client

MOST_AT_ONCE = 64
LOCAL = {"127.0.0.1", "localhost", "::1"}


def signature(token: str, url: str, params: Mapping[str, str]) -> str:
    """Return the `X-Twilio-Signature` of a form that is posted to an address."""
    signed = url + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


@dataclass(frozen=True, slots=True)
class Overrides:
    """What stands after `#` in an address: connect, read and total time in seconds, repetitions and when."""

    connect: float
    read: float
    total: float
    again: int
    policy: frozenset[str]

    @classmethod
    def of(cls, fragment: str, *, total: float) -> Overrides:
        """Read them; what is not said is as documented."""
        given = dict(parse_qsl(fragment))
        return cls(
            connect=int(given.get("ct", "5000")) / 1000,
            read=int(given.get("rt", "15000")) / 1000,
            total=min(int(given.get("tt", "15000")) / 1000, total),
            again=int(given.get("rc", "1")),
            policy=frozenset(given.get("rp", "ct").split(",")),
        )


class Webhooks:
    """Calls the addresses of the other end; those under `public_url` at `connect_to`."""

    def __init__(self, journal: Journal, *, public_url: str, connect_to: str, give_up_after: float) -> None:
        self.token = ""
        self._journal = journal
        self._public_url = public_url.rstrip("/")
        self._connect_to = connect_to
        self._give_up_after = give_up_after
        self._client = Client()
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def rest(self) -> None:
        """Wait until none is on its way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something beside the requests, such as calling a webhook later."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def call(self, kind: str, address: str, params: Mapping[str, str]) -> bool:
        """Call an address until it answers 2xx, or until it is time to give up; return whether it did."""
        url, _, fragment = address.partition("#")
        how = Overrides.of(fragment, total=self._give_up_after)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": signature(self.token, url, params),
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
            "User-Agent": "TwilioProxy/1.1",
            "Host": urlsplit(url).netloc,
            "Accept": "*/*",
        }
        end = time.monotonic() + how.total
        facts = {"kind": kind, "sid": params["MessageSid"], "state": params.get("MessageStatus"), "url": url}
        for nth in range(1, how.again + 2):
            left = end - time.monotonic()
            if left <= 0:
                break
            async with self._turns:
                status, trouble = await self._once(url, headers, urlencode(params).encode(), how, left)
            self._journal.write("webhook", **facts, status=status, trouble=trouble, **{"try": nth})
            if trouble is None:
                return True
            if not {trouble, "all"} & how.policy:
                break
        self._journal.write("gave_up", **facts)
        return False

    async def _once(
        self, url: str, headers: Mapping[str, str], body: bytes, how: Overrides, left: float
    ) -> tuple[int, str | None]:
        """Return the status, and `ct`, `rt`, `4xx` or `5xx` if it was no good."""
        parts = urlsplit(url)
        to = urlsplit(self._connect_to) if self._public_url and url.startswith(self._public_url) else parts
        if to.hostname not in LOCAL:
            return 0, "ct"  # a test calls nobody outside
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        post = self._client.post((to.hostname, to.port or 80), target, headers, body, connect=how.connect)
        try:
            answer = await asyncio.wait_for(post, min(how.connect + how.read, left))
        except CannotConnect:
            return 0, "ct"
        except (OSError, EOFError, ValueError, TimeoutError):
            return 0, "rt"
        if answer.status // 100 == 2:
            return answer.status, None
        return answer.status, "4xx" if answer.status // 100 == 4 else "5xx"

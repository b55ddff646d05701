"""The carrier's lists, page by page, with its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from thrumsg_tui.gateway.protocol import CannotTell
from thrumsg_tui.gateway.twilio.account import Account
from thrumsg_tui.gateway.twilio.codes import words_of
from thrumsg_tui.gateway.twilio.http import Answer, Http, NeverLeft, NobodyKnows, Pairs
from thrumsg_tui.gateway.twilio.messages import Listed, code_of, listed


class CarrierLists:
    """Asks the carrier for what it has. Called from several threads.

    Args:
        account: The account.
        http: The connections to the carrier.
        clock: Returns the present.
    """

    def __init__(self, account: Account, http: Http, clock: Callable[[], datetime]) -> None:
        self._account, self._http, self._clock = account, http, clock
        self._skew: timedelta | None = None
        """How much the carrier's clock is ahead of ours, as of its last answer."""

    @property
    def _messages(self) -> str:
        return f"{self._account.path}/Messages.json"

    def now(self) -> datetime:
        """Return the present by the carrier's clock, as far as that is known."""
        return self._clock() + (self._skew or timedelta(0))

    def skew(self) -> timedelta:
        """Return how much the carrier's clock is ahead of ours; ask the carrier if it has not answered yet."""
        if self._skew is None:
            self.asked(self._messages, [("PageSize", "1")])
        return self._skew or timedelta(0)

    def pages(self, query: Pairs, *, most: int | None = None) -> Iterator[tuple[list[Listed], timedelta]]:
        """Yield the pages of the list of messages, newest first, each with how much its clock is ahead of ours.

        Args:
            query: What to ask for.
            most: The most pages; None if the list may have any length.

        Raises:
            CannotTell: The list cannot be had, or does not end.
        """
        answer, seen = self.asked(self._messages, query), set[str]()
        while True:
            entries = answer.json.get("messages")
            if not isinstance(entries, list):
                raise CannotTell("The carrier's list cannot be read.")
            try:
                yield [listed(entry) for entry in entries], self._skew or timedelta(0)
            except ValueError as error:
                raise CannotTell(str(error)) from None
            if not (following := answer.json.get("next_page_uri")):
                return
            path = self._on_this_host(str(following))
            if path in seen or (most is not None and len(seen) + 1 >= most):
                raise CannotTell("The carrier's list is too long.")
            seen.add(path)
            answer = self.asked(path)

    def _on_this_host(self, address: str) -> str:
        """Return the path and query of the next page; our token goes to no other host."""
        here, there = urlsplit(self._account.api_url), urlsplit(address)
        if there.netloc and (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise CannotTell("The carrier's list goes on at another address.")
        return f"{there.path}?{there.query}"

    def asked(self, path: str, query: Pairs = ()) -> Answer:
        """Return what the carrier answers to a question.

        Raises:
            CannotTell: There is no answer, or a refusal.
        """
        try:
            answer = self._http.get(path, query)
        except (NeverLeft, NobodyKnows) as reason:
            raise CannotTell(f"The carrier cannot be asked: {reason}.") from None
        if answer.status != 200:
            code = code_of(answer.json.get("code"))
            why = words_of(code) if code else f"It answers with HTTP {answer.status}."
            raise CannotTell(f"The carrier cannot be asked. {why}")
        self._skew = answer.date - self._clock() if answer.date else timedelta(0)
        return answer


def oldest_first(found: list[tuple[Listed, timedelta]]) -> list[tuple[Listed, timedelta]]:
    """Turn the order of the carrier's list round: its times have no fractions of a second."""
    found.reverse()
    return sorted(found, key=lambda pair: pair[0].created)

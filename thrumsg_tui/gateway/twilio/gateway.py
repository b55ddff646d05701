"""The connection to Twilio, and to carriers with the same interface (`docs/carriers.md`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import random
from typing import Any

from thrumsg_tui.domain.delivery import (
    Accepted,
    Doubt,
    Incoming,
    NotNow,
    Outcome,
    Outgoing,
    Rejected,
    Report,
    Scope,
    Trace,
)
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.protocol import Finding
from thrumsg_tui.gateway.twilio.account import STATUS_PATH, account_of
from thrumsg_tui.gateway.twilio.carrier_lists import CarrierLists, oldest_first
from thrumsg_tui.gateway.twilio.codes import busy_wait, refusal, state_of, words_of
from thrumsg_tui.gateway.twilio.http import Answer, Http, NeverLeft, NobodyKnows
from thrumsg_tui.gateway.twilio.media import fetch_media
from thrumsg_tui.gateway.twilio.messages import EARLIER, Listed, code_of
from thrumsg_tui.gateway.twilio.received import received_since

LONGEST_VALID = 14_400
"""Seconds; Twilio itself takes 36,000 today, compatible carriers do not."""

_PAGE, _MOST_PAGES = 100, 50


def utc_now() -> datetime:
    """Return the present."""
    return datetime.now(UTC)


class TwilioGateway:
    """Hands messages to the carrier, and asks it what it has."""

    name = "twilio"
    stopping_codes: Mapping[str, int] = {"30002": 1, "30032": 20, "30034": 20}
    """How many failures in a row with a code stop our number."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        clock: Callable[[], datetime] = utc_now,
        chance: Callable[[], float] = random,
        http: Http | None = None,
    ) -> None:
        self._configuration = configuration
        self._account = account_of(configuration)
        self._advanced = bool(configuration.carrier["advanced_opt_out"])
        self._chance = chance
        self._http = http or Http(
            self._account.api_url,
            user=self._account.user,
            password=self._account.password,
            connections=configuration.limits.workers + 1,
        )
        self._lists = CarrierLists(self._account, self._http, clock)

    def send(self, message: Outgoing) -> Outcome:
        """Create the message at the carrier."""
        our_number = message.our_number or self._only_number
        if our_number is None and self._account.service is None:
            return NotNow(timedelta(minutes=5), Scope.MESSAGE, "Nothing says which of our numbers to send it from.")
        try:
            answer = self._http.post(f"{self._account.path}/Messages.json", self.fields(message, our_number))
        except NeverLeft as reason:
            return NotNow(timedelta(0), Scope.GATEWAY, f"The carrier cannot be reached: {reason}.")
        except NobodyKnows as reason:
            return Doubt(f"The carrier has not answered: {reason}.")
        return self._outcome(message, our_number, answer)

    @property
    def _only_number(self) -> str | None:
        """The number to send from if the message names none and no service chooses."""
        numbers = [*self._account.numbers, *self._account.services]
        return numbers[0] if self._account.service is None and len(numbers) == 1 else None

    def fields(self, message: Outgoing, our_number: str | None) -> list[tuple[str, str]]:
        """Return the form that creates a message."""
        account, fields = self._account, [("To", message.phone)]
        if telephone := account.telephone(our_number):
            fields.append(("From", telephone))
        if service := our_number if our_number in account.services else account.service:
            fields.append(("MessagingServiceSid", service))
        if message.body:
            fields.append(("Body", message.body))
        fields += [("MediaUrl", media.url) for media in message.media]
        if callback := account.webhook(STATUS_PATH, f"k={message.key}"):
            fields.append(("StatusCallback", callback))
        seconds = int(message.valid_for.total_seconds())
        fields += [("ValidityPeriod", str(min(max(seconds, 1), LONGEST_VALID))), ("SmartEncoded", "false")]
        if account.discards:
            fields.append(("ContentRetention", "discard"))
        return fields

    def _outcome(self, message: Outgoing, our_number: str | None, answer: Answer) -> Outcome:
        said = answer.json
        code = code_of(said.get("code"))
        if answer.status == 429:
            wait = busy_wait(answer.retry_after, message.tries, self._chance())
            return NotNow(wait, Scope.GATEWAY, words_of(20429), code=str(code or 20429))
        if 200 <= answer.status < 300:
            return self._taken(said)
        if not 400 <= answer.status < 500 or answer.status == 408:
            return Doubt(f"The carrier has answered with HTTP {answer.status}.")
        if code is None and answer.status in {401, 403, 407}:
            code = 20003
        return refusal(
            code,
            str(said.get("message") or ""),
            asked_wait=answer.retry_after,
            tries=message.tries,
            chance=self._chance(),
            by_short_code=bool(our_number and our_number.isdigit()),
        )

    def _taken(self, said: dict[str, Any]) -> Outcome:
        sid, status, code = said.get("sid"), str(said.get("status") or ""), code_of(said.get("error_code"))
        if not isinstance(sid, str) or not sid:
            return Doubt("The carrier's answer cannot be read.")
        if state_of(status) is MessageState.FAILED:
            return Rejected(str(code or status), words_of(code, said.get("error_message")))
        sender = said.get("from")
        return Accepted(sid, sender if isinstance(sender, str) and sender else None)

    def find(self, message: Outgoing) -> Sequence[Trace]:
        """Look for the message in the carrier's list of those to its number."""
        query = [("To", message.phone), ("PageSize", str(_PAGE))]
        if our_number := self._account.telephone(message.our_number):
            query.insert(1, ("From", our_number))
        found: list[tuple[Listed, timedelta]] = []
        for page, skew in self._lists.pages(query, most=_MOST_PAGES):
            tried_at = message.tried_at + skew
            found += [
                (each, skew) for each in page if each.may_be(message, our_number, has_texts=not self._account.discards)
            ]
            if page and all(each.created < tried_at - EARLIER for each in page):
                break
        return [each.trace(skew, message.tried_at) for each, skew in oldest_first(found)]

    def received_since(self, at: datetime) -> Iterator[Incoming]:
        """Yield the incoming messages since a time, oldest first."""
        return received_since(self._lists, self._account, at, only_stop=self._advanced)

    def takes_account(self) -> bool:
        """Ask for one message of the list, which an API key may do too."""
        self._lists.asked(f"{self._account.path}/Messages.json", [("PageSize", "1")])
        return True

    def poll(self) -> Iterable[Incoming | Report]:
        """Return nothing: the carrier tells by HTTP."""
        return ()

    def check(self) -> Iterator[Finding]:
        """Ask the carrier about the account, the numbers and the addresses that it calls."""
        from thrumsg_tui.gateway.twilio.check import findings

        return findings(self._configuration, self._http)

    def fetch(self, url: str) -> bytes:
        """Fetch a file of a message."""
        return fetch_media(self._account, url)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

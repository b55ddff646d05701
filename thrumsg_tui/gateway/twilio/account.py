"""The account at the carrier: its addresses and keys, from the section `[twilio]`."""

from __future__ import annotations

from urllib.parse import urlsplit

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.our_numbers import NumberKind
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.configuration_keys import is_loopback
from thrumsg_tui.gateway.secret import Secret

MESSAGE_PATH, STATUS_PATH = "/twilio/message", "/twilio/status"

CHECK_ACCOUNT = "gateway check"
"""What `thrumsg gateway check` calls itself when it calls our address."""

RETRIES = "#rc=5&rp=all&ct=2000&rt=3000"
"""Asks Twilio to call a webhook up to five times more, within its 15 seconds: by default it calls once more at most.

It stands after the address and is never sent to us. Compatible carriers do not know it.
"""


@dataclass(frozen=True, slots=True)
class Account:
    """The account, and how it is reached."""

    sid: str
    user: str
    """The name that logs in: the account's, or an API key's."""
    password: Secret
    api_url: str
    public_url: str | None
    service: str | None
    """The messaging service, which chooses among its numbers."""
    services: frozenset[str]
    """The services that stand in the place of a number."""
    numbers: tuple[str, ...]
    """Our telephone numbers, short codes and names."""
    discards: bool
    """Whether the carrier forgets the texts."""

    @property
    def all_services(self) -> list[str]:
        """Every messaging service that is configured."""
        return sorted({*self.services, *([self.service] if self.service else [])})

    def telephone(self, our_number: str | None) -> str | None:
        """Return our number if it is none that only the carrier knows by its service."""
        return None if our_number in self.services else our_number

    @property
    def path(self) -> str:
        """The path of everything in the account."""
        return f"{urlsplit(self.api_url).path}/2010-04-01/Accounts/{self.sid}"

    @property
    def is_twilio(self) -> bool:
        """Whether this is Twilio itself, and not a compatible carrier or a fake one."""
        return self._host.endswith(".twilio.com")

    @property
    def _host(self) -> str:
        return urlsplit(self.api_url).hostname or ""

    def webhook(self, path: str, query: str = "") -> str | None:
        """Return the address of a webhook, as it is told to the carrier; None without a public address."""
        if self.public_url is None:
            return None
        retries = RETRIES if self.is_twilio or is_loopback(self._host) else ""  # a fake one behaves like Twilio
        return f"{self.public_url}{path}{f'?{query}' if query else ''}{retries}"


def account_of(configuration: Configuration) -> Account:
    """Return the account that a configuration names."""
    carrier = configuration.carrier
    return Account(
        sid=carrier["account_sid"],
        user=carrier["api_key"] or carrier["account_sid"],
        password=carrier["api_key_secret"] or carrier["auth_token"],
        api_url=carrier["api_url"],
        public_url=configuration.public_url,
        service=carrier["messaging_service_sid"],
        services=frozenset(each.number for each in configuration.numbers if each.kind == NumberKind.SERVICE),
        numbers=tuple(each.number for each in configuration.numbers if each.kind != NumberKind.SERVICE),
        discards=carrier["retention"] == "discard",
    )

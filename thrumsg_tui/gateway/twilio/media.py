"""The files of messages: fetched with the carrier's credentials, from the carrier's hosts only (`docs/rules.md 10.7`).

Twilio answers with a redirect to where the file lies, and that with another one. The credentials go only to the
account's own address, never to where a redirect leads.
"""

from __future__ import annotations

import re
from contextlib import closing
from urllib.parse import urljoin, urlsplit

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.gateway.configuration_keys import is_loopback
from thrumsg_tui.gateway.twilio.account import Account
from thrumsg_tui.gateway.twilio.http import Answer, Http, NeverLeft, NobodyKnows

LARGEST = 5 << 20
"""More is not fetched: no carrier takes more for a message."""

_MOST_REDIRECTS = 3


def fetch_media(account: Account, url: str) -> bytes:
    """Fetch a file of a message.

    Raises:
        Refused: Its address is not the carrier's, it leads elsewhere, it is too large, or it is not to be had.
    """
    for _ in range(_MOST_REDIRECTS + 1):
        if not may_fetch(account, url):
            raise Refused("It was not fetched: its address is not one of the carrier's.")
        answer = _got(account, url)
        if answer.status in {301, 302, 303, 307, 308} and answer.location:
            url = urljoin(url, answer.location)
            continue
        if answer.status == 404:
            raise Refused("The carrier does not have it any more.")
        if answer.status != 200:
            raise Refused(f"The carrier did not give it: it answered {answer.status}.")
        if len(answer.content) > LARGEST:
            raise Refused(f"It was not fetched: it is larger than {LARGEST >> 20} MB.")
        return answer.content
    raise Refused("It was not fetched: its address leads from one to another.")


def may_fetch(account: Account, url: str) -> bool:
    """Whether an address is the account's own or one of the hosts on which carriers keep files, by https.

    A carrier on this machine itself, as for tests, may use plain http.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or ".." in parts.path.split("/"):
        return False
    api = urlsplit(account.api_url)
    if (parts.scheme, host, port) == (api.scheme, api.hostname, api.port):
        return True
    return parts.scheme == "https" and port in {None, 443} and not is_loopback(host) and _keeps_files(host)


def _keeps_files(host: str) -> bool:
    if host.endswith((".twilio.com", ".twiliocdn.com", ".signalwire.com")):
        return True
    return host.endswith(".amazonaws.com") and host.startswith(("s3.", "s3-"))


def _got(account: Account, url: str) -> Answer:
    parts, api = urlsplit(url), urlsplit(account.api_url)
    files = re.compile(rf"{re.escape(account.path)}/Messages/\w+/Media/\w+(\.json)?", re.ASCII)
    own = (parts.scheme, parts.netloc) == (api.scheme, api.netloc) and files.fullmatch(parts.path)
    http = Http(
        f"{parts.scheme}://{parts.netloc}",
        user=account.user if own else None,
        password=account.password if own else None,
        connections=1,
    )
    with closing(http):
        try:
            return http.get(f"{parts.path}?{parts.query}" if parts.query else parts.path or "/")
        except (NeverLeft, NobodyKnows) as reason:
            raise Refused(f"The carrier did not give it: {reason}.") from None

"""Files of messages: fetched with the account's credentials, from the carrier's hosts only (`docs/rules.md 10.7`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.carrier.running import Carrier, running_carrier
from tests.gateway.twilio.made import ACCOUNT, OURS, THEIRS, configuration
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.gateway.twilio.account import account_of
from thrumsg_tui.gateway.twilio.gateway import TwilioGateway
from thrumsg_tui.gateway.twilio.media import LARGEST, may_fetch

PICTURE = b"\x89PNG picture"


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    with running_carrier(tmp_path / "carrier.log", "--number", OURS) as running:
        yield running


def address_of(carrier: Carrier, content: bytes) -> str:
    """Let a contact send a picture, and return its address at the carrier."""
    sid = carrier.inbound(THEIRS, OURS, "", {"image/png": content})
    (received,) = carrier.entries("received")
    return f"{carrier.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{received['media_sids'][0]}"


def fetch(carrier: Carrier, url: str) -> bytes:
    with closing(TwilioGateway(configuration(carrier.url))) as gateway:
        return gateway.fetch(url)


def test_a_picture_is_fetched_through_the_redirect(carrier: Carrier) -> None:
    """The carrier refuses credentials where its redirect leads, and gives nothing without them before."""
    assert fetch(carrier, address_of(carrier, PICTURE)) == PICTURE
    statuses = [entry["status"] for entry in carrier.entries("request")]
    assert statuses == [307, 200]


def test_the_largest_is_fetched_and_nothing_larger(carrier: Carrier) -> None:
    assert len(fetch(carrier, address_of(carrier, b"x" * LARGEST))) == LARGEST


def test_what_is_too_large_is_refused(carrier: Carrier) -> None:
    url = address_of(carrier, b"x" * (LARGEST + 1))
    with pytest.raises(Refused, match="larger than 5 MB"):
        fetch(carrier, url)


def test_what_the_carrier_has_no_more_is_said(carrier: Carrier) -> None:
    url = address_of(carrier, PICTURE)
    with pytest.raises(Refused, match="does not have it any more"):
        fetch(carrier, url[:-1] + ("0" if url[-1] != "0" else "1"))


def test_nobody_else_is_asked(carrier: Carrier) -> None:
    with pytest.raises(Refused, match="not one of the carrier's"):
        fetch(carrier, "https://files.example.org/picture.png")
    assert carrier.entries("request") == []


@pytest.mark.parametrize(
    ("url", "may"),
    [
        (f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1", True),
        ("https://media.twiliocdn.com/AC1/abc?signature=x", True),
        ("https://mms.twiliocdn.com/AC1/abc", True),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/abc", True),
        ("https://s3.amazonaws.com/media.twiliocdn.com/AC1/abc", True),
        ("http://media.twiliocdn.com/AC1/abc", False),
        ("https://media.twiliocdn.com:8443/AC1/abc", False),
        ("https://ec2-1-2-3-4.compute.amazonaws.com/", False),
        ("https://twiliocdn.com.example.org/", False),
        ("https://eviltwiliocdn.com/", False),
        ("https://api.twilio.com@example.org/", False),
        ("https://user:secret@api.twilio.com/", False),
        ("https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/../../..", False),
        ("https://127.0.0.1/", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_the_carriers_hosts_are_asked(url: str, may: bool) -> None:
    assert may_fetch(account_of(configuration()), url) is may


def test_the_credentials_go_only_to_files_of_the_account(carrier: Carrier) -> None:
    """The same host without a file's path gets none: the carrier says 401."""
    for path in (f"/2010-04-01/Accounts/{ACCOUNT}.json", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"):
        with pytest.raises(Refused, match="it answered 401"):
            fetch(carrier, f"{carrier.url}{path}")

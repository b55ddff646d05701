"""What `thrumsg gateway check` says about Twilio: the account, our numbers, and the addresses that it calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from thrumsg_tui.gateway.configuration import Configuration, DoubtPolicy
from thrumsg_tui.gateway.protocol import Finding
from thrumsg_tui.gateway.secret import Secret
from thrumsg_tui.gateway.twilio.account import CHECK_ACCOUNT, MESSAGE_PATH, STATUS_PATH, Account, account_of
from thrumsg_tui.gateway.twilio.codes import words_of
from thrumsg_tui.gateway.twilio.http import READ_SECONDS, Answer, Http, NeverLeft, NobodyKnows, Pairs
from thrumsg_tui.gateway.twilio.messages import code_of
from thrumsg_tui.gateway.twilio.signature import HMAC_SHA1, HMAC_SHA256, signature


class _Failed(Exception):
    """The carrier could not be asked; a sentence says why."""

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


def findings(configuration: Configuration, http: Http) -> Iterator[Finding]:
    """Yield what is right and what is not.

    Args:
        configuration: The configuration.
        http: The connection to the carrier.
    """
    account = account_of(configuration)
    yield from _doubts(configuration, account)
    try:
        yield _account(account, http)
    except _Failed as reason:
        yield Finding(good=False, sentence=f"The account {account.sid} cannot be used. {reason}")
    else:
        for number in account.numbers:
            yield _number(account, http, number)
        if not account.numbers and not account.all_services:
            yield Finding(
                good=True,
                sentence="The configuration names no number: those of thrumsg gateway numbers are not checked.",
            )
        for service in account.all_services:
            yield _service(account, http, service)
    yield from _self_test(configuration)


def _doubts(configuration: Configuration, account: Account) -> Iterator[Finding]:
    wait = configuration.doubts.wait.total_seconds()
    if account.discards:
        yield Finding(
            good=True,
            sentence="The carrier forgets the texts, so a person decides every doubt, whatever [doubt] policy says.",
        )
    elif configuration.doubts.policy is DoubtPolicy.ASK:
        yield Finding(good=True, sentence="A person decides every doubt; nothing is sent again by itself.")
    elif wait <= READ_SECONDS:
        yield Finding(
            good=False,
            sentence=f"The wait of [doubt] is {wait:g} s: the carrier has {READ_SECONDS:g} s to answer, and may take a"
            " message after that, which would then be sent twice. 120 is safe.",
        )
    else:
        yield Finding(good=True, sentence=f"The carrier is asked about a doubt after {wait:g} s.")


def _account(account: Account, http: Http) -> Finding:
    try:
        said = _asked(http, f"{account.path}.json")
    except _Failed as reason:
        if reason.status not in {401, 403} or account.user == account.sid:
            raise
        _asked(http, f"{account.path}/Messages.json", [("PageSize", "1")])  # an API key may not see the account
        return Finding(good=True, sentence=f"The API key {account.user} is accepted.")
    status, kind = str(said.get("status") or "active"), str(said.get("type") or "")
    if status != "active":
        return Finding(good=False, sentence=f"The account {account.sid} is {status} at the carrier.")
    if kind.lower() == "trial":
        return Finding(good=False, sentence=f"The account {account.sid} is a trial. {words_of(21608)}")
    return Finding(good=True, sentence=f"The account {account.sid} is active, and its token is accepted.")


def _number(account: Account, http: Http, number: str) -> Finding:
    if not number.startswith("+"):
        return Finding(
            good=True,
            sentence=f"Our number {number} is no phone number: look in the carrier's console that it calls us.",
        )
    try:
        query = [("PhoneNumber", number), ("PageSize", "20")]
        entries = _asked(http, f"{account.path}/IncomingPhoneNumbers.json", query).get("incoming_phone_numbers")
    except _Failed as reason:
        return Finding(good=False, sentence=f"Our number {number} cannot be checked. {reason}")
    entry = next((each for each in entries or () if each.get("phone_number") == number), None)
    if entry is None:
        return Finding(good=False, sentence=f"Our number {number} does not belong to the account.")
    if not (entry.get("capabilities") or {}).get("sms"):
        return Finding(good=False, sentence=f"Our number {number} cannot send texts.")
    if account.all_services:
        return Finding(good=True, sentence=f"Our number {number} belongs to the account and can send texts.")
    return _address(account, f"Our number {number}", entry.get("sms_url"), entry.get("sms_method"))


def _service(account: Account, http: Http, service: str) -> Finding:
    """Check the messaging service, which Twilio keeps at another host."""
    host = urlsplit(account.api_url).hostname or ""
    other = (
        Http(f"https://{host.replace('api', 'messaging', 1)}", user=account.user, password=account.password)
        if account.is_twilio
        else None
    )
    try:
        entry = _asked(other or http, f"/v1/Services/{service}")
    except _Failed as reason:
        return Finding(good=False, sentence=f"The messaging service {service} cannot be checked. {reason}")
    finally:
        if other:
            other.close()
    if entry.get("smart_encoding"):
        return Finding(
            good=False,
            sentence=f"The messaging service {service} changes characters: switch its Smart Encoding off, or a doubt"
            " cannot be settled by the text.",
        )
    if entry.get("use_inbound_webhook_on_number"):
        return Finding(good=True, sentence=f"The messaging service {service} leaves incoming texts to its numbers.")
    return _address(
        account, f"The messaging service {service}", entry.get("inbound_request_url"), entry.get("inbound_method")
    )


def _address(account: Account, what: str, found: object, method: object) -> Finding:
    """Check the address at which the carrier delivers incoming texts."""
    wanted = account.webhook(MESSAGE_PATH)
    if wanted is None:
        return Finding(good=False, sentence=f"{what} cannot call us: public_url is missing.")
    set_at, _, retries = str(found or "").partition("#")
    if set_at != wanted.partition("#")[0]:
        there = "nothing" if not set_at else "another address"
        return Finding(good=False, sentence=f"{what} calls {there} for incoming texts: set {wanted} at the carrier.")
    if str(method or "POST").upper() != "POST":
        return Finding(good=False, sentence=f"{what} calls with {method}: set POST at the carrier.")
    if account.is_twilio and f"#{retries}" != f"#{wanted.partition('#')[2]}":
        return Finding(
            good=False, sentence=f"{what} is called once or twice at most: set {wanted} so that Twilio tries on."
        )
    return Finding(good=True, sentence=f"{what} calls our address for incoming texts.")


def _self_test(configuration: Configuration) -> Iterator[Finding]:
    """Call ourselves through the public address, signed and with a wrong signature; neither is stored."""
    url, carrier = configuration.public_url, configuration.carrier
    if url is None:
        yield Finding(good=False, sentence="No public_url is given: without it no incoming text and no report arrives.")
        return
    key: Secret | None = carrier["signing_key"] or carrier["auth_token"]
    if key is None:
        yield Finding(good=False, sentence="No auth_token is given: what the carrier sends is checked with it.")
        return
    http = Http(url, connect_seconds=5, read_seconds=15)
    try:
        yield _called(http, url, key, HMAC_SHA1, "auth_token" if not carrier["signing_key"] else "signing_key")
        if carrier["shared_key"]:
            yield _called(http, url, carrier["shared_key"], HMAC_SHA256, "shared_key")
    finally:
        http.close()


def _called(http: Http, url: str, key: Secret, algorithm: str, name: str) -> Finding:
    """Send a form without a message, which the listener refuses: as no message (400) if it trusts the signature.

    The wrong signature is the right one turned round, by which the listener knows that it is ours (`webhooks.py`).
    """
    path, fields = f"{STATUS_PATH}?k={'0' * 32}", [("AccountSid", CHECK_ACCOUNT), ("Emoji", "✓"), ("Blank", "")]
    settings = {"X-Twilio-Webhooks-Signature-Settings": f"algorithm={algorithm}"} if algorithm != HMAC_SHA1 else {}
    signed = signature(key.reveal(), f"{url}{path}", fields, algorithm)
    target, body = f"{urlsplit(url).path}{path}", urlencode(fields).encode()
    try:
        right = http.post(target, body, {"X-Twilio-Signature": signed, **settings}).status
        wrong = http.post(target, body, {"X-Twilio-Signature": signed[::-1], **settings}).status
    except (NeverLeft, NobodyKnows) as reason:
        return Finding(good=False, sentence=f"Nothing answers at {url}: {reason}. Is thrumsg listen running?")
    if (right, wrong) == (400, 403):
        return Finding(good=True, sentence=f"We answer at {url}, and accept what {name} signs and nothing else.")
    if right == 403:
        return Finding(
            good=False,
            sentence=f"What answers at {url} refuses what {name} signs: it must be thrumsg listen with the same"
            " configuration.",
        )
    return Finding(good=False, sentence=f"What answers at {url} is not thrumsg listen (HTTP {right} and {wrong}).")


def _asked(http: Http, path: str, query: Pairs = ()) -> dict[str, Any]:
    try:
        answer: Answer = http.get(path, query)
    except (NeverLeft, NobodyKnows) as reason:
        raise _Failed(f"The carrier cannot be reached: {reason}.") from None
    if answer.status == 200:
        return answer.json
    code = code_of(answer.json.get("code"))
    raise _Failed(words_of(code) if code else f"The carrier answers with HTTP {answer.status}.", answer.status)

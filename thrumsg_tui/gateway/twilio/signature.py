"""Twilio's signatures of webhooks: over the public address and every field of the form."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from hashlib import sha1, sha256
from urllib.parse import urlsplit

HMAC_SHA1, HMAC_SHA256 = "HMAC_SHA1", "HMAC_SHA256"
_HASHES = {HMAC_SHA1: sha1, HMAC_SHA256: sha256}
_PORTS = {"https": 443, "http": 80}

Fields = Sequence[tuple[str, str]]
"""The fields of a form in their order; a name may occur more than once."""


def signature(key: str, url: str, fields: Fields, algorithm: str = HMAC_SHA1) -> str:
    """Return the signature of a request.

    Args:
        key: The account's token, or a shared key.
        url: The whole address that the carrier calls.
        fields: The fields of the form.
        algorithm: `HMAC_SHA1` or `HMAC_SHA256`.
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(key.encode(), signed.encode(), _HASHES[algorithm])).decode("ascii")


def is_signed(key: str, urls: Sequence[str], fields: Fields, given: str, algorithm: str = HMAC_SHA1) -> bool:
    """Return whether a signature is that of one of some addresses; every comparison takes the same time."""
    valid = [hmac.compare_digest(signature(key, url, fields, algorithm).encode(), given.encode()) for url in urls]
    return any(valid)


def algorithm_of(settings: str) -> str | None:
    """Return the algorithm that the header of a signature's settings names, or None for one that we do not know."""
    for part in settings.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip() if value.strip() in _HASHES else None
    return HMAC_SHA1


def with_and_without_port(url: str) -> tuple[str, ...]:
    """Return an address as it is, and with its port left out or named: carriers sign either."""
    parts = urlsplit(url)
    if parts.port is None:
        other = f"{parts.netloc}:{_PORTS[parts.scheme]}"
    else:
        other = parts.netloc.removesuffix(f":{parts.port}")
    return url, parts._replace(netloc=other).geturl()

"""Who may use the app in a browser: the one that showed the token, and pages of our own alone."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from secrets import compare_digest, token_urlsafe
from urllib.parse import urlsplit

_COOKIE = "thrumsg"


class Access:
    """What a browser must show: the token, once, and from then on the cookie that it was given for it.

    All addresses lie below `place`, which nobody can guess. A browser sends cookies to every port of a host: that of
    another user's server on this machine gets ours only if the address has the place in it.
    """

    def __init__(self) -> None:
        self.place = f"/{token_urlsafe(8)}"
        self._token = token_urlsafe(16)
        self._cookie: str | None = None

    @property
    def query(self) -> str:
        """What the first address has after its path."""
        return f"token={self._token}"

    def redeem(self, token: str) -> str | None:
        """Return the `Set-Cookie` header for a browser that shows the token; None if it is wrong or was used."""
        if self._cookie is not None or not compare_digest(token.encode(), self._token.encode()):
            return None
        self._cookie = token_urlsafe(32)
        return f"{_COOKIE}={self._cookie}; Path={self.place}/; HttpOnly; SameSite=Strict"

    def admits(self, cookies: Mapping[str, str]) -> bool:
        """Whether a browser shows the cookie."""
        shown = cookies.get(_COOKIE, "")
        return self._cookie is not None and compare_digest(
            shown.encode("utf-8", "surrogateescape"), self._cookie.encode()
        )


def names_this_machine(host: str | None) -> bool:
    """Whether a request's `Host` is a name of this machine.

    A page whose own name was made to lead here (DNS rebinding) sends that name. The port may be another, as behind
    `ssh -L`.
    """
    try:
        name = urlsplit(f"//{host or ''}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_own_page(origin: str | None, host: str | None) -> bool:
    """Whether a request comes from a page of ours, by its `Origin`; browsers let every page open a WebSocket."""
    return host is not None and origin == f"http://{host}"


SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "connect-src 'self'",
            "font-src 'self'",
            "img-src data:",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",  # the terminal writes styles for its colours
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "thrumsg",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""The headers of each answer: a page loads nothing from elsewhere, and no other page shows or keeps it."""

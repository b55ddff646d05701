"""Whether a connection must be encrypted, and the server prove who it is (`docs/rules.md 13.6`)."""

from __future__ import annotations

import os
from ipaddress import ip_address

from thrumsg_tui.store.location import ServerAddress

_PROVEN = "verify-full"


def ssl_options(location: ServerAddress) -> dict[str, str]:
    """Return what an address leaves out: a proven server, unless it is this host or the address says otherwise.

    Variables such as PGSSLMODE and a service file do not count as saying otherwise.
    """
    return {} if "sslmode" in location.options or _is_here(location) else {"sslmode": _PROVEN}


def _is_here(location: ServerAddress) -> bool:
    """Whether every host is surely this one: a socket, or a loopback address."""
    numbers = location.options.get("hostaddr", os.environ.get("PGHOSTADDR", ""))
    hosts = tuple(filter(None, numbers.split(","))) or location.hosts
    if not hosts:  # a service may name one; else it is the default, a socket
        return not (location.options.get("service") or os.environ.get("PGSERVICE"))
    return all(map(_is_loopback, hosts))


def _is_loopback(host: str) -> bool:
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

"""The socket of the listener: a new one, or one that systemd has opened."""

from __future__ import annotations

import ipaddress
import os
import socket

from thrumsg_tui.domain.errors import Nothing, Refused

_BACKLOG = 512
"""How many connections the system holds while the listener starts again."""


def new_socket(host: str, port: int) -> socket.socket:
    """Listen on an address; `Refused` if that is not possible."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise Refused(f"{host} is no address of this machine: {error.strerror or error}.", Nothing.CHANGED) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise Refused(f"{host} port {port} cannot be listened on: {error.strerror}.", Nothing.CHANGED) from error
    return listening


def inherited_socket(descriptor: int) -> socket.socket:
    """Take a listening socket that whoever started this process has opened; `Refused` if it is none."""
    said = f"--fd {descriptor} is no socket that listens"
    try:
        listening = socket.socket(fileno=os.dup(descriptor))
    except OSError as error:
        raise Refused(f"{said}: {error.strerror}.", Nothing.CHANGED) from error
    try:
        listens = listening.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError:  # not every system can tell
        listens = 1
    if listening.type is not socket.SOCK_STREAM or not listens:
        listening.close()
        raise Refused(f"{said}. systemd passes the first socket as --fd 3.", Nothing.CHANGED)
    return listening


def is_local(listening: socket.socket) -> bool:
    """Whether only this machine can connect to a socket."""
    if listening.family not in {socket.AF_INET, socket.AF_INET6}:
        return True
    return ipaddress.ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


def shown(listening: socket.socket) -> str:
    """Return the address of a socket, for a sentence."""
    if listening.family not in {socket.AF_INET, socket.AF_INET6}:
        return str(listening.getsockname())
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

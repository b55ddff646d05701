"""The command `web`: the app in a browser on this machine."""

from __future__ import annotations

import asyncio
import json
import socket
from argparse import Namespace

from thrumsg_tui.cli.output import printable, standard_output
from thrumsg_tui.cli.session import opened, require_writable
from thrumsg_tui.cli.web_access import Access
from thrumsg_tui.domain.errors import Nothing, NotPermitted, Refused
from thrumsg_tui.garbage import collect_from_now_on
from thrumsg_tui.gateway.listening_socket import is_local, new_socket, shown


def serve(args: Namespace) -> int:
    """Serve the app until Ctrl+C; a forced command opens no port of the host (`docs/rules.md 11.1`)."""
    if args.forced_login is not None:
        raise NotPermitted("web opens a port of this host, so it is for people with a login here.")
    if not args.demo:
        with opened(args) as session:  # what is wrong with it is said here, and not in a browser
            require_writable(session)
    collect_from_now_on()
    try:
        from thrumsg_tui.cli.web_server import WebServer
    except ModuleNotFoundError as missing:
        raise Refused(
            f"{missing.name} is not installed, and a browser needs it: pip install 'thrumsg[web]'."
        ) from missing
    access = Access()
    with _socket(args) as listening:
        server = WebServer(_words(args), access)
        asyncio.run(server.serve(listening, lambda: _announce(listening, access, as_json=args.json)))
    return 0


def _words(args: Namespace) -> list[str]:
    """Return the words with which the app is opened on the same database as the same person."""
    database = [] if args.db is None else ["--db", str(args.db)]
    person = [] if args.acting_for is None else ["--as", args.acting_for]
    return [*database, *person, *(["demo"] if args.demo else [])]


def _socket(args: Namespace) -> socket.socket:
    listening = new_socket(args.host, args.port)
    if is_local(listening):
        return listening
    listening.close()
    raise Refused(
        f"{args.host} can be reached from outside this machine, and web speaks plain HTTP: it listens on 127.0.0.1 "
        "only. From another machine: ssh -L, as `thrumsg web` says when it begins.",
        Nothing.CHANGED,
    )


def _announce(listening: socket.socket, access: Access, *, as_json: bool) -> None:
    """Print where the app is, and how to come there."""
    place = shown(listening)
    address = f"{place}{access.place}/?{access.query}"
    port = listening.getsockname()[1]
    lines = [
        "Open this in a browser on this machine; it works once, for the first that does:",
        "",
        f"  {address}",
        "",
        f"From another machine, first there:  ssh -L {port}:{place.removeprefix('http://')} HOST",
        "Ctrl+C ends it here, and the app in every window; what is being written is kept.",
    ]
    with standard_output() as out:
        for line in [json.dumps({"address": address})] if as_json else lines:
            print(printable(line), file=out)

"""The command `listen`: the service that takes what the carrier calls us with (`docs/rules.md 10.6`)."""

from __future__ import annotations

import socket
from argparse import Namespace
from dataclasses import replace

from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.services import logged, opened_for_service
from thrumsg_tui.domain.errors import Nothing, NotPermitted, Refused
from thrumsg_tui.gateway.database_configuration import configuration_of
from thrumsg_tui.gateway.listening_socket import inherited_socket, is_local, new_socket
from thrumsg_tui.gateway.protocol import Webhooks
from thrumsg_tui.gateway.registry import open_webhooks
from thrumsg_tui.gateway.service_manager import ServiceManager
from thrumsg_tui.store.database import Database


def listen(args: Namespace) -> Report:
    """Listen until the service is stopped; a forced command opens no port of the host (`docs/rules.md 11.1`)."""
    if args.forced_login is not None:
        raise NotPermitted("listen opens a port of this host, so it is for people with a login here.")
    with opened_for_service(args) as (db, _):
        gateway, webhooks = _webhooks(db, args)
        with _socket(args) as listening, logged():
            _serve(db, gateway, webhooks, listening)
    return Report({"gateway": gateway}, [])


def _serve(db: Database, gateway: str, webhooks: Webhooks, listening: socket.socket) -> None:
    try:
        from thrumsg_tui.gateway import listener
    except ModuleNotFoundError as missing:
        raise Refused(
            f"{missing.name} is not installed, and listening needs it: pip install 'thrumsg[gateway]'."
        ) from missing
    listener.listen(db, gateway, webhooks, listening, manager=ServiceManager())


def _webhooks(db: Database, args: Namespace) -> tuple[str, Webhooks]:
    """Return the gateway's name, and the addresses that its carrier calls."""
    configuration = configuration_of(db, args.config)
    if args.public_url:
        configuration = replace(configuration, public_url=args.public_url.rstrip("/"))
    webhooks = open_webhooks(configuration)
    if webhooks is None:
        raise Refused(
            f"The gateway {configuration.gateway} calls no address of ours, so there is nothing to listen for: "
            "`thrumsg deliver` takes what it brings."
        )
    return configuration.gateway, webhooks


def _socket(args: Namespace) -> socket.socket:
    """Return the socket; `Refused` for one that others than this machine can reach, unless a proxy is in front."""
    listening = new_socket(args.host, args.port) if args.fd is None else inherited_socket(args.fd)
    if is_local(listening) or args.i_have_a_proxy:
        return listening
    listening.close()
    raise Refused(
        "The socket can be reached from outside this machine, and listen speaks plain HTTP: let a proxy with TLS stand "
        "in front and listen on 127.0.0.1. If the proxy is on another machine, say --i-have-a-proxy.",
        Nothing.CHANGED,
    )

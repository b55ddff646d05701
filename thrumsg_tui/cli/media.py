"""The command `media`: a picture or another file of a message, fetched from the carrier (`docs/rules.md 10.7`)."""

from __future__ import annotations

import sys
from argparse import Namespace

from thrumsg_tui.cli.output import standard_output
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import STANDARD_STREAM, Session
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.media import Media
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.gateway.database_configuration import configuration_of
from thrumsg_tui.gateway.protocol import FetchesMedia
from thrumsg_tui.gateway.registry import open_gateway
from thrumsg_tui.store.output_files import refuse_unwritable, write_bytes
from thrumsg_tui.store.queries.thread import get_conversation_head, media_of


def media(session: Session, args: Namespace) -> Report:
    """Fetch a file of a message with the carrier's credentials, and write it; a sender may for their own contacts."""
    file = _chosen(session, args)
    to_file = str(args.out) != STANDARD_STREAM
    if to_file:
        refuse_unwritable(args.out)
    elif sys.stdout.isatty():
        raise Refused("A file of a message cannot be shown in a terminal: redirect it to a file.", Nothing.WRITTEN)
    gateway = open_gateway(configuration_of(session.db, args.config))
    try:
        if not isinstance(gateway, FetchesMedia):
            raise Refused(f"The gateway {gateway.name} fetches no files: open the address that the thread shows.")
        content = gateway.fetch(file.url)
    finally:
        gateway.close()
    if to_file:
        write_bytes(args.out, content)
        record = {"file": str(args.out), "type": file.type, "size": len(content)}
        return Report(record, [f"{pluralize(len(content), 'byte')} of {file.type or 'unknown type'} in {args.out}."])
    with standard_output() as out:
        out.buffer.write(content)
        out.buffer.flush()
    return Report(None, [])


def _chosen(session: Session, args: Namespace) -> Media:
    """Return the file that is asked for, of a message that the person may see."""
    with session.db.reading() as conn:
        conversation_id, files = media_of(conn, args.message)
        if get_conversation_head(conn, conversation_id).sender_id != session.who.user.id:
            session.who.require(Permission.VIEW_ALL)
    if not files:
        raise Refused(f"Message {args.message} has no picture or other file.", Nothing.WRITTEN)
    if args.nth is None and len(files) > 1:
        raise Refused(f"Message {args.message} has {len(files)} files: choose one with --nth.", Nothing.WRITTEN)
    nth = 1 if args.nth is None else args.nth
    if not 1 <= nth <= len(files):
        raise Refused(f"Message {args.message} has {pluralize(len(files), 'file')}: none is {nth}.", Nothing.WRITTEN)
    return files[nth - 1]

"""The arguments of the commands for SSH keys."""

from __future__ import annotations

from pathlib import Path

from thrumsg_tui.cli.argument_parser import Parser


def add(parser: Parser) -> None:
    """Add those of `ssh add`."""
    parser.add_argument("login", metavar="LOGIN", help="a user of this database")
    parser.add_argument(
        "key", type=Path, metavar="KEYFILE", help="their public key, such as id_ed25519.pub; - reads it"
    )
    list_all(parser)


def list_all(parser: Parser) -> None:
    """Add those of `ssh list`, which all of these commands have."""
    parser.add_argument(
        "--authorized-keys",
        type=Path,
        metavar="FILE",
        help="the file that sshd reads (default: ~/.ssh/authorized_keys of the account that owns the database)",
    )


def remove(parser: Parser) -> None:
    """Add those of `ssh remove`."""
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("key", nargs="?", metavar="KEY", help="its fingerprint or comment (default: all keys)")
    list_all(parser)
    parser.set_defaults(late="key")

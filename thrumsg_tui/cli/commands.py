"""All commands with their options."""

from __future__ import annotations

from pathlib import Path

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands
from thrumsg_tui.cli.campaign_commands import add_campaign_commands
from thrumsg_tui.cli.carrier_commands import add_carrier_commands
from thrumsg_tui.cli.content_commands import add_content_commands
from thrumsg_tui.cli.file_commands import add_file_commands
from thrumsg_tui.cli.message_commands import add_message_commands
from thrumsg_tui.cli.opt_out_commands import add_opt_out_commands
from thrumsg_tui.cli.reassign_commands import add_reassign_commands
from thrumsg_tui.cli.view_commands import add_view_commands
from thrumsg_tui.domain.permissions import Role


def add_commands(commands: Commands) -> None:
    """Add all commands."""
    _add_demo(commands)
    add_campaign_commands(commands.group("campaign", "create and run campaigns, and choose their senders"))
    _add_people(commands.group("user", "manage users and their roles"))
    _add_keys(commands.group("ssh", "let people in by their SSH keys, each limited to thrumsg"))
    add_view_commands(commands)
    add_message_commands(commands)
    add_content_commands(commands)
    add_opt_out_commands(commands)
    add_reassign_commands(commands)
    add_file_commands(commands)
    add_carrier_commands(commands)
    _add_upkeep(commands)


def _add_demo(commands: Commands) -> None:
    demo = commands.add("demo", "app.demo", "open a practice campaign whose contacts reply")
    demo.add_argument("--seed", type=options.whole_number, metavar="N", help="get the same replies for the same number")
    demo.add_argument("--fresh", action="store_true", help="start over with a new practice campaign")


def _add_people(commands: Commands) -> None:
    add = commands.add("add", "users.add", "add a user")
    add.add_argument("login", metavar="LOGIN", help="their login on this machine")
    add.add_argument("--first-name", required=True, metavar="F")
    add.add_argument("--last-name", required=True, metavar="L")
    add.add_argument("--email", default="", metavar="E")
    add.add_argument("--role", choices=options.words(Role), default=str(Role.SENDER))
    edit = commands.add("edit", "users.edit", "change a user's name or email address")
    edit.add_argument("login", metavar="LOGIN")
    edit.add_argument("--first-name", metavar="F")
    edit.add_argument("--last-name", metavar="L")
    edit.add_argument("--email", metavar="E")
    commands.add("list", "users.list_all", "list the users")
    role = commands.add("role", "users.change_role", "give a user another role")
    role.add_argument("login", metavar="LOGIN")
    role.add_argument("role", choices=options.words(Role), metavar="ROLE", help=", ".join(Role))


def _add_keys(commands: Commands) -> None:
    add = commands.add("add", "ssh.add", "let a user in by a key, which can then do nothing but run thrumsg as them")
    add.add_argument("login", metavar="LOGIN", help="a user of this database")
    add.add_argument("key", type=Path, metavar="KEYFILE", help="their public key, such as id_ed25519.pub; - reads it")
    listed = commands.add("list", "ssh.list_all", "list the keys, and say what is wrong with them")
    remove = commands.add("remove", "ssh.remove", "shut out the keys of a user", late="key")
    remove.add_argument("login", metavar="LOGIN")
    remove.add_argument("key", nargs="?", metavar="KEY", help="its fingerprint or comment (default: all keys)")
    for each in (add, listed, remove):
        each.add_argument(
            "--authorized-keys",
            type=Path,
            metavar="FILE",
            help="the file that sshd reads (default: ~/.ssh/authorized_keys of the account that owns the database)",
        )


def _add_upkeep(commands: Commands) -> None:
    settings = commands.add(
        "settings", "maintenance.settings", "show or change the organization's settings", late="value"
    )
    settings.add_argument("key", nargs="?", metavar="KEY")
    settings.add_argument("value", nargs="?", metavar="VALUE")
    doctor = commands.add(
        "doctor",
        "maintenance.doctor",
        "check the database, or a backup, for damage and wrong figures",
        check=lambda args: "--file changes nothing: leave --repair out" if args.file and args.repair else None,
    )
    doctor.add_argument("--repair", action="store_true", help="correct wrong figures")
    doctor.add_argument("--file", type=Path, metavar="FILE", help="check this backup instead; it is not changed")

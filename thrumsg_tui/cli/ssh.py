"""`thrumsg ssh`: the keys that let people in over SSH, each limited to thrumsg (`docs/rules.md 11.1`)."""

from __future__ import annotations

import os
import pwd
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.authorized_keys import AuthorizedKeys, ForcedCommand, KeyLine
from thrumsg_tui.domain.errors import Nothing, NotPermitted, Refused
from thrumsg_tui.domain.permissions import Permission, Role
from thrumsg_tui.domain.ssh_keys import PublicKey, public_key_in, why_no_good
from thrumsg_tui.store.authorized_keys import KeysFile
from thrumsg_tui.store.changes import ssh_keys as changes
from thrumsg_tui.store.input_files import called, read_file
from thrumsg_tui.store.queries.users import users

_NAME = "thrumsg"
_NO_SHELLS = {"nologin", "false", "true", "sync"}
"""Login shells that run no command."""


def add(session: Session, args: Namespace) -> Report:
    """Let a user in by a key."""
    _refuse_over_ssh(args)
    session.who.require(Permission.CHANGE_KEYS)
    file, database = _keys_file(session, args), _database(session)
    key = public_key_in(read_file(args.key), str(called(args.key)))
    key = replace(key, comment=key.comment or args.login)
    changes.add_key(session.db, session.who, file, ForcedCommand(_program(), database, args.login), key)
    lines = [f"{args.login} is let in by the key {key.comment} ({key.fingerprint})."]
    return Report(_record(key) | {"login": args.login}, [*lines, *_warnings(file)])


def remove(session: Session, args: Namespace) -> Report:
    """Shut out one or all keys of a login."""
    _refuse_over_ssh(args)
    file, database = _keys_file(session, args), _database(session)
    keys = changes.remove_keys(session.db, session.who, file, args.login, database, args.key)
    said = [f"{args.login} is let in no more by the key {key.comment} ({key.fingerprint})." for key in keys]
    said.append("Sessions that are open go on until they end.")
    return Report([_record(key) | {"login": args.login} for key in keys], said)


def list_all(session: Session, args: Namespace) -> Report:
    """List every key of the account's file, with what is wrong with it."""
    _refuse_over_ssh(args)
    session.who.require(Permission.MANAGE_PEOPLE)
    file, database = _keys_file(session, args), _database(session)
    with session.db.reading() as conn:
        roles = {user.login: user.role for user in users(conn)}
    present = AuthorizedKeys(file.read())
    records = [_listed(line, present, roles, database) for line in present.keys]
    if not records:
        return Report([], [f"{file.path} lets nobody in."])
    heads = ("Line", "Login", "Role", "Type", "Fingerprint", "Comment", "Wrong")
    rows = [
        [*(each[head.lower()] for head in heads[:-1]), "; ".join(problems)]
        for each in records
        if isinstance(problems := each["problems"], list)
    ]
    return Report(records, table(heads, rows))


def _refuse_over_ssh(args: Namespace) -> None:
    if args.forced_login is not None:
        raise NotPermitted("thrumsg ssh changes who is let in on this host, so it is for people with a login here.")


def _keys_file(session: Session, args: Namespace) -> KeysFile:
    """Return the file that sshd reads for the account that owns the database, which is this one.

    For a database on a server it is the account that runs, if its host is trusted: the key would let nobody in else.
    """
    location = session.db.location
    if isinstance(location, Path):
        owner = location.stat().st_uid
    elif distrust := session.db.access().distrust:
        raise NotPermitted(distrust)
    else:
        owner = os.getuid()
    if args.authorized_keys:
        return KeysFile(args.authorized_keys.absolute(), owner)
    if os.getuid() != owner:
        name = _account(owner).pw_name
        raise NotPermitted(
            f"The keys open the account of {name}, which owns the database: run this as {name}, with sudo -u {name}."
        )
    return KeysFile(Path(_account(owner).pw_dir) / ".ssh" / "authorized_keys", owner)


def _account(number: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(number)
    except KeyError:
        raise Refused(f"The user id {number}, which owns the database, has no login on this machine.") from None


def _database(session: Session) -> str:
    location = session.db.location
    return _one_line(str(location.absolute() if isinstance(location, Path) else location))


def _program() -> str:
    """Return the whole path of the program that is running, or of the one beside its Python."""
    started = Path(sys.argv[0]).absolute()
    beside = Path(sys.executable).with_name(_NAME)
    for program in (started, beside):
        if program.name == _NAME and os.access(program, os.X_OK) and program.is_file():
            return _one_line(str(program))
    raise Refused(f"There is no program {beside} that a key could start: install thrumsg first.", Nothing.CHANGED)


def _one_line(path: str) -> str:
    if not path.isprintable():
        raise Refused(f"{path} cannot stand in authorized_keys: it has characters that are not printable.")
    return path


def _warnings(file: KeysFile) -> Iterator[str]:
    shell = _account(file.account).pw_shell
    if Path(shell).name in _NO_SHELLS:
        yield f"Warning: the login shell of the account is {shell}, which starts nothing: give it /bin/sh (usermod -s)."


def _record(key: PublicKey) -> dict[str, object]:
    return {"type": key.type, "fingerprint": key.fingerprint, "comment": key.comment}


def _listed(line: KeyLine, present: AuthorizedKeys, roles: Mapping[str, Role], database: str) -> dict[str, object]:
    forced, key = line.forced, line.key
    is_here = forced is not None and forced.database in {None, database}
    return {
        "line": line.number,
        "login": forced.login if forced else None,
        "role": roles.get(forced.login) if forced and is_here else None,
        **(_record(key) if key else dict.fromkeys(("type", "fingerprint", "comment"))),
        "problems": list(_problems(line, present, roles, database)),
    }


def _problems(line: KeyLine, present: AuthorizedKeys, roles: Mapping[str, Role], database: str) -> Iterator[str]:
    if line.key is None:
        yield "no key that sshd can read"
        return
    if problem := why_no_good(line.key):
        yield f"sshd takes none like it: {problem}"
        return
    first = present.first_with(line.key)
    if first and first.number != line.number:
        yield f"line {first.number} has the same key, and decides"
    forced = line.forced
    if forced is None:
        yield "opens a shell: not of thrumsg" if line.command is None else "runs another command: not of thrumsg"
        return
    if forced.database not in {None, database}:
        yield f"of another database, {forced.database}"
    elif forced.login not in roles:
        yield f"{forced.login} is no user"
    if not forced.program.startswith("/"):
        yield "names thrumsg without its whole path"
    elif not os.access(forced.program, os.X_OK):
        yield f"there is no program {forced.program}"
    if line.allowed:
        yield f"allows {', '.join(line.allowed)}"

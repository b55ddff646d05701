"""How forms name files: any file of the host, or one of the folder that a forced command has (`docs/rules.md 11.1`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.shared_files import writing_shared
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.own_files import refuse_own_file
from thrumsg_tui.store.queries.shared_files import (
    find_shared_file,
    require_file_name,
    shared_files,
    shared_folder,
)
from thrumsg_tui.tui.app_context import AppContext
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.path_completion import Folder, FolderEntry, entries_of, given_path, matching


class NamedFiles(Protocol):
    """The files that a person may name. All methods but `shown` may be slow; they raise `Refused`."""

    hint: str
    """What a field for a file says while it is empty."""
    where: str
    """Where a file without a path is written."""

    def named(self, text: str) -> Path:
        """Return the file that a text names, whether it is there or not, as an absolute path."""

    def to_read(self, text: str) -> Path:
        """Return the file that a text names, if it may be read."""

    def to_write(self, path: Path) -> AbstractContextManager[None]:
        """Let the block write a file that `named` returned."""

    def naming(self, path: Path) -> AbstractContextManager[None]:
        """Let refusals of the block name the file as it is named here."""

    def shown(self, path: Path) -> str:
        """Return how a file is named here."""

    def matching(self, typed: str) -> list[str]:
        """Return the names that begin with a text."""

    def folder(self, typed: str, /) -> Folder:
        """Return the folder that a text names, which is empty or ends with a slash."""


class HostFiles:
    """All files of the host that the account can use."""

    hint = f"a path; {key_of('field.next')} completes it"
    where = "in this folder; or a path"

    def __init__(self, db: Database) -> None:
        self._db = db

    def named(self, text: str) -> Path:
        """Return an absolute path: `-` would be standard input, from which the app reads keys."""
        path = given_path(text).absolute()
        refuse_own_file(self._db.path, path)
        return path

    to_read = named

    def to_write(self, _path: Path) -> AbstractContextManager[None]:
        return nullcontext()

    def naming(self, _path: Path) -> AbstractContextManager[None]:
        return nullcontext()

    def shown(self, path: Path) -> str:
        return str(path)

    def matching(self, typed: str) -> list[str]:
        return matching(typed)

    def folder(self, typed: str) -> Folder:
        return entries_of(typed)


class FolderFiles:
    """The files of the folder that a person may use, by their bare names."""

    hint = f"a name in the folder for files; {key_of('field.next')} completes it"
    where = "in the folder for files"

    def __init__(self, db: Database, who: Identity) -> None:
        self._db, self._who = db, who

    def named(self, text: str) -> Path:
        name = text.strip()
        require_file_name(name)
        return shared_folder(self._db.path) / name

    def to_read(self, text: str) -> Path:
        path = self.named(text)
        find_shared_file(self._db, self._who, path.name)
        return path

    @contextmanager
    def to_write(self, path: Path) -> Iterator[None]:
        with self.naming(path), writing_shared(self._db, self._who, [path.name]):
            yield

    @contextmanager
    def naming(self, path: Path) -> Iterator[None]:
        try:
            yield
        except ThrumsgError as error:
            error.rename(str(path), path.name)
            raise

    def shown(self, path: Path) -> str:
        return path.name

    def matching(self, typed: str) -> list[str]:
        return [each.name for each in shared_files(self._db, self._who) if each.name.startswith(typed)]

    def folder(self, _typed: str) -> Folder:
        return Folder("the folder for files", tuple(FolderEntry(name, name) for name in self.matching("")))


def named_files(app: AppContext) -> NamedFiles:
    """Return the files that the person at this app may name."""
    return FolderFiles(app.store.db, app.who) if app.forced_command else HostFiles(app.store.db)

"""Where a database is: a file, or a database of a PostgreSQL server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.domain.lazy_dataclass import dataclass

_SCHEMES = ("postgresql://", "postgres://")

_NO_FILE = r"(?i)\s*[a-z][a-z0-9+.-]*://|\s*postgres(ql)?:|(.*\s)?(host|hostaddr|user|password|dbname|service)\s*="
"""How other addresses begin, or one of ours that is written wrongly, or has libpq's other form: `host=… dbname=…`."""

_NO_ADDRESS = "This is not the address of a database: write it like postgresql://HOST:5432/NAME."
"""It does not quote the text, in which a password may stand where nobody looks for one."""

_SEARCH_PATH = r"search_path=(\S+)"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The address of a database on a PostgreSQL server, as libpq reads it; what it leaves out, libpq's defaults fill.

    It has no password: other people of the host see the command line, and it stands in sentences and logs.

    Args:
        text: The whole address: `postgresql://USER@HOST:PORT,HOST:PORT/NAME?OPTION=VALUE`.

    Raises:
        DatabaseUnusable: The address cannot be read, or has a password.
    """

    text: str

    def __post_init__(self) -> None:
        from urllib.parse import unquote

        badly_written = "@" in self._place or any("@" in name for name in self.options)  # of a password with / or ?
        optional = any("password" in name.lower() for name in self.options)
        if ":" in unquote(self._userinfo) or badly_written or optional:
            raise DatabaseUnusable(
                "An address with a password is not taken: others see it in the list of processes, and the shell keeps "
                "it. Leave it out, and write it into ~/.pgpass or a service file."
            )
        if any(port and not port.isdigit() for _, port in self._endpoints):
            raise DatabaseUnusable(_NO_ADDRESS)

    def __str__(self) -> str:
        return self.text

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts in the order in which they are tried; a socket's folder begins with `/`; empty for the default."""
        named = self.options.get("host", os.environ.get("PGHOST", ""))
        return tuple(host for host, _ in self._endpoints if host) or tuple(filter(None, named.split(",")))

    @property
    def database(self) -> str:
        """The name of the database; the name of a service if only that is given, empty for the default."""
        from urllib.parse import unquote

        named = self._place.partition("/")[2] or self.options.get("dbname", "")
        return unquote(named) or os.environ.get("PGDATABASE", "") or self.options.get("service", "")

    @property
    def user(self) -> str:
        """The role that signs in, empty for the default."""
        from urllib.parse import unquote

        return unquote(self._userinfo) or self.options.get("user", "") or os.environ.get("PGUSER", "")

    @property
    def options(self) -> Mapping[str, str]:
        """The options after `?`, such as `sslmode`."""
        from urllib.parse import parse_qsl  # only with a server

        return dict(parse_qsl(self.text.partition("?")[2], keep_blank_values=True))

    @property
    def schema(self) -> str:
        """The schema of the tables, if the address names one, else empty."""
        found = re.search(_SEARCH_PATH, self.options.get("options", ""))
        return found[1] if found else ""

    @property
    def path(self) -> Path:
        """A path for what this host keeps of the database, such as the spool, as if it were a file of that name."""
        from platformdirs import user_data_path

        port = self._endpoints[0][1] or self.options.get("port", "") or os.environ.get("PGPORT", "") or "5432"
        parts = [
            "+".join(self.hosts) or "local",
            port,
            self.database or "default",
            *filter(None, [self.schema]),
        ]
        name = re.sub(r"[^A-Za-z0-9.+_-]", "_", "-".join(parts)).lstrip(".")
        return user_data_path("thrumsg", appauthor=False) / "servers" / name / "thrumsg"

    @property
    def _authority(self) -> str:
        return self.text.partition("://")[2].partition("?")[0]

    @property
    def _userinfo(self) -> str:
        user, at, _ = self._authority.partition("/")[0].rpartition("@")
        return user if at else ""

    @property
    def _place(self) -> str:
        """The address from the first host to before the options."""
        return self._authority.removeprefix(f"{self._userinfo}@")

    @property
    def _endpoints(self) -> list[tuple[str, str]]:
        """Each host with its port, as they are written."""
        from urllib.parse import unquote

        found = []
        for each in self._place.partition("/")[0].split(","):
            bracketed = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", each)  # an IPv6 address
            host, port = (bracketed[1], bracketed[2] or "") if bracketed else each.partition(":")[::2]
            found.append((unquote(host), port))
        return found


Location: TypeAlias = Path | ServerAddress


def read_location(text: str) -> Location:
    """Parse what a person names with `--db`: an address of a server, else a file.

    Raises:
        DatabaseUnusable: It is an address that cannot be read, or has a password.
    """
    if text.startswith(_SCHEMES):
        return ServerAddress(text)
    if re.match(_NO_FILE, text):
        raise DatabaseUnusable(_NO_ADDRESS)
    return Path(text)


def path_of(location: Location) -> Path:
    """Return the file itself; of a server the path beside which this host keeps its own files."""
    return location.path if isinstance(location, ServerAddress) else location

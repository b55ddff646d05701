"""The configuration file of the gateway, `gateway.toml` (`docs/gateway.example.toml`, `docs/rules.md 10.12`)."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from thrumsg_tui.domain.configured_values import one_of
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.our_numbers import NumberKind, require_number
from thrumsg_tui.gateway.configuration import Configuration, ConfiguredNumber, DoubtPolicy, Doubts, Limits
from thrumsg_tui.gateway.configuration_keys import (
    Key,
    WrongKey,
    number,
    read_section,
    refuse_unknown,
    text,
    url,
)
from thrumsg_tui.gateway.registry import GATEWAYS, gateway_module
from thrumsg_tui.small_files import read_small_file

DEFAULT_FILE = Path("/etc/thrumsg/gateway.toml")
_LARGEST = 1 << 20
_DAY = 24 * 60 * 60
_TELEPHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


def _gateway_name(value: Any) -> str:
    return one_of(*GATEWAYS)(value)


_TOP = {"gateway": Key(_gateway_name, required=True), "public_url": Key(url)}
_NUMBER = {
    "number": Key(text, required=True),
    "kind": Key(one_of(*NumberKind), default=str(NumberKind.LONG)),
    "mps": Key(number(0.01, 1000), default=1.0),
}
_LIMITS = {
    "workers": Key(number(1, 64, whole=True), default=Limits().workers),
    "per_second": Key(number(0, 10_000), default=Limits().per_second),
    "campaign_per_second": Key(number(0, 10_000), default=Limits().campaign_per_second),
}
_DOUBT = {
    "wait": Key(number(0, _DAY), default=Doubts().wait.total_seconds()),
    "again": Key(number(0, _DAY), default=Doubts().again.total_seconds()),
    "give_up": Key(number(0, 7 * _DAY), default=Doubts().give_up.total_seconds()),
    "policy": Key(one_of(*DoubtPolicy), default=Doubts().policy),
}


def configuration_path(path: Path | None) -> Path:
    """Return the path of the configuration: the given one, that of `$THRUMSG_CONFIG`, or the default."""
    if path is not None:
        return path
    return Path(os.environ.get("THRUMSG_CONFIG") or DEFAULT_FILE)


def load_configuration(path: Path | None) -> Configuration:
    """Read and check the configuration, and the secrets that it points to.

    Args:
        path: The file; None takes that of `$THRUMSG_CONFIG`, else `/etc/thrumsg/gateway.toml`.

    Raises:
        NotFound: There is no such file.
        Refused: The file or a secret can be changed or read by others, or a key is unknown, missing or wrong.
    """
    path = configuration_path(path)
    try:
        document = tomllib.loads(_contents(path))
        return _configuration(path, document)
    except tomllib.TOMLDecodeError as error:
        raise _refused(path, f"it is no TOML: {error}.") from None
    except WrongKey as error:
        raise _refused(path, str(error)) from None


def _refused(path: Path, sentence: str) -> Refused:
    return Refused("{path}: {sentence}", path=str(path), sentence=sentence)


def _contents(path: Path) -> str:
    try:
        status, content = read_small_file(path, _LARGEST)
        read = content.decode("utf-8")
    except FileNotFoundError:
        raise NotFound(
            "There is no configuration of the gateway: {path} does not exist.",
            advice="Write it after docs/gateway.example.toml, or name another with --config or $THRUMSG_CONFIG.",
            path=str(path),
        ) from None
    except OSError as error:
        raise _refused(path, f"it cannot be read ({error.strerror or error}).") from None
    except UnicodeDecodeError:
        raise _refused(path, "it is not UTF-8.") from None
    except ValueError as error:
        raise _refused(path, f"it {error}.") from None
    _refuse_unsafe(path, status)
    return read


def _refuse_unsafe(path: Path, status: os.stat_result) -> None:
    """Refuse a file that others could change: it names the programs that run and the addresses that are called."""
    if status.st_mode & 0o022:
        mode = stat.S_IMODE(status.st_mode)
        raise _refused(path, f"others can change it (mode {mode:04o}): close it with chmod go-w.")
    if status.st_uid not in {0, os.geteuid()}:
        raise _refused(path, "it belongs to another user: it must be ours or root's.")


def _configuration(path: Path, document: Mapping[str, Any]) -> Configuration:
    refuse_unknown("", document, {**_TOP, **dict.fromkeys([*GATEWAYS, "number", "limits", "doubt"])})
    top = read_section("", {key: document[key] for key in _TOP if key in document}, _TOP)
    section = gateway_module(top["gateway"]).SECTION
    configuration = Configuration(
        gateway=top["gateway"],
        carrier=read_section(top["gateway"], document.get(top["gateway"], {}), section.keys),
        public_url=top["public_url"],
        numbers=_numbers(document.get("number", [])),
        limits=Limits(**read_section("limits", document.get("limits", {}), _LIMITS)),
        doubts=_doubts(document.get("doubt", {})),
        file=path,
    )
    try:
        return section.complete(configuration)
    except ValueError as error:
        raise WrongKey(str(error)) from None


def _numbers(tables: object) -> tuple[ConfiguredNumber, ...]:
    if not isinstance(tables, list):
        raise WrongKey("number must be a list of sections: write [[number]].")
    numbers = tuple(_number(read_section("number", table, _NUMBER)) for table in tables)
    if len({each.number for each in numbers}) < len(numbers):
        raise WrongKey("[[number]] names a number twice.")
    return numbers


def _number(values: Mapping[str, Any]) -> ConfiguredNumber:
    """Return one of our numbers; it is written as the carrier writes it, so that both mean the same one."""
    kind = NumberKind(values["kind"])
    if kind in {NumberKind.LONG, NumberKind.TOLL_FREE}:
        if not _TELEPHONE.fullmatch(values["number"]):
            raise WrongKey('[number] number: a number such as "+14155550100" is expected.')
    else:
        try:
            require_number(values["number"], kind)
        except ValueError as error:
            raise WrongKey(f"[number] number: {error}") from None
    return ConfiguredNumber(**values)


def _doubts(table: object) -> Doubts:
    values = read_section("doubt", table, _DOUBT)
    wait, again, give_up = (timedelta(seconds=values[key]) for key in ("wait", "again", "give_up"))
    return Doubts(wait, again, give_up, DoubtPolicy(values["policy"]))

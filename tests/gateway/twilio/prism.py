"""Prism, which checks requests by Twilio's own OpenAPI files, and what it does not check."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.free_ports import free_port
from tests.outside_tools import require_tool

_ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
_PATHS = {
    "twilio_api_v2010.json": [
        "/2010-04-01/Accounts/{Sid}.json",
        f"{_ACCOUNT}/Messages.json",
        f"{_ACCOUNT}/Messages/{{MessageSid}}/Media.json",
        f"{_ACCOUNT}/IncomingPhoneNumbers.json",
    ],
    "twilio_messaging_v1.json": ["/v1/Services/{Sid}"],
}
"""What the gateway calls, of each file."""

Call = tuple[str, str, bytes | None]
"""A method, a path with its query, and a body."""


def tools_folder() -> Path:
    """Return the folder into which `scripts/install_test_tools.sh` installs what is no system package."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("THRUMSG_TEST_TOOLS") or Path(cache) / "thrumsg-test-tools")


def _program() -> Path:
    return tools_folder() / "node_modules" / ".bin" / "prism"


class Specification:
    """The part of Twilio's OpenAPI files that the gateway calls."""

    def __init__(self) -> None:
        files = {name: tools_folder() / name for name in _PATHS}
        require_tool("prism", is_there=all(path.exists() for path in [_program(), *files.values()]))
        whole = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in files.items()}
        self.paths: dict[str, Any] = {
            path: whole[name]["paths"][path] for name, paths in _PATHS.items() for path in paths
        }
        _say_how_lists_are_written(self.paths)
        schemas = {name: schema for each in whole.values() for name, schema in each["components"]["schemas"].items()}
        first = whole["twilio_api_v2010.json"]
        self.document = {
            "openapi": first["openapi"],
            "info": first["info"],
            "servers": first.get("servers", []),
            "paths": self.paths,
            "components": {
                "schemas": {name: schemas[name] for name in _referenced(self.paths, schemas)},
                "securitySchemes": first["components"]["securitySchemes"],
            },
        }

    def unknown(self, call: Call) -> set[str]:
        """Return the parameters of a call that the files do not know: Prism lets them pass."""
        method, target, body = call
        path, _, query = target.partition("?")
        [operation] = [
            item[method.lower()]
            for template, item in self.paths.items()
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in item
        ]
        known = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
        given = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
        if body is None:
            return given - known
        form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
        return (given - known) | {name for name, _ in parse_qsl(body.decode(), keep_blank_values=True)} - set(form)


@contextmanager
def running_prism(specification: Specification, folder: Path) -> Iterator[str]:
    """Run Prism with a specification; yield its address."""
    file = folder / "specification.json"
    file.write_text(json.dumps(specification.document), encoding="utf-8")
    port = str(free_port())
    # Never with --errors: Twilio's own examples of lists break its own formats.
    command = [str(_program()), "mock", "-h", "127.0.0.1", "-p", port, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            said = []
            for line in process.stdout:
                said.append(line)
                if "is listening" in line:
                    break
            else:
                raise AssertionError("".join(said))
            threading.Thread(target=process.stdout.read, daemon=True).start()  # so that it never waits to say more
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _say_how_lists_are_written(paths: dict[str, Any]) -> None:
    """Write down OpenAPI's default for lists in forms, a field repeated: Prism reads it only where it is written."""
    for item in paths.values():
        for form in item.get("post", {}).get("requestBody", {}).get("content", {}).values():
            properties = form["schema"].get("properties", {})
            lists = [name for name, schema in properties.items() if schema.get("type") == "array"]
            form["encoding"] = {name: {"style": "form", "explode": True} for name in lists}


def _referenced(found: object, schemas: dict[str, Any]) -> set[str]:
    """Return the names of all schemas to which something refers, directly or not."""
    names: set[str] = set()
    rest = [found]
    while rest:
        for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(rest.pop())):
            if name not in names:
                names.add(name)
                rest.append(schemas[name])
    return names

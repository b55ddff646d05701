"""Builds the wheel, and installs it as users do, each on a clean home: with pip, pipx and uv tool.

    try_installs.py [pip] [pipx] [uv]

Of each installation it tries what needs files besides the code: the version, the practice campaign in the app, the
manual page and the documents, the completions, and the page of `thrumsg web`. Nothing may come from the checkout. pipx
and uv are installed into a scratch folder. It needs a package registry, and leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from urllib.request import urlopen
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.terminal import Terminal  # noqa: E402 - it lies in the checkout

TOOLS = ("pip", "pipx", "uv")
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_OF_TOOLS = ("PIP_", "PIPX_", "UV_")
"""How the environment may say where packages come from."""


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation: its program, the folder of its files, and an environment with its own home."""

    program: Path
    prefix: Path
    environment: Mapping[str, str]

    def run(self, *words: str) -> str:
        """Run a command line from a folder where nothing of ours lies."""
        done = subprocess.run(
            [self.program, *words],
            env=dict(self.environment),
            cwd=self.environment["HOME"],
            capture_output=True,
            text=True,
            check=False,
        )
        require(done.returncode == 0, f"thrumsg {' '.join(words)} fails: {done.stderr}")
        return done.stdout


def main(chosen: list[str]) -> int:
    if unknown := set(chosen) - set(TOOLS):
        print(f"There is no {', '.join(sorted(unknown))} here: choose from {', '.join(TOOLS)}.", file=sys.stderr)
        return 2
    with TemporaryDirectory(prefix="thrumsg-installs-") as scratch:
        wheel = _build(Path(scratch))
        for tool in chosen or TOOLS:
            began = monotonic()
            installed = _INSTALL[tool](Path(scratch) / tool, wheel)
            _try(installed)
            print(f"{tool}: works ({monotonic() - began:.0f} s)", flush=True)
    return 0


def require(what: bool, otherwise: str) -> None:
    """End with a sentence if something is not so."""
    if not what:
        sys.exit(otherwise)


def _build(scratch: Path) -> Path:
    """Build the wheel; nothing but the package, its data and its documents is in it."""
    _call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(scratch), str(ROOT))
    (wheel,) = scratch.glob("thrumsg-*.whl")
    with ZipFile(wheel) as file:
        tops = {name.split("/")[0].partition(".")[0] for name in file.namelist()}
    require(tops == {"thrumsg_tui", wheel.name.split("-")[0] + "-0"}, f"the wheel has {sorted(tops)}")
    print(f"built {wheel.name}: {wheel.stat().st_size // 1024} KiB", flush=True)
    return wheel


# The three ways


def _by_pip(folder: Path, wheel: Path) -> Installed:
    environment = _clean(folder)
    _call(sys.executable, "-m", "venv", str(folder / "venv"), env=environment)
    _call(str(folder / "venv/bin/python"), "-m", "pip", "install", "-q", _named(wheel), env=environment)
    return Installed(folder / "venv/bin/thrumsg", folder / "venv", environment)


def _by_pipx(folder: Path, wheel: Path) -> Installed:
    environment = _clean(folder) | {"PIPX_HOME": str(folder / "pipx"), "PIPX_BIN_DIR": str(folder / "bin")}
    pipx = _tool("pipx", folder, environment)
    _call(str(pipx), "install", "--quiet", _named(wheel), env=environment)
    return Installed(folder / "bin/thrumsg", folder / "pipx/venvs/thrumsg", environment)


def _by_uv(folder: Path, wheel: Path) -> Installed:
    environment = _clean(folder) | {"UV_TOOL_DIR": str(folder / "tools"), "UV_TOOL_BIN_DIR": str(folder / "bin")}
    uv = _tool("uv", folder, environment)
    _call(str(uv), "tool", "install", "--quiet", "--python", sys.executable, _named(wheel), env=environment)
    return Installed(folder / "bin/thrumsg", folder / "tools/thrumsg", environment)


_INSTALL = {"pip": _by_pip, "pipx": _by_pipx, "uv": _by_uv}


def _named(wheel: Path) -> str:
    return f"thrumsg[web] @ {wheel.as_uri()}"


def _tool(name: str, folder: Path, environment: Mapping[str, str]) -> Path:
    """Install a tool into an environment of its own."""
    _call(sys.executable, "-m", "venv", str(folder / name / "venv"), env=environment)
    _call(str(folder / name / "venv/bin/python"), "-m", "pip", "install", "-q", name, env=environment)
    return folder / name / "venv/bin" / name


def _clean(folder: Path) -> dict[str, str]:
    """Return an environment with a home of its own that has nothing in it."""
    home = folder / "home"
    home.mkdir(parents=True)
    kept = {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith(_OF_TOOLS)}
    return {"LANG": "C.UTF-8", **kept, "HOME": str(home), "TERM": "xterm-256color"}


def _call(*command: str, env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, env=dict(env) if env else None, capture_output=True, text=True, check=False)
    require(done.returncode == 0, f"{' '.join(command)} fails:\n{done.stdout}{done.stderr}")


# What is tried


def _try(installed: Installed) -> None:
    version, *facts = installed.run("--version").splitlines()
    require("commit         not known" in "\n".join(facts), f"{version} is of a checkout")
    for shell in ("bash", "zsh", "fish"):
        require("triage" in installed.run("completion", shell), f"the completion of {shell} is empty")
    share = installed.prefix / "share"
    for file in ("man/man1/thrumsg.1", "doc/thrumsg/docs/deploy.md", "doc/thrumsg/deploy/thrumsg-deliver.service"):
        require((share / file).is_file(), f"share/{file} is missing")
    _try_code(installed)
    _try_demo(installed)
    _try_web(installed)


def _try_code(installed: Installed) -> None:
    """Nothing that runs lies in the checkout."""
    code = "import sys, thrumsg_tui.tui.app; print(*(m.__file__ for m in sys.modules.values() if 'thrumsg' in repr(m)))"
    done = subprocess.run(
        [installed.prefix / "bin/python", "-c", code],
        env=dict(installed.environment),
        cwd=installed.environment["HOME"],
        capture_output=True,
        text=True,
        check=True,
    )
    files = done.stdout.split()
    require(len(files) > 100 and all(str(installed.prefix) in each for each in files), "code of the checkout runs")


def _try_demo(installed: Installed) -> None:
    """The practice campaign opens in a terminal and is left again."""
    with Terminal([installed.program, "demo"], environment=installed.environment, size=(80, 24)) as terminal:
        terminal.wait_for("Spring Turnout", "Unassigned")
        terminal.press("q", "q")
        require(terminal.wait_exit() == 0, "the app does not end well")


def _try_web(installed: Installed) -> None:
    with _web(installed) as address, urlopen(address) as page:
        require("textual.js" in page.read().decode(), "`thrumsg web` shows no page")
        cookie = page.headers["Set-Cookie"].partition(";")[0]
    require(cookie.startswith("thrumsg="), "`thrumsg web` gives no cookie")


@contextmanager
def _web(installed: Installed) -> Iterator[str]:
    command = [str(installed.program), "--json", "web", "--port", "0"]
    with subprocess.Popen(command, env=dict(installed.environment), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["address"])
        finally:
            process.terminate()
            require(process.wait() == 0, "`thrumsg web` does not end well")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`thrumsg gateway`: the connection to the carrier."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from thrumsg_tui.cli.report import Report
from thrumsg_tui.domain.errors import NotPermitted
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.configuration_file import load_configuration
from thrumsg_tui.gateway.protocol import Finding
from thrumsg_tui.gateway.registry import gateway_module


def check(args: Namespace) -> Report:
    """Say what is right and what is not, from the configuration's file to the carrier itself."""
    if args.forced_login is not None:
        raise NotPermitted("gateway check reads files of this host, so it is for people with a login here.")
    configuration = load_configuration(args.config)
    gateway = gateway_module(configuration.gateway).open_gateway(configuration)
    try:
        found = [*_of_the_file(configuration), *gateway.check()]
    finally:
        gateway.close()
    wrong = sum(not each.good for each in found)
    return Report(
        [{"good": each.good, "sentence": each.sentence} for each in found],
        [f"{'ok   ' if each.good else 'WRONG'}  {each.sentence}" for each in found],
        code=1 if wrong else 0,
        error=f"{wrong} of {len(found)} checks found something wrong." if wrong else "",
    )


def _of_the_file(configuration: Configuration) -> Iterator[Finding]:
    """Yield what the loader has made sure of: it would have refused the file otherwise."""
    yield Finding(
        good=True,
        sentence=f"{configuration.file} is valid, only its owner can change it, and its secrets are closed to others.",
    )
    if configuration.public_url and configuration.public_url.startswith("http://"):
        yield Finding(
            good=True, sentence=f"{configuration.public_url} is this machine itself: no real carrier can call it."
        )

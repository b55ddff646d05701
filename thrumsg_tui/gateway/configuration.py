"""The configuration of the gateway: which carrier, our numbers, limits and patience (`docs/rules.md 10.12`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from thrumsg_tui.domain.lazy_dataclass import dataclass


class DoubtPolicy(StrEnum):
    """What is done about a message of which nobody knows whether it left (`docs/rules.md 10.2`)."""

    SETTLE = "settle"
    """The carrier is asked; absent twice, the message is queued again."""
    ASK = "ask"
    """A person decides; nothing is sent again by itself."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """How long a message in doubt waits before each step."""

    wait: timedelta = timedelta(seconds=120)
    """From the try to the first look into the carrier's list."""
    again: timedelta = timedelta(seconds=60)
    """From the first look to the second."""
    give_up: timedelta = timedelta(seconds=900)
    """For how long the carrier may be asked in vain until a person has to decide."""
    policy: DoubtPolicy = DoubtPolicy.SETTLE


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may leave at once; 0 segments a second is no limit."""

    workers: int = 8
    per_second: float = 0
    campaign_per_second: float = 0


@dataclass(frozen=True, slots=True)
class ConfiguredNumber:
    """One of our numbers, as the configuration names it."""

    number: str
    kind: str = "long"
    mps: float = 1.0
    """Segments a second."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The gateway's configuration."""

    gateway: str
    """Its name in `registry.py`."""
    carrier: Mapping[str, Any] = field(default_factory=dict)
    """The section of the carrier, with its secrets read from where they lie; the carrier's module checks it."""
    public_url: str | None = None
    """The address that the carrier calls, without a slash at its end; signatures are over it."""
    numbers: tuple[ConfiguredNumber, ...] = ()
    limits: Limits = Limits()
    doubts: Doubts = Doubts()
    file: Path | None = None
    """Where it was read from."""

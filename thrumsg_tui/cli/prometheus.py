"""Figures in the text format of Prometheus, version 0.0.4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from thrumsg_tui.domain.lazy_dataclass import dataclass

_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure that goes up and down, with a sample for each value of a label, or a single one without labels.

    Attributes:
        name: Its name, which monitoring relies on: it is never renamed.
        help: What it is, on one line.
        value: The sample without labels; None if it is not known, or there are `samples`.
        label: The name of the label.
        samples: By the label's value.
    """

    name: str
    help: str
    value: float | None = None
    label: str = ""
    samples: Mapping[str, float] | None = None


def exposition(gauges: Sequence[Gauge]) -> list[str]:
    """Return the lines of some gauges; a gauge without a known value has none."""
    return [line for gauge in gauges for line in _lines(gauge)]


def _lines(gauge: Gauge) -> Iterator[str]:
    samples = [f'{{{gauge.label}="{value.translate(_ESCAPED)}"}} {_number(number)}' for value, number in _of(gauge)]
    if gauge.value is not None:
        samples.append(f" {_number(gauge.value)}")
    if samples:
        yield f"# HELP {gauge.name} {gauge.help}"
        yield f"# TYPE {gauge.name} gauge"
        yield from (f"{gauge.name}{sample}" for sample in samples)


def _of(gauge: Gauge) -> Sequence[tuple[str, float]]:
    return sorted((gauge.samples or {}).items())


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))

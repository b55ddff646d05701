"""Frozen dataclasses that are cheap to define: their methods are compiled when the first instance is made.

`dataclasses.dataclass` writes and compiles six methods for each class. That takes 0.8 ms, twelve times as long as to
define the class here, and most classes never have an instance before the first screen is there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    _Class = TypeVar("_Class", bound=type)

    def dataclass(*, frozen: bool, slots: bool) -> Callable[[_Class], _Class]:
        """Make what `dataclasses.dataclass(frozen=True, slots=True)` makes.

        Raises:
            TypeError: Another kind of dataclass is wanted.
        """
        if not (frozen and slots):
            raise TypeError("only frozen dataclasses with slots are cheap to define")
        return _define


def _define(cls: type) -> Any:
    defined: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)

    def complete_and_init(self: object, *values: Any, **named: Any) -> None:
        _complete(defined)
        defined.__init__(self, *values, **named)

    defined.__init__ = complete_and_init
    defined.__setattr__ = defined.__delattr__ = _refuse
    return defined


def _complete(cls: Any) -> None:
    """Give a class what only its instances need."""
    fields = dataclasses.fields(cls)
    compared = [field.name for field in fields if field.compare]
    values: Callable[[object], Any] = attrgetter(*compared) if compared else lambda _: ()
    shown = [field.name for field in fields if field.repr]

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    cls.__init__ = _init(cls, fields, post_init=hasattr(cls, "__post_init__"))
    cls.__eq__ = equal
    cls.__hash__ = lambda self: hash(values(self))
    cls.__repr__ = lambda self: f"{cls.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _init(cls: type, fields: tuple[dataclasses.Field[Any], ...], *, post_init: bool) -> Any:
    """Compile an `__init__` that sets the fields, each by its slot: that takes half as long as by its name."""
    scope: dict[str, Any] = {"ABSENT": dataclasses.MISSING}
    parameters, lines = ["self"], []
    for field in fields:
        name, value = field.name, field.name
        if field.default_factory is not dataclasses.MISSING:
            scope[f"new_{name}"] = field.default_factory
            parameters.append(f"{name}=ABSENT")
            value = f"new_{name}() if {name} is ABSENT else {name}"
        elif field.default is not dataclasses.MISSING:
            scope[f"default_{name}"] = field.default
            parameters.append(f"{name}=default_{name}")
        else:
            parameters.append(name)
        scope[f"set_{name}"] = getattr(cls, name).__set__
        lines.append(f"set_{name}(self, {value})")
    if post_init:
        lines.append("self.__post_init__()")
    body = "\n    ".join(lines or ["pass"])
    exec(f"def __init__({', '.join(parameters)}):\n    {body}", scope)  # noqa: S102
    return scope["__init__"]


def _refuse(self: object, name: str, _value: object = None) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot change {name!r} of a {type(self).__name__}")

"""Frozen values that every act at the counter makes, made quickly, and value classes whose functions are made when
needed.

``dataclass(frozen=True)`` sets each field through ``object.__setattr__``, which is most of what a value of 27 fields
costs (3.1 µs), and ``dataclasses.replace`` looks up each field's name as well (6.1 µs). A value of a ``quick`` class
is filled while it belongs to a twin class, which has the same slots and is not frozen, and then gets its own class:
1.1 µs and 0.6 µs. The functions are written as source at their first call. ``dataclass`` itself does that when the
program starts, for each of some four hundred classes: this was a quarter of what an operator's command had to load,
although it makes no value of most of them. The ``dataclass`` of this module makes the fields at once and each
function at its first call (docs/decisions/0079).
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

__all__ = ["dataclass", "quick", "replace"]

_copying: dict[type[Any], Callable[[Any, Mapping[str, object]], Any]] = {}
_WRITTEN = ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__")
"""The functions that ``dataclass`` may write for a class."""

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(kind=None, /, *, frozen=False, slots=False, kw_only=False, eq=True, **more):
        """As that of ``dataclasses``, but for when the functions are written, and that a frozen value takes no
        attribute at all from without, whatever its name."""

        def made(kind):
            if more or any(name in kind.__dict__ for name in _WRITTEN):
                asked = {"frozen": frozen, "slots": slots, "kw_only": kw_only, "eq": eq, **more}
                return dataclasses.dataclass(**asked)(kind)
            kind.__doc__ = kind.__doc__ or kind.__name__
            bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(kind)
            _promise(bare, frozen=frozen, slots=slots, eq=eq)
            return bare

        return made if kind is None else made(kind)


def quick(kind: type[T]) -> type[T]:
    """Decorates a class above ``dataclass(frozen=True, slots=True, kw_only=True)``; nothing else about the class
    changes.

    Raises TypeError for a class that inherits fields, has a default factory or has ``__post_init__``.
    """
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]
    names = [field.name for field in fields]
    is_plain = all(field.init and field.default_factory is dataclasses.MISSING for field in fields)
    if not is_plain or hasattr(kind, "__post_init__") or [*getattr(kind, "__slots__", ())] != names:
        raise TypeError(f"{kind.__name__} is not a plain value")
    kind.__init__ = _later(kind, "__init__", lambda: _quicken(kind, fields))  # type: ignore[method-assign]
    return kind


def _quicken(kind: type[Any], fields: tuple["dataclasses.Field[Any]", ...]) -> None:
    names = [field.name for field in fields]
    twin = type(f"{kind.__name__}InMaking", kind.__bases__, {"__slots__": names})
    defaults = {f"_{field.name}": field.default for field in fields}
    namespace = {"_KIND": kind, "_TWIN": twin, "_NEW": object.__new__, "_BECOME": _become, **defaults}
    exec(_source(fields), namespace)  # noqa: S102 - of names that are in the program
    made, _copying[kind] = namespace["__init__"], namespace["copied"]
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    made.__annotations__ = {**{field.name: field.type for field in fields}, "return": None}
    kind.__init__ = made


def _promise(kind: type[Any], *, frozen: bool, slots: bool, eq: bool) -> None:
    """Gives the class placeholders, each of which writes its function when it is first called."""

    def promised(name: str) -> Callable[..., Any]:
        def write() -> None:
            function = _twin(kind, name, frozen=frozen).__dict__[name]
            function.__qualname__ = f"{kind.__qualname__}.{name}"
            setattr(kind, name, function)

        return _later(kind, name, write)

    names = ["__init__", "__repr__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
    fixed: dict[str, object] = {"__hash__": None} if eq and not frozen else {}
    if frozen:
        fixed |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    if frozen and slots:
        fixed |= {"__getstate__": _state, "__setstate__": _set_state}
    for name, function in {**{name: promised(name) for name in names}, **fixed}.items():
        setattr(kind, name, function)


def _later(kind: type[Any], name: str, write: Callable[[], None]) -> Callable[..., Any]:
    """A placeholder for a function until its first call. If two threads call it, both may write the same function."""

    def late(self: Any, /, *args: Any, **given: Any) -> Any:
        if kind.__dict__[name] is late:
            write()
        return kind.__dict__[name](self, *args, **given)

    late.__name__, late.__qualname__ = name, f"{kind.__qualname__}.{name}"
    return late


def _twin(kind: type[Any], name: str, *, frozen: bool) -> type[Any]:
    """A class with the same fields, and with that one of the functions that ``dataclasses`` writes for them."""
    fields = [(field.name, field.type, _copied(field)) for field in dataclasses.fields(kind)]
    space = {"__doc__": kind.__doc__}  # which is made of the functions otherwise
    if hasattr(kind, "__post_init__"):
        space["__post_init__"] = kind.__post_init__
    return dataclasses.make_dataclass(
        kind.__name__,
        fields,
        namespace=space,
        init=name == "__init__",
        repr=name == "__repr__",
        eq=name == "__eq__",
        unsafe_hash=name == "__hash__",
        frozen=frozen and name == "__init__",
    )


def _copied(field: "dataclasses.Field[Any]") -> Any:
    has_factory = field.default_factory is not dataclasses.MISSING
    default = {"default_factory": field.default_factory} if has_factory else {"default": field.default}
    return dataclasses.field(
        init=field.init,
        repr=field.repr,
        hash=field.hash,
        compare=field.compare,
        kw_only=field.kw_only,
        **default,
    )


def _refuse_to_set(self: object, name: str, value: object) -> None:  # noqa: ARG001
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:  # noqa: ARG001
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_become = object.__dict__["__class__"].__set__


def _source(fields: tuple["dataclasses.Field[Any]", ...]) -> str:
    def parameter(field: "dataclasses.Field[Any]") -> str:
        is_needed = field.default is dataclasses.MISSING
        return field.name if is_needed else f"{field.name}=_{field.name}"

    lines = [
        f"def __init__(self, *, {', '.join(map(parameter, fields))}):",
        " _BECOME(self, _TWIN)",
        *(f" self.{field.name} = {field.name}" for field in fields),
        " self.__class__ = _KIND",
        "def copied(value, changes):",
        " made = _NEW(_TWIN)",
        *(f" made.{field.name} = value.{field.name}" for field in fields),
        " for name, other in changes.items():",
        "  setattr(made, name, other)",
        " made.__class__ = _KIND",
        " return made",
    ]
    return "\n".join(lines)


if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(value, /, **changes):
        """As that of ``dataclasses``. Raises AttributeError for what is no field of a quick class."""
        copied = _copying.get(value.__class__)
        return dataclasses.replace(value, **changes) if copied is None else copied(value, changes)

"""Value classes whose functions are written when they are needed, and whose values are made quickly.

``dataclass`` of ``dataclasses`` writes the functions of each of some seven hundred classes when the program starts:
this was a quarter of what an operator's command had to load, although it makes no value of most of them. The
``dataclass`` of this module makes the fields at once and each function at its first call (docs/decisions/0079).

A frozen value sets each field through ``object.__setattr__`` there, which is most of what a value of 27 fields costs
(3.1 µs), and ``dataclasses.replace`` looks up each field's name as well (6.1 µs). Here it is filled while it belongs
to a twin class, which has the same slots and is not frozen, and then gets its own class: 1.3 µs and 0.6 µs
(docs/decisions/0116).
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

__all__ = ["by_place", "dataclass", "replace"]

_WRITTEN = ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__")
"""The functions that ``dataclass`` may write for a class."""
_frozen: set[type[Any]] = set()
"""The classes of this module whose values are frozen and have slots."""
_spaces: dict[type[Any], dict[str, Any]] = {}
"""For each class whose values are filled in a twin, what the source of its functions sees."""
_copying: dict[type[Any], Callable[[Any, Mapping[str, object]], Any]] = {}

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(kind=None, /, *, frozen=False, slots=False, kw_only=False, eq=True, order=False, **more):
        """As that of ``dataclasses``, but for when the functions are written, and that a frozen value takes no
        attribute at all from without, whatever its name. A class that is derived from a frozen one must be declared
        with it, too."""

        def made(kind):
            how = {"slots": slots, "kw_only": kw_only, "order": order}
            if more or any(name in kind.__dict__ for name in _WRITTEN):
                return dataclasses.dataclass(frozen=frozen, eq=eq, **how, **more)(kind)
            kind.__doc__ = kind.__doc__ or kind.__name__
            bare = dataclasses.dataclass(init=False, repr=False, eq=order, **how)(kind)
            _promise(bare, frozen=frozen, slots=slots, eq=eq)
            return bare

        return made if kind is None else made(kind)


def by_place(kind: type[T]) -> Callable[..., T] | None:
    """What makes a value of all its fields in their order; None for a class whose values are not filled in a twin.
    Names take two thirds of the time that a value of 27 fields takes: this is for source that a program writes."""
    return _function(kind, "placed") if _is_filled_in_twin(kind) else None


def _promise(kind: type[Any], *, frozen: bool, slots: bool, eq: bool) -> None:
    """Gives the class placeholders, each of which writes its function when it is first called."""

    def promised(name: str) -> Callable[..., Any]:
        def write() -> None:
            function = _written(kind, name, frozen=frozen)
            function.__qualname__ = f"{kind.__qualname__}.{name}"
            setattr(kind, name, function)

        return _later(kind, name, write)

    names = ["__init__", "__repr__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
    fixed: dict[str, object] = {"__hash__": None} if eq and not frozen else {}
    if frozen:
        fixed |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    if frozen and slots:
        fixed |= {"__getstate__": _state, "__setstate__": _set_state}
        _frozen.add(kind)
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


def _written(kind: type[Any], name: str, *, frozen: bool) -> Any:
    if name != "__init__" or not _is_filled_in_twin(kind):
        return _described(kind, name, frozen=frozen).__dict__[name]
    made = _function(kind, name)
    types = {field.name: field.type for field in dataclasses.fields(kind)}
    made.__annotations__ = {**types, "return": None}
    return made


def _described(kind: type[Any], name: str, *, frozen: bool) -> type[Any]:
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


def _is_filled_in_twin(kind: type[Any]) -> bool:
    """Whether values of the class can be: all their fields are given or have a default, and they do nothing else when
    they are made."""
    if kind not in _frozen or hasattr(kind, "__post_init__"):
        return False
    return all(each.init and each.default_factory is dataclasses.MISSING for each in dataclasses.fields(kind))


def _function(kind: type[Any], name: str) -> Any:
    """One of the functions that ``_source`` has for a class whose values are filled in a twin, written once. If two
    threads ask for it, both may write the same function."""
    fields = dataclasses.fields(kind)
    space = _spaces.get(kind)
    if space is None:
        defaults = {f"_{each.name}": each.default for each in fields}
        what = {"_KIND": kind, "_TWIN": _twin(kind), "_NEW": object.__new__, "_BECOME": _become}
        space = _spaces[kind] = {**defaults, **what}
    if name not in space:
        exec("\n".join(_source(name, fields)), space)  # noqa: S102 - of names that are in the program
    return space[name]


def _twin(kind: type[Any]) -> type[Any]:
    """A class whose values have the same slots, and can be changed."""
    changing = {name: getattr(object, name) for name in ("__setattr__", "__delattr__")}
    space = {"__slots__": kind.__dict__["__slots__"], **changing}
    if "__orig_bases__" in kind.__dict__:
        space["__orig_bases__"] = kind.__dict__["__orig_bases__"]
    return type(f"{kind.__name__}InMaking", kind.__bases__, space)


def _source(name: str, fields: "tuple[dataclasses.Field[Any], ...]") -> list[str]:
    match name:
        case "__init__":
            return [
                f"def __init__({', '.join(['self', *_parameters(fields)])}):",
                " _BECOME(self, _TWIN)",
                *(f" self.{each.name} = {each.name}" for each in fields),
                " self.__class__ = _KIND",
            ]
        case "placed":
            return [
                f"def placed({', '.join(each.name for each in fields)}):",
                " _MADE = _NEW(_TWIN)",
                *(f" _MADE.{each.name} = {each.name}" for each in fields),
                " _MADE.__class__ = _KIND",
                " return _MADE",
            ]
        case _:
            return [
                "def copied(value, changes):",
                " made = _NEW(_TWIN)",
                *(f" made.{each.name} = value.{each.name}" for each in fields),
                " for name, other in changes.items():",
                "  setattr(made, name, other)",
                " made.__class__ = _KIND",
                " return made",
            ]


def _parameters(fields: "tuple[dataclasses.Field[Any], ...]") -> list[str]:
    """Those that may be given by place come first."""

    def parameter(field: "dataclasses.Field[Any]") -> str:
        return field.name if field.default is dataclasses.MISSING else f"{field.name}=_{field.name}"

    by_name = [parameter(each) for each in fields if each.kw_only]
    return [parameter(each) for each in fields if not each.kw_only] + (["*", *by_name] if by_name else [])


def _copier(kind: type[Any]) -> Callable[[Any, Mapping[str, object]], Any]:
    def slowly(value: Any, changes: Mapping[str, object]) -> Any:
        return dataclasses.replace(value, **changes)

    copied = _copying[kind] = _function(kind, "copied") if _is_filled_in_twin(kind) else slowly
    return copied


if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(value, /, **changes):
        """As that of ``dataclasses``. Raises AttributeError for what is no field of a class of this module."""
        kind = value.__class__
        copied = _copying.get(kind) or _copier(kind)
        return copied(value, changes)

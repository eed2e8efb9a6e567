"""A quick value is what a slow one is."""

import pickle
from copy import copy
from dataclasses import FrozenInstanceError, dataclass, field, fields
from inspect import signature

import pytest

from domain.quick import quick, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """What ``dataclass`` makes of it."""

    kind: str
    value: int
    changes: tuple[int, ...] | None = None
    name: str = "nothing"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """With fields of the names that the source of its functions might use for itself."""

    kind: str
    value: int
    changes: tuple[int, ...] | None = None
    name: str = "nothing"


def test_is_made_compared_shown_and_kept_as_before() -> None:
    one, same, other = (Quick(kind="a", value=1), Quick(kind="a", value=1), Quick(kind="a", value=2))
    assert (one == same, hash(one) == hash(same), one != other) == (True, True, True)
    assert (one.changes, one.name, type(one)) == (None, "nothing", Quick)
    assert repr(one).replace("Quick", "Slow") == repr(Slow(kind="a", value=1))
    assert pickle.loads(pickle.dumps(one)) == copy(one) == one
    assert [each.name for each in fields(Quick)] == [each.name for each in fields(Slow)]
    assert [*signature(Quick).parameters] == [*signature(Slow).parameters]


def test_stays_frozen() -> None:
    made = replace(Quick(kind="a", value=1), value=2)
    with pytest.raises(FrozenInstanceError):
        made.value = 3  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del made.value
    assert not hasattr(made, "__dict__")


def test_is_given_what_it_needs_and_nothing_else() -> None:
    with pytest.raises(TypeError, match="value"):
        Quick(kind="a")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="more"):
        Quick(kind="a", value=1, more=2)  # type: ignore[call-arg]
    with pytest.raises(AttributeError, match="more"):
        replace(Quick(kind="a", value=1), more=2)  # type: ignore[call-arg]


def test_copy_has_what_is_changed_and_all_else_as_it_was() -> None:
    one = Quick(kind="a", value=1, changes=(1, 2), name="b")
    assert replace(one, value=2) == Quick(kind="a", value=2, changes=(1, 2), name="b")
    assert one == Quick(kind="a", value=1, changes=(1, 2), name="b")
    assert replace(Slow(kind="a", value=1), value=2) == Slow(kind="a", value=2)


def test_what_is_no_plain_value_is_refused() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Checks:
        value: int

        def __post_init__(self) -> None: ...

    @dataclass(frozen=True, slots=True, kw_only=True)
    class MakesAnew:
        values: list[int] = field(default_factory=list)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Inherits(Slow):
        more: int

    for kind in (Checks, MakesAnew, Inherits):
        with pytest.raises(TypeError, match="not a plain value"):
            quick(kind)

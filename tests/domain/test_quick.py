"""A quick value is what a slow one is."""

import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from dataclasses import FrozenInstanceError, dataclass, field, fields
from dataclasses import replace as dataclass_replace
from inspect import signature
from typing import Any, Generic, TypeVar

import pytest

from domain.quick import by_place, replace
from domain.quick import dataclass as late

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """What ``dataclass`` makes of it."""

    kind: str
    value: int
    changes: tuple[int, ...] | None = None
    name: str = "nothing"


@late(frozen=True, slots=True, kw_only=True)
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


@late(frozen=True, slots=True, kw_only=True)
class Derived(Quick):
    kind: str = "b"
    made: int


@late(frozen=True, slots=True)
class Of(Generic[T]):
    value: T
    name: str = field(default="nothing", kw_only=True)


def test_value_of_a_derived_and_of_a_generic_class_is_made_as_quickly() -> None:
    one = Derived(value=1, made=2)
    assert (one.kind, one.value, one.made, type(one)) == ("b", 1, 2, Derived)
    assert replace(one, made=3) == Derived(value=1, made=3)
    assert (Of(1), replace(Of(1), value=2).value) == (Of[int](1, name="nothing"), 2)
    for each in (one, Of(1)):
        with pytest.raises(FrozenInstanceError):
            each.value = 2  # type: ignore[misc]
    with pytest.raises(TypeError, match="positional"):
        Of(1, "a")  # type: ignore[call-arg]


def test_value_is_made_of_its_fields_in_their_order() -> None:
    new_one, new_other = by_place(Quick), by_place(Derived)
    assert new_one is not None
    assert new_other is not None
    assert new_one("a", 1, None, "b") == Quick(kind="a", value=1, name="b")
    assert new_other("a", 1, None, "b", 2) == Derived(kind="a", value=1, name="b", made=2)
    assert by_place(Slow) is None


def test_what_makes_more_than_its_fields_is_made_by_dataclasses() -> None:
    @late(frozen=True, slots=True, kw_only=True)
    class MakesAnew:
        values: list[int] = field(default_factory=list)

    for kind in (Kept, MakesAnew):
        assert by_place(kind) is None
    assert replace(Kept(name="a"), size=1) == Kept(name="a", size=1)
    with pytest.raises(ValueError, match="size"):
        replace(Kept(name="a"), size=-1)
    assert MakesAnew().values is not MakesAnew().values


# -- a class whose functions are written when they are needed ---------------------------------------------------


def both(**how: bool) -> Iterator[tuple[Any, Any]]:
    """A class of ``dataclasses`` and the same of ours, as they are made and as each function leaves them that is
    called first."""
    firsts: list[Callable[[Any], object]] = [
        lambda kind: kind("a"),
        lambda kind: kind.__repr__(kind),
        lambda kind: kind.__eq__(kind, kind),
    ]
    for first in firsts:
        kinds = []
        makers: list[Any] = [dataclass, late]
        for maker in makers:

            @maker(**how)
            class Kind:
                """The same fields."""

                name: str = field(kw_only=False)
                changes: tuple[int, ...] = ()
                made: list[int] = field(default_factory=list, compare=False)
                quiet: str = field(default="", repr=False, metadata={"is_input": False})

            with suppress(AttributeError):
                first(Kind)
            kinds.append(Kind)
        yield kinds[0], kinds[1]


HOW: list[dict[str, bool]] = [
    {"frozen": True, "slots": True, "kw_only": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "kw_only": True},
    {"slots": True},
    {"eq": False},
    {"frozen": True, "order": True},
]


@pytest.mark.parametrize("how", HOW, ids=str)
def test_class_that_is_written_late_is_what_one_written_at_once_is(how: dict[str, bool]) -> None:
    for written, ours in both(**how):
        one, same = ours("a", changes=(1,)), ours("a", changes=(1,), made=[1])
        of_old, same_of_old = written("a", changes=(1,)), written("a", changes=(1,), made=[1])
        assert (one == same, one == of_old) == (of_old == same_of_old, False)
        assert repr(one) == repr(of_old)
        assert (one.made, one.quiet) == ([], "")
        assert [str(each) for each in fields(ours)] == [str(each) for each in fields(written)]
        assert (ours.__hash__ is None) == (written.__hash__ is None)
        assert [*signature(ours).parameters] == [*signature(written).parameters]
        if how.get("frozen"):
            assert (hash(one), hash(of_old)) == (hash(same), hash(same_of_old))
            for name in ("name", "nothing"):
                with pytest.raises((FrozenInstanceError, TypeError)):
                    setattr(one, name, "b")
            with pytest.raises(FrozenInstanceError):
                del one.name
        assert dataclass_replace(one, changes=(2,)).changes == (2,)
        assert vars(copy(one)) == vars(one) if not how.get("slots") else copy(one).changes == one.changes
        with pytest.raises(TypeError, match="name"):
            ours()
        with pytest.raises(TypeError, match="more"):
            ours("a", more=1)


@late(frozen=True, slots=True, kw_only=True)
class Kept:
    """As a value that another process is sent."""

    name: str
    size: int = 0

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("size")


def test_value_of_a_class_that_is_written_late_checks_itself_and_can_be_sent() -> None:
    assert pickle.loads(pickle.dumps(Kept(name="a", size=1))) == Kept(name="a", size=1)
    assert {Kept(name="a"), Kept(name="a")} == {Kept(name="a", size=0)}
    with pytest.raises(ValueError, match="size"):
        Kept(name="a", size=-1)
    assert str(Kept.__init__).split()[1] == "Kept.__init__"


def test_value_is_made_by_many_threads_at_once() -> None:
    for _ in range(50):

        @late(frozen=True, slots=True)
        class Raced:
            size: int

        kind, gate = Raced, threading.Barrier(4)

        def make(size: int, kind: Any = kind, gate: threading.Barrier = gate) -> Any:
            gate.wait()
            return kind(size)

        with ThreadPoolExecutor(4) as threads:
            made = [*threads.map(make, range(4))]
        assert [each.size for each in made] == [0, 1, 2, 3]
        assert len(set(made)) == 4


def test_class_with_functions_of_its_own_keeps_them() -> None:
    @late(frozen=True)
    class Own:
        name: str

        def __repr__(self) -> str:
            return "own"

    assert (repr(Own("a")), Own("a") == Own("a")) == ("own", True)

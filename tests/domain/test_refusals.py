"""Every refusal has a code of its own that never changes with the sentence."""

import re

from domain import refusals
from domain.refusals import Refusal
from tests.support.each import for_each

ALL = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, Refusal)]
KINDS = [kind for kind in ALL if kind is not Refusal]


@for_each("kind", KINDS)
def test_code_is_snake_case_and_its_own(kind: type[Refusal]) -> None:
    assert "code" in vars(kind), "inherits the code of another"
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", kind.code)


def test_no_two_refusals_share_a_code() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS) > 40


@for_each("kind", KINDS)
def test_refusals_that_bear_facts_are_still_told_apart(kind: type[Refusal]) -> None:
    """An exception that compares by value or cannot be hashed breaks traceback printing and sets of exceptions."""
    assert kind.__hash__ is Exception.__hash__
    assert kind.__eq__ is Exception.__eq__

"""What a test over many things says when it fails."""

import inspect

import pytest

from tests.support.each import for_each


@for_each("number", range(1, 11))
def small(number: int, limit: int) -> None:
    assert number <= limit


def test_each_that_breaks_the_promise_is_named() -> None:
    with pytest.raises(pytest.fail.Exception) as told:
        small(limit=3)
    assert str(told.value).startswith("7 of 10:\n4\nTraceback")
    assert str(told.value).endswith("\n9\n10")


def test_nothing_is_said_where_all_keep_it() -> None:
    small(limit=10)


def test_what_is_not_tried_here_is_asked_of_pytest() -> None:
    assert [*inspect.signature(small).parameters] == ["limit"]


def test_an_expected_refusal_that_does_not_come_is_named_too() -> None:
    @for_each(("word", "number"), [("one", 1), ("two", 2)])
    def refuses(word: str, number: int) -> None:
        with pytest.raises(ValueError, match="two"):
            raise ValueError(word if number == 2 else "")

    with pytest.raises(pytest.fail.Exception, match=r"(?s)^1 of 2:\n\('one', 1\)"):
        refuses()

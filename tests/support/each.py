"""One test that tries a promise on many things."""

import inspect
import traceback
from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any

import pytest

SAID_MAX = 5
"""Of how many failures the whole story is told."""


def for_each(
    names: str | tuple[str, ...], things: Iterable[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As ``pytest.mark.parametrize``, for what takes a millisecond: to make a test of it would take longer than to
    try it. All are tried, and each that breaks the promise is named."""
    tried = [*things]
    assert tried

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(check)
        given_here = (names,) if isinstance(names, str) else names
        assert {*given_here} <= {*signature.parameters}

        def test(**given: Any) -> None:
            broken, stories = [], []
            for thing in tried:
                values = (thing,) if isinstance(names, str) else thing
                try:
                    check(**given, **dict(zip(given_here, values, strict=True)))
                except (Exception, pytest.fail.Exception):
                    broken.append(str(thing)[:200])
                    stories.append(traceback.format_exc())
            if broken:
                said = [f"{each}\n{story}" for each, story in zip(broken, stories[:SAID_MAX], strict=False)]
                said += broken[SAID_MAX:]
                pytest.fail(f"{len(broken)} of {len(tried)}:\n" + "\n".join(said), pytrace=False)

        update_wrapper(test, check)
        left = [each for name, each in signature.parameters.items() if name not in given_here]
        test.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        del test.__wrapped__  # type: ignore[attr-defined]
        return test

    return decorate

"""What holds for all tests. Asserts in the helpers say what they saw, as those in the tests do."""

import gc
from collections.abc import Generator, Iterator

import pytest
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

pytest.register_assert_rewrite("tests.support")

from bot.kit.loading import loading  # noqa: E402
from storage import callers  # noqa: E402
from tests.support import postgres, run  # noqa: E402
from tests.support.patience import PATIENCE_S  # noqa: E402

if not postgres.is_here():
    collect_ignore_glob = ["*postgres.py"]


# What is tried is the same in every run and every folder: Hypothesis would mix in the constants of all modules that
# happen to be loaded and lie in no folder called tests.
providers._get_local_constants = Constants


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        run.begin()
        postgres.announce_server()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.end_server()
        run.end()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not postgres.is_here():
        terminalreporter.write_line(postgres.LEFT_OUT)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Without garbage collection, the tests are found in three seconds instead of five. They stay until the end, so
    the collector need not look at them later either; and it looks for what tests leave a thirtieth as often, which
    spares them the thirtieth part of their time."""
    gc.set_threshold(20_000, 20, 20)
    with loading():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first: whoever begins one last is at it alone, with nothing left for the other workers."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True, scope="session")
def patient_writer() -> Iterator[None]:
    """Nobody takes a busy machine for a disk that stands still."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(callers, "STANDS_STILL_S", PATIENCE_S)
        yield

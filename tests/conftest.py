"""Asserts in the helpers say what they saw, as those in the tests do."""

from collections.abc import Generator, Iterator

import pytest

pytest.register_assert_rewrite("tests.support")

from bot.kit.loading import loading  # noqa: E402
from storage import callers  # noqa: E402
from tests.support import postgres  # noqa: E402
from tests.support.patience import PATIENCE_S  # noqa: E402

if not postgres.is_here():
    collect_ignore_glob = ["*postgres.py"]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.announce_server()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.end_server()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not postgres.is_here():
        terminalreporter.write_line(postgres.LEFT_OUT)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Eighteen thousand tests are found in five seconds of eight when nobody looks for garbage among them; they stay
    until the end, so that nobody needs to look later either."""
    with loading():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever begins a long test last is at it alone, when there is nothing left for the other workers."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True, scope="session")
def patient_writer() -> Iterator[None]:
    """A machine that is busy is no disk that stands still."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(callers, "STANDS_STILL_S", PATIENCE_S)
        yield

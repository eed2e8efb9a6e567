"""Asserts in the helpers say what they saw, as those in the tests do."""

import pytest

pytest.register_assert_rewrite("tests.support")

from storage.sqlite import writer  # noqa: E402
from tests.support.patience import PATIENCE_S  # noqa: E402


@pytest.fixture(autouse=True)
def patient_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy is no disk that stands still."""
    monkeypatch.setattr(writer, "STANDS_STILL_S", PATIENCE_S)

"""What one process of a test run makes and all of them use."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

FOLDER = "STEMPEL_TEST_RUN"
"""The environment variable that tells all processes of a run its folder."""


def begin() -> None:
    """Called by the process that begins a run, before it starts others; the same process calls ``end``."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="stempel-run-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT"))


def end() -> None:
    shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def once(name: str, make: Callable[[], bytes]) -> bytes:
    """What ``make`` returned to the first process of the run that asked. Outside a run, what it returns."""
    if FOLDER not in os.environ:
        return make()
    path = Path(os.environ[FOLDER]) / name
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            made = path.with_suffix(".being_made")
            made.write_bytes(make())
            made.rename(path)
    return path.read_bytes()

"""Plants one fault after the other in a copy of the project and runs the tests that must notice it.

``python -m tests.planted [WORD ...]`` plants the faults whose description or place has one of the words, else all.
``python -m tests.planted --check`` only looks whether each place and the tests that watch it are still there, which
is looked at first in any case. Exit status 1 when they are not, when a fault survives, or when the tests fail without
any.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue

from tests.planted.fault import ROOT, Fault
from tests.planted.faults import FAULTS

COPIES = 2
LONGEST_RUN_S = 600
"""Longer runs are stopped: tests that hang have noticed something."""
LEFT_OUT = shutil.ignore_patterns(
    ".venv", ".git", "data", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info"
)
SLOW = ("test_model.py", "test_balance_model.py", "test_balance_walks.py", "test_kill_nine.py")
PASSED, FAILED = 0, 1
"""Exit statuses of pytest; with any other, the tests did not run."""


class Verdict(StrEnum):
    CAUGHT = "caught"
    SURVIVED = "SURVIVED"
    NOT_RUN = "NOT RUN"
    SOUND = "sound"
    UNSOUND = "UNSOUND"


FINE = frozenset({Verdict.CAUGHT, Verdict.SOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    what: str
    verdict: Verdict
    detail: str
    seconds: float

    def line(self) -> str:
        return f"{self.verdict:<9} {self.seconds:>4.0f} s  {self.what}" + (
            f"\n{'':18}{self.detail}" if self.detail else ""
        )


class Copies:
    """A few copies of the project, each lent to one run at a time."""

    def __init__(self, folder: Path) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(COPIES):
            copy = folder / f"copy-{number}"
            shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
            self._free.put(copy)

    @contextmanager
    def one(self) -> Iterator[Path]:
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)


def main(words: list[str]) -> int:
    problems = [problem for fault in FAULTS for problem in _problems(fault)]
    for problem in problems:
        _say(problem)
    if problems or words == ["--check"]:
        _say(f"{len(FAULTS)} faults, {len(problems)} problems")
        return 1 if problems else 0
    return _plant_all(words)


def _problems(fault: Fault) -> Iterator[str]:
    """Why the fault cannot be planted, and which of its tests are not there."""
    try:
        ast.parse(fault.planted_in((ROOT / fault.file).read_text()))
    except (LookupError, OSError, SyntaxError) as error:
        yield f"{fault.says}: {error}"
    if not fault.caught_by:
        yield f"{fault.says}: no test watches for it"
    for selection in fault.caught_by:
        path, _, test = selection.partition("::")
        if not (ROOT / path).exists() or (test and f"def {test}(" not in (ROOT / path).read_text()):
            yield f"{fault.says}: {selection} is not there"


def _plant_all(words: list[str]) -> int:
    faults = [fault for fault in FAULTS if not words or _has_any(fault, words)]
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copies = Copies(Path(folder))
        with ThreadPoolExecutor(COPIES) as pool:
            selections = {selection: None for fault in faults for selection in fault.caught_by}
            results = list(_shown(pool.map(lambda each: _without_fault(each, copies), selections)))
            results += _shown(pool.map(lambda each: _with_fault(each, copies), faults))
    wrong = [result for result in results if result.verdict not in FINE]
    caught = sum(result.verdict is Verdict.CAUGHT for result in results)
    _say(f"{len(faults)} faults planted, {caught} caught; {len(wrong)} results are not as they must be")
    return 1 if wrong else 0


def _has_any(fault: Fault, words: list[str]) -> bool:
    return any(word.lower() in f"{fault.says} {fault.where} {fault.file}".lower() for word in words)


def _shown(results: Iterable[Result]) -> Iterator[Result]:
    for result in results:
        _say(result.line())
        yield result


def _without_fault(selection: str, copies: Copies) -> Result:
    with copies.one() as copy:
        status, last_line, seconds = _run_tests(copy, (selection,))
    verdict = Verdict.SOUND if status == PASSED else Verdict.UNSOUND
    return Result(
        what=f"{selection} without any fault",
        verdict=verdict,
        detail="" if verdict is Verdict.SOUND else last_line,
        seconds=seconds,
    )


def _with_fault(fault: Fault, copies: Copies) -> Result:
    with copies.one() as copy:
        file = copy / fault.file
        sound = file.read_text()
        try:
            file.write_text(fault.planted_in(sound))
            status, last_line, seconds = _run_tests(copy, fault.caught_by)
        finally:
            file.write_text(sound)
    verdict = {PASSED: Verdict.SURVIVED, FAILED: Verdict.CAUGHT}.get(status, Verdict.NOT_RUN)
    return Result(what=fault.says, verdict=verdict, detail=last_line, seconds=seconds)


def _run_tests(copy: Path, selections: tuple[str, ...]) -> tuple[int, str, float]:
    """The status of pytest, what it says last, and how long it took."""
    started_at = time.monotonic()
    files = _quick_ones_first(copy, selections)
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *files,
    ]
    surroundings = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            run,
            cwd=copy,
            env=surroundings,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LONGEST_RUN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return FAILED, "the tests hang", time.monotonic() - started_at
    return done.returncode, _telling_line(done.stdout or done.stderr), time.monotonic() - started_at


def _quick_ones_first(copy: Path, selections: tuple[str, ...]) -> list[str]:
    """The files in the order in which they are run: those that search and shrink for minutes come last."""
    found: list[str] = []
    for selection in selections:
        inside = sorted((copy / selection).rglob("test_*.py")) if (copy / selection).is_dir() else []
        found += [str(file.relative_to(copy)) for file in inside] or [selection]
    return sorted(dict.fromkeys(found), key=lambda file: file.endswith(SLOW))


def _telling_line(output: str) -> str:
    """The first test that failed, else the last line."""
    lines = [line for line in output.splitlines() if line.strip()] or ["nothing"]
    failed = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return (failed or lines[-1:])[0].removeprefix("FAILED ")[:160]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``rotate-secret``, killed at each place where it changes something.

``python -m tests.crash.rotations FOLDER`` copies ``FOLDER/start`` and runs the command in the copy until it is killed
at the first such place; in the next copy it is killed at the second, and so on, until a run comes to its own end.
Prints what each of the places is.
"""

import os
import shutil
import signal
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from bot.app.process import Surroundings
from bot.app.rotating import rotate_secret
from bot.cli import main, rotating
from domain.steps import Step

STDOUT = 1
CHANGES = ("os.link", "os.rename", "os.remove")
STEPS = (Step.COMMAND_RUN, Step.GROUP_COMMITTED)


def main_of_all(folder: Path) -> None:
    for place in count(1):
        copy = folder / str(place)
        shutil.copytree(folder / "start", copy)
        pid = os.fork()
        if pid == 0:
            _live(copy, place)
        _, status = os.waitpid(pid, 0)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            sys.exit(os.waitstatus_to_exitcode(status))


class Fate:
    """Kills the process at the ``place``-th change."""

    def __init__(self, folder: Path, place: int) -> None:
        self._folder = folder
        self._left = place

    def audit(self, event: str, details: tuple[Any, ...]) -> None:
        is_made = event == "open" and isinstance(details[2], int) and details[2] & os.O_CREAT
        if (event in CHANGES or is_made) and str(details[0]).startswith(f"{self._folder}/secret.key"):
            self.comes_to(f"{event.removeprefix('os.')} {Path(details[0]).name}")

    def step(self, step: Step) -> None:
        if step in STEPS:
            self.comes_to(step.value)

    def comes_to(self, what: str) -> None:
        self._left -= 1
        if not self._left:
            os.write(STDOUT, f"{what}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


def _live(folder: Path, place: int) -> NoReturn:
    fate = Fate(folder, place)
    os.environ["DATABASE_URL"] = f"sqlite+aiosqlite:///{folder / 'stempel.db'}"
    rotating.rotate_secret = partial(rotate_secret, around=Surroundings(trace=fate.step))  # type: ignore[attr-defined]
    sys.argv = ["stempel", "rotate-secret", "--yes"]
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
    sys.addaudithook(fate.audit)
    try:
        main()
    except SystemExit as end:
        os._exit(int(end.code or 0))
    os._exit(0)


if __name__ == "__main__":
    main_of_all(Path(sys.argv[1]))

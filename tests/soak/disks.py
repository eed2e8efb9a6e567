"""A disk that fails under the running program: it turns read-only, as after an error of its own, or stands still.

``python -m tests.soak.disks`` makes an ext4 file system in a file, mounts it, and lets a shop work on it. That needs
root: where it may not mount, it says so and ends with status 2. Exit status 1 when a promise is broken.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.crash.counter import Counter, open_counter
from tests.support.house import number_of
from tests.support.patience import PATIENCE_S

TOLD_WITHIN_S = 10.0
ENDS_WITHIN_S = 10.0
SIZE = 128 << 20
STANDS_STILL_S = 20.0


@dataclass
class Disk:
    """An ext4 file system of its own."""

    image: Path
    mounted: Path

    @contextmanager
    def is_mounted(self) -> Iterator[Path]:
        _runs("mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.mounted))
        try:
            yield self.mounted
        finally:
            _runs("umount", str(self.mounted))

    def turns_read_only(self) -> None:
        """What the kernel does itself when the disk answers with errors: the journal ends, nothing is written."""
        _runs("mount", "-o", "remount,abort", str(self.mounted))

    def stands_still(self) -> None:
        """Whoever writes waits, and cannot be killed."""
        _runs("fsfreeze", "--freeze", str(self.mounted))

    def goes_on(self) -> None:
        _runs("fsfreeze", "--unfreeze", str(self.mounted))

    def is_mended(self) -> None:
        """As at the next start of a machine."""
        checked = subprocess.run(["fsck.ext4", "-p", str(self.image)], capture_output=True, check=False)
        if checked.returncode not in (0, 1):
            raise OSError(checked.stdout.decode())


@dataclass
class Trial:
    """What was promised, and how long it took."""

    name: str
    seconds: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    async def takes(self, what: str, step: Awaitable[object], limit_s: float) -> None:
        began = time.monotonic()
        await step
        took = self.seconds[what] = time.monotonic() - began
        if took > limit_s:
            self.wrong.append(f"{what} took {took:.1f} s")

    def holds(self, what: str, is_so: object) -> None:
        if not is_so:
            self.wrong.append(what)

    def __str__(self) -> str:
        seconds = ", ".join(f"{what} {took:.1f} s" for what, took in self.seconds.items())
        return f"{self.name}: {seconds}; {'; '.join(self.wrong) or 'well'}"


async def read_only(disk: Disk, trial: Trial) -> None:
    with disk.is_mounted() as folder:
        async with open_counter(folder) as counter:
            async with counter.opens() as running:
                disk.turns_read_only()
                await _staff_are_told(counter, trial)
                await trial.takes("ended", running.stops(), ENDS_WITHIN_S)
                assert running.ended is not None
                trial.holds("it ended with status 0", running.ended.status == 0)
                trial.holds("it ended without a traceback", "Traceback" not in running.ended.err)
            _runs("umount", str(disk.mounted))
            disk.is_mended()
            _runs("mount", "-o", "loop", str(disk.image), str(disk.mounted))
            async with replace(counter, running=None).operator.bot():
                await counter.anna.sees("2 of 10", timeout=PATIENCE_S)
            await _is_sound(counter, trial)


async def stands_still(disk: Disk, trial: Trial) -> None:
    with disk.is_mounted() as folder:
        async with open_counter(folder) as counter:
            async with counter.opens():
                disk.stands_still()
                began = time.monotonic()
                try:
                    await _staff_are_told(counter, trial)
                    await asyncio.sleep(max(0.0, began + STANDS_STILL_S - time.monotonic()))
                finally:
                    disk.goes_on()
                told = counter.sam.sees("It works again", timeout=PATIENCE_S)
                await trial.takes("told that it works again", told, PATIENCE_S)
                await counter.anna.sees("2 of 10", timeout=PATIENCE_S)
                await trial.takes("healthy", counter.is_well(), PATIENCE_S)
            await _is_sound(counter, trial)


async def _staff_are_told(counter: Counter, trial: Trial) -> None:
    """A button and a command, each recorded once when it can be."""
    await counter.sam.taps("+1")
    answer = counter.sam.answered("Not recorded", timeout=PATIENCE_S)
    await trial.takes("a button answered", answer, TOLD_WITHIN_S)
    await counter.sam.sends(f"/stamp {number_of(counter.anna)}")
    message = counter.sam.sees("Not recorded", new=True, timeout=PATIENCE_S)
    await trial.takes("a command answered", message, TOLD_WITHIN_S)
    trial.holds("health says 503", await counter.health() == 503)


async def _is_sound(counter: Counter, trial: Trial) -> None:
    stamps = [count for (count,) in counter.rows("SELECT stamps_delta FROM entries")]
    trial.holds(f"two stamps were asked for, {stamps} are in the ledger", stamps == [1, 1])
    verified = await counter.operator.runs("verify")
    trial.holds(f"verify: {verified.err}", verified.status == 0)


TRIALS: dict[str, Callable[[Disk, Trial], Coroutine[Any, Any, None]]] = {
    "turns read-only": read_only,
    f"stands still for {STANDS_STILL_S:.0f} s": stands_still,
}


def _runs(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def main() -> int:
    print(
        "PLAN  a real ext4 in a file under the bot: it turns read-only, it stands still; one minute",
        flush=True,
    )
    trials = []
    for name, trial in TRIALS.items():
        with tempfile.TemporaryDirectory(prefix="disk-") as folder:
            disk = Disk(Path(folder) / "image", Path(folder) / "mounted")
            disk.mounted.mkdir()
            with disk.image.open("wb") as image:
                image.truncate(SIZE)
            _runs("mkfs.ext4", "-q", "-F", str(disk.image))
            try:
                with disk.is_mounted():
                    pass
            except subprocess.CalledProcessError as error:
                print(f"cannot mount a file system here: {error.stderr.decode().strip()}", file=sys.stderr)
                return 2
            seen = Trial(name)
            asyncio.run(trial(disk, seen))
            trials.append(seen)
            print(seen, flush=True)
    is_well = not any(trial.wrong for trial in trials)
    print("VERDICT", "well" if is_well else "wrong")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())

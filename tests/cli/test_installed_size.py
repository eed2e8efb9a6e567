"""What running the bot needs stays small."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

LIMIT_MB = 150
MEGABYTE = 1_000_000
ROOT = Path(__file__).parents[2]


def size_of(name: str) -> int:
    """The bytes of a package as it was packed; without what Python compiles of it. 0 where this machine has no need
    of it."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return 0
    found = [Path(str(file.locate())) for file in files if file.suffix != ".pyc"]
    return sum(file.stat().st_size for file in found if file.is_file())


def test_what_running_needs_is_small() -> None:
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements-run.txt").read_text(), re.MULTILINE)
    sizes = {name: size_of(name) / MEGABYTE for name in names}
    largest = sorted(sizes.items(), key=lambda each: -each[1])[:8]
    assert sizes["babel"] > 1  # the sizes are found
    assert sum(sizes.values()) <= LIMIT_MB, largest

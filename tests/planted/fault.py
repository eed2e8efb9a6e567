"""A deliberate fault and the tests that must notice it."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """``old`` stands exactly once in ``file``, ``new`` is what a careless hand would write there instead."""

    says: str
    file: str
    old: str
    new: str
    caught_by: tuple[str, ...]

    def planted_in(self, text: str) -> str:
        """The file with the fault. Raises LookupError unless ``old`` stands in it exactly once."""
        found = text.count(self.old)
        if found != 1:
            raise LookupError(f"{self.file} has this text {found} times: {self.old!r}")
        return text.replace(self.old, self.new)

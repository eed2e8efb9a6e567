"""Making good what a clock that was ahead has written."""

from domain.ports import Jobs


def mend_times(*, tx: Jobs, command: None) -> int:  # noqa: ARG001
    """Returns how many rows; none, unless the clock was ahead and is back."""
    return tx.mend_times()

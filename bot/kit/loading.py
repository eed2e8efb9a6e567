"""Loading parts of the program when they are asked for."""

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def leave_all() -> None:
    """When the program ends, Python looks through all that it holds once more: what is left goes with the process.
    What waits to be written is written as ever."""
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)


@contextmanager
def loading(*, stays: bool = False) -> Iterator[None]:
    """What is loaded in the block stays, modules or what else is made once for all: it is not looked through for
    garbage, neither meanwhile nor later, which would take as long as the loading itself."""
    known, was_on = len(sys.modules), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if stays or len(sys.modules) > known:
            gc.freeze()
        if was_on:
            gc.enable()

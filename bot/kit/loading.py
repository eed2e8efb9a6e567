"""Loading parts of the program when they are asked for."""

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def leave_all() -> None:
    """Spares the program's end the last search for garbage through all objects: what is left goes with the process.
    What waits to be written is written as ever."""
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)


@contextmanager
def loading(*, stays: bool = False) -> Iterator[None]:
    """Modules that are loaded in the block, and with ``stays`` whatever else is made there, are not searched for
    garbage, neither meanwhile nor later: that would take as long as the loading itself."""
    known, was_on = len(sys.modules), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if stays or len(sys.modules) > known:
            gc.freeze()
        if was_on:
            gc.enable()

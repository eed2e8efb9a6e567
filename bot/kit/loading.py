"""Loading parts of the program when they are asked for."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """What is loaded in the block stays: it is not looked through for garbage, neither meanwhile nor later, which
    would take as long as the loading itself."""
    known, was_on = len(sys.modules), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > known:
            gc.freeze()
        if was_on:
            gc.enable()

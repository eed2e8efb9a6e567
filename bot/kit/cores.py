"""Which of the machine's cores a process works on.

The event loop, the writer and the readers take turns at the interpreter's lock: together they never use more than one
core. If each turn begins on another core, what it needs is in the cache of the core before. On one core a stamp takes
a quarter less of the processor (docs/decisions/0081).
"""

import logging
import os
import socket
import sys
from collections.abc import Collection, Iterator, Set
from contextlib import contextmanager

logger = logging.getLogger(__name__)

_CLAIM = "\0stempel core {}"
"""The name of a socket that belongs to the process on the core, and is gone with it, however it ends. It is no file:
names that begin with a null are Linux's own, of a network namespace (unix(7))."""


def _allowed() -> Set[int]:
    """The cores that the operator allows (``CPUAffinity=``, ``taskset``, a container's ``cpuset``); empty where the
    system does not let a process choose."""
    return os.sched_getaffinity(0) if sys.platform == "linux" else frozenset()


ALLOWED = _allowed()


@contextmanager
def one_core() -> Iterator[int | None]:
    """Keeps the process, and all threads that it starts in the block, to a core on which no other process of ours is,
    and yields that core. Where all are taken, yields None and changes nothing."""
    for core in sorted(ALLOWED, reverse=True):
        with socket.socket(socket.AF_UNIX) as claim:
            if not _claims(claim, core):
                continue
            _keep_to([core])
            logger.debug("keeps to core %d", core)
            try:
                yield core
            finally:
                any_core()
            return
    logger.debug("keeps to no core of its own")
    yield None


def any_core(of: Set[int] = ALLOWED) -> None:
    """Lets the present thread or process use all cores again, where it works without the interpreter's lock and so
    takes no turns. A child process has to be given ``of``: by itself it sees only the core of its parent."""
    if of:
        _keep_to(of)


def _claims(claim: socket.socket, core: int) -> bool:
    """Claims the core; returns whether it was free."""
    try:
        claim.bind(_CLAIM.format(core))
    except OSError:
        return False
    return True


def _keep_to(cores: Collection[int]) -> None:
    """If the system refuses, everything works on the cores that it has."""
    try:
        os.sched_setaffinity(0, cores)
    except OSError as error:
        logger.warning("cannot choose among the cores: %s", error.strerror)

"""Which of the machine's cores a process works on.

The event loop, the writer and whoever reads take turns at the interpreter's lock: together they are never more than
one core's worth. Where each turn begins on another core, what it needs lies in the cache of the one before: on one
core a stamp takes a quarter less of the processor (docs/decisions/0081).
"""

import logging
import os
import socket
import sys
from collections.abc import Collection, Iterator, Set
from contextlib import contextmanager

logger = logging.getLogger(__name__)

_CLAIM = "\0stempel core {}"
"""A socket of this name belongs to whoever is on the core, and is gone with him, however he ends. It is no file:
names that begin with a null are Linux's own, of a network namespace (unix(7))."""


def _allowed() -> Set[int]:
    """As the operator has it (``CPUAffinity=``, ``taskset``, a container's ``cpuset``); empty where the system knows
    no such thing."""
    return os.sched_getaffinity(0) if sys.platform == "linux" else frozenset()


ALLOWED = _allowed()


@contextmanager
def one_core() -> Iterator[int | None]:
    """Keeps the process, and all threads that it starts in the block, to a core on which no other of ours is; to none
    where each has one already."""
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
    """For a thread or a process that works without the interpreter's lock, and so in nobody's turn. A process needs
    to be told ``of`` which: what it has of its own is what its parent keeps to."""
    if of:
        _keep_to(of)


def _claims(claim: socket.socket, core: int) -> bool:
    """Whether nobody had it."""
    try:
        claim.bind(_CLAIM.format(core))
    except OSError:
        return False
    return True


def _keep_to(cores: Collection[int]) -> None:
    """Where the system does not let it, everything works on the cores that it has."""
    try:
        os.sched_setaffinity(0, cores)
    except OSError as error:
        logger.warning("cannot choose among the cores: %s", error.strerror)

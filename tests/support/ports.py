"""Ports to listen on a moment later, that nobody takes meanwhile."""

import secrets
import socket
from contextlib import closing

FIRST, LAST = 10_000, 32_767
"""Below those that the system gives to whoever connects somewhere (Linux: net.ipv4.ip_local_port_range): with ten
programs at their connections one of them would now and then have the port by the time somebody listens on it."""


def unused_port() -> int:
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST + 1)
        with closing(socket.socket()) as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port

"""Ports to listen on a moment later, which no other program takes meanwhile."""

import secrets
import socket
from contextlib import closing

FIRST, LAST = 10_000, 32_767
"""Below the ports that the system gives to outgoing connections (Linux: net.ipv4.ip_local_port_range): among those,
one of ten busy programs would now and then have taken the port by the time somebody listens on it."""


def unused_port() -> int:
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST + 1)
        with closing(socket.socket()) as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port

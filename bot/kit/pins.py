"""Hashing PINs with argon2id, off the event loop.

Parameters after the OWASP Password Storage Cheat Sheet (t=2, m=19 MiB, p=1); a pepper from the secret key makes
the hashes of ten thousand possible PINs worthless without it. Two threads of their own: a queue of PINs never
holds up other work (measured: one hash 20 ms, twenty in line on the loop stop it for 400 ms).
"""

import asyncio
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from bot.kit.cores import any_core

T = TypeVar("T")

THREADS = 2


class Pins:
    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="pin", initializer=any_core)

    async def hash(self, digits: str) -> str:
        return await self._run(self._hasher.hash, self._peppered(digits))

    async def verify(self, pin_hash: str, digits: str) -> bool:
        return await self._run(self._verify, pin_hash, self._peppered(digits))

    def close(self) -> None:
        self._threads.shutdown()

    def _verify(self, pin_hash: str, peppered: bytes) -> bool:
        try:
            return self._hasher.verify(pin_hash, peppered)
        except VerifyMismatchError:
            return False

    def _peppered(self, digits: str) -> bytes:
        return hmac.digest(self._pepper, digits.encode(), "sha256")

    async def _run(self, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

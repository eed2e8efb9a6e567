"""``stempel demo``, as it is started and ended at a keyboard."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE

from tests.support.patience import PATIENCE_S


async def test_demo_says_where_it_is_open_and_ends_without_a_word() -> None:
    command = (sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0")
    demo = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    assert demo.stdout
    async with asyncio.timeout(PATIENCE_S):
        await demo.stdout.readuntil(b"Opening the caf\xc3\xa9\xe2\x80\xa6\n")
        await demo.stdout.readuntil(b"is open: http://127.0.0.1:")
        await demo.stdout.readuntil(b"forgets everything.\n\n")
        demo.send_signal(signal.SIGINT)
        out, err = await demo.communicate()
    assert (demo.returncode, out, err) == (0, b"", b"")

"""How long a digit on the PIN keypad takes, from the tap until its dot is seen, against a tap that is only answered.

Printed by ``python -m tests.benchmarks.keypad``. The bot and the sandbox run in one process, on the real transport.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from bot.sandbox import Message, Person
from bot.telegram.rate_limit import STAFF
from tests.support.house import has_keypad, house

ROUNDS = (STAFF.burst - 6) // 3
"""As many as fit into what the rate limiter lets through at once."""
DOTS = "●"


async def digit_s(sam: Person, keypad: Message, key: str, dots: int) -> float:
    """Until it was answered and the keypad shows so many dots."""
    data = {button.text: button.callback_data or "" for button in keypad.inline_buttons}
    began = time.perf_counter()
    await sam.presses_raw(data[key], keypad)
    await sam.sees(lambda message: message.id == keypad.id and message.text.count(DOTS) == dots)
    await sam.answered()
    return time.perf_counter() - began


async def bare_s(sam: Person, keypad: Message) -> float:
    """A button of no meaning is looked at, and answered."""
    began = time.perf_counter()
    await sam.presses_raw("?", keypad)
    await sam.answered()
    return time.perf_counter() - began


async def measure() -> None:
    digits, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder) / "keypad.db") as home:
            shop = await home.opens_shop()
            sam = await home.member(shop, "Sam")
            keypad = await sam.sees(has_keypad)
            for _ in range(ROUNDS):
                bare.append(await bare_s(sam, keypad))
                digits.append(await digit_s(sam, keypad, "5", 1))
                await digit_s(sam, keypad, "⌫", 0)
    ratio = statistics.median(digits) / statistics.median(bare)
    print(
        f"keypad, {ROUNDS} digits: median {statistics.median(digits) * 1000:.1f} ms, slowest"
        f" {max(digits) * 1000:.1f} ms; a bare answer {statistics.median(bare) * 1000:.1f} ms, ratio {ratio:.2f}"
    )


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()

"""How long a card's picture takes, from the card's state to a file, and what those who write meanwhile notice of it.

    python -m tests.benchmarks.card_picture

Drawing is measured in processor time, one card after the other, each with another number. Then the bot's studio is
asked for 200 cards at once while the event loop sleeps for a millisecond again and again: how late it wakes each
time, against the same loop with nothing to draw, in turns.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.pictures.card import draw_card
from bot.pictures.faces import CardFace
from bot.pictures.studio import Studio
from tests.bot.pictures import samples

CARDS, ROUNDS = 200, 5
ALONE_S = 1.0
SLEEP_S = 0.001


def faces(first: int) -> Sequence[CardFace]:
    """Cards of which no two are alike."""
    return [
        replace(
            samples.card_face(),
            card_number=f"{first + number:09}",
            qr_url=f"https://t.me/b?start=c{first + number}",
        )
        for number in range(CARDS)
    ]


def drawn_ms() -> tuple[float, float]:
    """The median and the slowest, of the processor's time."""
    draw_card(samples.card_face())
    times = []
    for face in faces(100_000_000):
        began = time.thread_time()
        draw_card(face)
        times.append((time.thread_time() - began) * 1000)
    return statistics.median(times), max(times)


async def late_ms(until: asyncio.Future[Any]) -> list[float]:
    """How much later than it asked for the loop comes back."""
    found = []
    while not until.done():
        began = time.perf_counter()
        await asyncio.sleep(SLEEP_S)
        found.append((time.perf_counter() - began - SLEEP_S) * 1000)
    return found


async def beside(studio: Studio, first: int) -> tuple[list[float], float]:
    """How late the loop was while the cards were drawn, and how many a second were."""
    began = time.perf_counter()
    drawing = asyncio.gather(*(studio.card(face) for face in faces(first)))
    found = await late_ms(drawing)
    return found, CARDS / (time.perf_counter() - began)


async def again_us(studio: Studio) -> float:
    """A card that has not changed."""
    face = samples.card_face()
    picture = await studio.card(face)
    times = []
    for _ in range(CARDS):
        began = time.thread_time()
        assert await studio.card(replace(face)) is picture
        times.append((time.thread_time() - began) * 1_000_000)
    return statistics.median(times)


async def measure() -> None:
    studio = Studio()
    alone, busy, rates = [], [], []
    for number in range(ROUNDS):
        alone.append(await late_ms(asyncio.ensure_future(asyncio.sleep(ALONE_S))))
        found, rate = await beside(studio, (number + 2) * 100_000_000)
        busy.append(found)
        rates.append(rate)
    kept = await again_us(studio)
    studio.close()
    median, slowest = drawn_ms()
    print(f"a card's picture, medians of {ROUNDS} rounds in turn, {CARDS} cards each")
    print(f"  from state to file {median:.1f} ms of the processor, the slowest {slowest:.1f} ms")
    print(
        f"  off the loop: {statistics.median(rates):.0f} a second; one that has not changed: {kept:.0f} µs, not drawn"
    )
    quiet, drawing = (statistics.median(_p99(each) for each in rounds) for rounds in (alone, busy))
    print(f"  the loop late, p99: {drawing:.1f} ms while {CARDS} are drawn, {quiet:.1f} ms while none is")


def _p99(found: Sequence[float]) -> float:
    return sorted(found)[int(len(found) * 0.99)]


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()

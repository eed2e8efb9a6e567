"""A picture of a run of ``tests.benchmarks.load``: how long answers took, and how many came, second by second."""

import math
from collections import defaultdict
from collections.abc import Sequence

WIDTH, HEIGHT = 960, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 70, 50, 50
STEPS = 120
DECADES_MS = (1, 10, 100, 1_000, 10_000)
LINES = (("median", 0.5, "#2e7d32"), ("p99", 0.99, "#c62828"))


def draw_load(points: Sequence[tuple[float, float]], seconds: float) -> str:
    """``points`` are when an act was due and how long its answer took, both in seconds. Returns an SVG."""
    slots: dict[int, list[float]] = defaultdict(list)
    for due_s, took_s in points:
        slots[min(STEPS - 1, int(due_s / seconds * STEPS))].append(took_s * 1000)
    slot_s = seconds / STEPS
    most = max(len(slot) for slot in slots.values()) / slot_s
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        ' font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" fill="#222">Update to answer, of {len(points):,} acts in {seconds:.0f} s</text>',
    ]
    for slot, times in sorted(slots.items()):
        height = len(times) / slot_s / most * (HEIGHT - TOP - BOTTOM) * 0.5
        parts.append(
            f'<rect x="{_x(slot):.1f}" y="{HEIGHT - BOTTOM - height:.1f}" width="{_x(1) - _x(0) - 1:.1f}"'
            f' height="{height:.1f}" fill="#dfe3e8"/>'
        )
    for mark in DECADES_MS:
        y = _y(mark)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ccc"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444">{mark:,} ms</text>')
    for number, (name, share, colour) in enumerate(LINES):
        line = " ".join(
            f"{_x(slot + 0.5):.1f},{_y(_share(times, share)):.1f}" for slot, times in sorted(slots.items())
        )
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{WIDTH - RIGHT - 150 + 75 * number}" y="24" fill="{colour}">— {name}</text>')
    for quarter in range(5):
        x = _x(STEPS * quarter / 4)
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 24}" text-anchor="middle" fill="#444">'
            f"{seconds * quarter / 4:.0f} s</text>"
        )
    parts.append(
        f'<text x="{WIDTH - 10}" y="{HEIGHT - 6}" text-anchor="end" fill="#777">'
        f"grey: acts a second, {most:.0f} at most</text>"
    )
    return "\n".join([*parts, "</svg>", ""])


def _share(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _x(slot: float) -> float:
    return LEFT + slot / STEPS * (WIDTH - LEFT - RIGHT)


def _y(milliseconds: float) -> float:
    low, high = math.log10(DECADES_MS[0]), math.log10(DECADES_MS[-1])
    reach = (math.log10(max(milliseconds, DECADES_MS[0])) - low) / (high - low)
    return HEIGHT - BOTTOM - min(1.0, reach) * (HEIGHT - TOP - BOTTOM)

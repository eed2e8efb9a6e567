"""What cards, posters and the pictures of a day show. Every text is finished: translated, with its numbers in it."""

from enum import StrEnum

from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsFace:
    """`balance` is "340 points"; `affordable` names the rewards it is enough for, "" if there is none.

    `next_reward` ("Lunch menu") and `next_cost` ("400 points") stand at a bar that is filled to `share`, 0 to 1;
    both are "" when there is nothing left to save for.
    """

    balance: str
    affordable: str = ""
    next_reward: str = ""
    next_cost: str = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """`colour` is written "#6f4e37"; `card_number` is its digits alone.

    `stamps_target` 0 is a card without stamps: the `points` stand large in their place, and neither `progress` nor
    `reward` is shown. With stamps, points are told in one line.
    Without a `qr_url` only the name is shown.
    `reward_ready` is shown while `rewards_available` is above 0. `title` ("Stamp card") replaces a name of which
    nothing can be drawn. ``on_the_way`` has the stamps at which there is an interim reward.
    """

    merchant_name: str
    colour: str
    stamp_count: int
    stamps_target: int
    rewards_available: int
    reward: str
    card_number: str
    qr_url: str
    progress: str
    number_label: str
    reward_ready: str
    hint: str
    title: str = ""
    points: PointsFace | None = None
    on_the_way: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassFace:
    """What is drawn on a pass in a wallet, which writes the texts itself. `stamps_target` 0 is a card of points, with
    a bar that is filled to `share`; `share` None means that there is nothing to save for. `logo` is a PNG."""

    merchant_name: str
    colour: str
    stamp_count: int = 0
    stamps_target: int = 0
    on_the_way: tuple[int, ...] = ()
    share: float | None = None
    logo: bytes | None = None


class PosterSize(StrEnum):
    """TENT is two table tents on one A4 page."""

    A4 = "a4"
    A5 = "a5"
    A6 = "a6"
    TENT = "tent"

    @property
    def languages_max(self) -> int:
        """How many languages can be read side by side."""
        return 2 if self in (PosterSize.A6, PosterSize.TENT) else 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterWords:
    """What a poster says in one language: `steps` tell what to do, in order, usually three."""

    headline: str
    reward: str
    note: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterFace:
    """`colour` is written "#6f4e37"; `words` are in one to four languages; `address` can be typed.

    `stamps_target` above 0 shows an empty card of so many places, so that people see what they are asked to join.
    `is_coloured` fills the head with the merchant's colour, which takes much ink. `logo` is a PNG or a JPEG.
    """

    merchant_name: str
    colour: str
    words: tuple[PosterWords, ...]
    store_name: str
    join_url: str
    address: str
    stamps_target: int = 0
    is_coloured: bool = False
    logo: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFace:
    """Cards to print: `cards` has the number of each as people read it, and the link in its code. `what` says what
    they are good for, `hint` what to do with one. `colour` is written "#6f4e37", `logo` is a PNG or a JPEG."""

    merchant_name: str
    colour: str
    what: str
    hint: str
    cards: tuple[tuple[str, str], ...]
    logo: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A figure told large: `value` "1,280", `label` "stamps", `change` "+12 %" or ""."""

    value: str
    label: str
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A smaller figure: `value` "14", `label` "rewards"."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    """One of the rows to compare: `share` is its length, 1 for the largest."""

    name: str
    value: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HourGrid:
    """When it is busy: `rows` are weekdays, each a name and the shares of its hours, 1 for the busiest; `hours` name
    the columns, as many as there are shares in a row."""

    title: str
    hours: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFace:
    """A merchant's day, or a range of days. `colour` is written "#6f4e37"; `date` is "Sunday, 22 November".

    One or two `headlines`, what their changes are `compared` with, and up to two `counts`; `bars` largest first, at
    most twelve, and `rest` the row for those left out. Without bars there is no `bars_title` either; in their place
    may be a `grid`.
    """

    merchant_name: str
    colour: str
    date: str
    headlines: tuple[Headline, ...]
    counts: tuple[Count, ...]
    compared: str = ""
    bars_title: str = ""
    bars: tuple[DayBar, ...] = ()
    rest: Count | None = None
    grid: HourGrid | None = None

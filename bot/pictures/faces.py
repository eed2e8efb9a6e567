"""What is shown on a card and on a poster. Every text is finished: translated, with its numbers in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """`colour` is written "#6f4e37"; `card_number` is its digits alone.

    `stamps_target` 0 is a card without stamps (points only): `progress` then stands large in their place.
    `reward_ready` is seen while `rewards_available` is above 0. `title` ("Stamp card") stands small above the name,
    and large in its place if nothing of the name can be drawn.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterFace:
    """`colour` is written "#6f4e37"; `steps` are what to do, in order, three as a rule.

    `stamps_target` above 0 shows an empty card of so many places, so that people see what they are asked to join.
    """

    merchant_name: str
    colour: str
    headline: str
    reward: str
    steps: tuple[str, ...]
    store_name: str
    join_url: str
    stamps_target: int = 0

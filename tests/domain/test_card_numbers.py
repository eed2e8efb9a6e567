"""Card numbers: what people mistype is noticed, and what they type around the digits is not in the way."""

import random
from itertools import pairwise

import pytest

from domain.refusals import CardNumberMistyped
from domain.rules.card_numbers import card_number, looks_like_card_number, parse_card_number

CHANCES = [
    0,
    1,
    9,
    10**8 - 1,
    12_345_678,
    11_111_111,
    98_765_432,
    *random.Random(5).sample(range(10**8), 200),
]


def is_accepted(text: str) -> bool:
    try:
        parse_card_number(text)
    except CardNumberMistyped:
        return False
    return True


@pytest.mark.parametrize(
    ("chance", "number"), [(0, "000000000"), (572, "000005724"), (12_345_678, "123456786")]
)
def test_check_digit_is_that_of_damm(chance: int, number: str) -> None:
    """572 and its check digit 4 are the example that is told of the scheme everywhere."""
    assert card_number(chance) == number


def test_every_number_that_is_made_is_accepted() -> None:
    numbers = [card_number(chance) for chance in CHANCES]
    assert all(len(number) == 9 and parse_card_number(number) == number for number in numbers)
    assert len(set(numbers)) == len(CHANCES)


def test_every_wrong_digit_is_noticed() -> None:
    for number in map(card_number, CHANCES):
        for place, digit in enumerate(number):
            wrong = [number[:place] + other + number[place + 1 :] for other in "0123456789" if other != digit]
            assert not any(map(is_accepted, wrong))


def test_every_swap_of_neighbours_is_noticed() -> None:
    for number in map(card_number, CHANCES):
        for place, (left, right) in enumerate(pairwise(number)):
            if left != right:
                assert not is_accepted(number[:place] + right + left + number[place + 2 :])


@pytest.mark.parametrize(
    "typed",
    [
        "123456786",
        "123 456 786",
        " 123-456-786 ",
        "123.456.786",
        "12 34 56 78 6",
        "123\u00a0456\u202f786",
        "123\t456\n786",
    ],
)
def test_spaces_dots_and_dashes_are_passed_over(typed: str) -> None:
    assert parse_card_number(typed) == "123456786"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345678",
        "1234567865",
        "12345678a",
        "123456787",
        "١٢٣٤٥٦٧٨٥",
        "+123456786",
        "１２３456786",
        "12345678５",
    ],
)
def test_what_is_no_card_number_is_refused(typed: str) -> None:
    with pytest.raises(CardNumberMistyped):
        parse_card_number(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("123456787", True), ("123 456 787", True), ("12345678", False), ("hello", False), ("", False)],
)
def test_mistyped_number_is_still_known_to_be_meant_as_one(typed: str, meant: bool) -> None:
    assert looks_like_card_number(typed) is meant

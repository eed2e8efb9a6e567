"""The code that a customer shows for a reward: what it says, and that nobody else can make one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.kit.links import Links, hashed, parse_payload
from bot.kit.tokens import Tokens
from bot.kit.use_codes import LENGTH, POSITION_MAX, PRICE_MAX, UseCode, read_use_code, write_use_code
from domain.acts import RedeemInterim, RedeemPoints, RedeemReward
from domain.card import CardRef
from domain.ids import CardId, OperationKey
from domain.kinds import EntryKind
from domain.link import LinkKind

TOKENS = Tokens(b"a secret key of thirty-two bytes")
MADE_AT = datetime(2026, 6, 15, 9, 30, 12, tzinfo=UTC)
CARD = CardId("01900000-0000-7000-8000-00000000000b")
FULL_CARD = UseCode(card_id=CARD, made_at=MADE_AT, redeems=EntryKind.STAMP_REDEEMED)
COOKIE = replace(FULL_CARD, redeems=EntryKind.INTERIM_REDEEMED, position=0, price=4)
DEAREST = replace(FULL_CARD, redeems=EntryKind.POINTS_REDEEMED, position=POSITION_MAX, price=PRICE_MAX)
CODES = (FULL_CARD, COOKIE, DEAREST)


@pytest.mark.parametrize("code", CODES)
def test_code_says_what_it_was_made_for(code: UseCode) -> None:
    text = write_use_code(code, TOKENS)
    read = read_use_code(text, TOKENS)
    assert (len(text), read and read[0]) == (LENGTH, code)


def test_code_is_confirmed_when_it_was_made_and_has_one_key() -> None:
    key, card = OperationKey("use:AAAA"), CardRef("id", CARD)
    assert [each.act(key) for each in CODES] == [
        RedeemReward(card=card, key=key, confirmed_at=MADE_AT),
        RedeemInterim(card=card, key=key, confirmed_at=MADE_AT, position=0, stamps=4),
        RedeemPoints(card=card, key=key, confirmed_at=MADE_AT, position=POSITION_MAX, cost=PRICE_MAX),
    ]
    texts = [write_use_code(code, TOKENS) for code in CODES]
    keys = [found[1] for text in texts if (found := read_use_code(text, TOKENS))]
    assert len({*keys}) == len(CODES)


def test_no_character_of_a_code_may_be_another() -> None:
    text = write_use_code(COOKIE, TOKENS)
    for at, was in enumerate(text):
        other = text[:at] + ("A" if was != "A" else "B") + text[at + 1 :]
        assert read_use_code(other, TOKENS) is None
    assert read_use_code(text, Tokens(b"another key of thirty-two bytes.")) is None


@pytest.mark.parametrize("text", ["", "A" * LENGTH, "A" * (LENGTH - 1), "é" * LENGTH, "A" * (LENGTH + 1)])
def test_what_nobody_signed_is_no_code(text: str) -> None:
    assert read_use_code(text, TOKENS) is None


@pytest.mark.parametrize(
    "code", [replace(COOKIE, position=POSITION_MAX + 1), replace(DEAREST, price=PRICE_MAX + 1)]
)
def test_reward_that_no_code_can_name_is_said(code: UseCode) -> None:
    with pytest.raises(ValueError, match="no code can name"):
        write_use_code(code, TOKENS)


def test_link_leads_back_to_the_code() -> None:
    links = Links("stempel_bot", TOKENS)
    link = links.use(COOKIE)
    sent = link.partition("start=")[2]
    assert len(sent) <= 64
    payload = parse_payload(hashed(sent))
    assert payload is not None
    assert (payload.kind, payload.text) == (LinkKind.USE, sent)
    assert links.payload_in(link) == payload
    found = links.used(payload)
    assert found is not None
    assert found[0] == COOKIE

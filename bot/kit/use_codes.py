"""The code that a customer shows for a reward: signed, good for a minute, and once (docs/decisions/0111).

It says everything itself, so that nothing has to be kept of the codes that nobody scans: 16 bytes for the card, 4 for
the second in which it was made, 1 for the kind of the reward and its place in the list, 3 for its price, and 9 that
only the key can make of these. That is as much as a deep link holds, together with its letter.
"""

import hmac
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.kit.tokens import Tokens
from domain.acts import AskCustomer, Redeeming
from domain.card import CardRef
from domain.ids import CardId, OperationKey
from domain.kinds import EntryKind
from domain.quick import dataclass

LENGTH = 44
PRICE_MAX = (1 << 24) - 1
POSITION_MAX = (1 << 6) - 1
_FORM = re.compile(rf"[A-Za-z0-9_-]{{{LENGTH}}}")
_LAYOUT = struct.Struct(">16sIB3s")
_MARK_LENGTH = 12
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
KINDS = (EntryKind.STAMP_REDEEMED, EntryKind.INTERIM_REDEEMED, EntryKind.POINTS_REDEEMED)
"""In a code, and in a button, by their place here, which never changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCode:
    """``position`` and ``price`` are those of the reward in the card's list, each None for that of a full card.
    ``made_at`` is in whole seconds."""

    card_id: CardId
    made_at: datetime
    redeems: EntryKind
    position: int | None = None
    price: int | None = None

    def act(self, key: OperationKey) -> Redeeming:
        """What staff do who scan it: the customer has said yes when they had the code made."""
        card = CardRef("id", self.card_id)
        asked = AskCustomer(
            card=card, key=key, redeems=self.redeems, position=self.position, price=self.price
        )
        return asked.wanted(confirmed_at=self.made_at)


def write_use_code(code: UseCode, tokens: Tokens) -> str:
    """LENGTH characters. Raises ValueError for what does not fit."""
    seconds = (code.made_at - _EPOCH) // timedelta(seconds=1)
    position, price = code.position or 0, code.price or 0
    if not (0 <= position <= POSITION_MAX and 0 <= price <= PRICE_MAX):
        raise ValueError(f"a reward that no code can name: {code}")
    kind = KINDS.index(code.redeems) << 6 | position
    said = _LAYOUT.pack(UUID(code.card_id).bytes, seconds, kind, price.to_bytes(3))
    return urlsafe_b64encode(said).decode() + tokens.use_mark(said)


def read_use_code(text: str, tokens: Tokens) -> tuple[UseCode, OperationKey] | None:
    """The code, and the key of its one effect; None for what this key has not signed."""
    if not _FORM.fullmatch(text):
        return None
    try:
        said = urlsafe_b64decode(text[:-_MARK_LENGTH])
    except NoBase64:
        return None
    mark = text[-_MARK_LENGTH:]
    if not hmac.compare_digest(mark, tokens.use_mark(said)):
        return None
    card, seconds, kind, price = _LAYOUT.unpack(said)
    redeems = KINDS[kind >> 6]
    is_full_card = redeems is EntryKind.STAMP_REDEEMED
    code = UseCode(
        card_id=CardId(str(UUID(bytes=card))),
        made_at=_EPOCH + timedelta(seconds=seconds),
        redeems=redeems,
        position=None if is_full_card else kind & POSITION_MAX,
        price=None if is_full_card else int.from_bytes(price),
    )
    return code, OperationKey(f"use:{mark}")

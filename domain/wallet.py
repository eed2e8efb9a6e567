"""A card in the wallet of a phone: a picture of it that somebody else keeps, and has to be told of every change."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from domain.delivery import Patience
from domain.ids import BotId, CardId, MerchantId, PassId
from domain.quick import dataclass


class WalletKind(StrEnum):
    APPLE = "apple"
    GOOGLE = "google"


QUIET = timedelta(seconds=10)
LONGEST = timedelta(seconds=60)
"""A wallet is told of a change when nothing more has happened for so long, and no later than so long after the first:
twenty stamps in a minute are told as one."""
LEASE = timedelta(minutes=2)
PATIENCE = Patience(first_wait=timedelta(seconds=60), longest_wait=timedelta(hours=1), tries_max=30)
"""A day and more. What was given up is tried anew with the next change."""
VOIDED_RETENTION = timedelta(days=30)
"""For how long a phone that was switched off may learn that a pass is good for nothing any more."""
DEVICES_MAX = 10
"""Phones, watches and tablets that hold one pass."""
SETTLED_AFTER = timedelta(seconds=10)
"""What was changed more recently may have a change beside it that is not committed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletPass:
    """``revision`` counts what there was to tell, so that one told of an older one is told again. ``attempts`` counts
    failures in a row. One that is ``voided_at`` is good for nothing any more, which its wallet is told, too."""

    merchant_id: MerchantId
    pass_id: PassId
    card_id: CardId
    wallet: WalletKind
    bot_id: BotId
    revision: int
    changed_at: datetime
    created_at: datetime
    attempts: int = 0
    voided_at: datetime | None = None

    @property
    def key(self) -> "PassKey":
        return PassKey(self.merchant_id, self.pass_id)


@dataclass(frozen=True, slots=True)
class PassKey:
    merchant_id: MerchantId
    pass_id: PassId


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletDevice:
    """A phone that wants to hear of a pass. Of its name only a hash is kept: who knows it may ask for its passes."""

    merchant_id: MerchantId
    pass_id: PassId
    device_hash: str
    push_token: str
    registered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PassFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOffer:
    """A file to open on the phone, or a link to follow."""

    file: PassFile | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The wallet knows the pass as it was read. ``gone`` are devices that have it no more."""

    gone: Sequence[WalletDevice] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTold:
    """With ``seconds`` the wallet wants to be left alone for so long, which is no failed try; ``is_for_good`` where
    this state of the pass will never be taken."""

    reason: str
    seconds: float | None = None
    is_for_good: bool = False
    gone: Sequence[WalletDevice] = ()


PassOutcome = Told | NotTold


@dataclass(frozen=True, slots=True, kw_only=True)
class PassStanding:
    """What an operator sees of a pass. ``due_at`` is when it is told next, None where there is nothing to tell;
    ``error`` is why the last try failed, ``given_up_at`` when no more was tried."""

    wallet_pass: WalletPass
    due_at: datetime | None
    given_up_at: datetime | None
    error: str | None
    device_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCounts:
    """Of all wallets of a bot: passes that are good, those that wait to be told, those of which a try has failed, and
    those that were given up."""

    passes: int
    owed: int
    failing: int
    given_up: int

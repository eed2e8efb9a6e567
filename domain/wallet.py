"""A card in the wallet of a phone: a copy that somebody else keeps, and that must be told of every change."""

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
"""A wallet is told of a change once nothing more has happened for QUIET, and at the latest LONGEST after the first
change: twenty stamps in a minute are told together."""
LEASE = timedelta(minutes=2)
PATIENCE = Patience(first_wait=timedelta(seconds=60), longest_wait=timedelta(hours=1), tries_max=30)
"""More than a day in all. A pass that was given up is tried again with its next change."""
VOIDED_RETENTION = timedelta(days=30)
"""How long a phone that was switched off can still learn that a pass was voided."""
DEVICES_MAX = 10
"""The phones, watches and tablets that may hold one pass."""
SETTLED_AFTER = timedelta(seconds=10)
"""Near a more recent change there may be another one that is not committed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletPass:
    """``revision`` counts what there was to tell, so that a wallet that was told an older one is told again.
    ``attempts`` counts failures in a row. A pass with ``voided_at`` is good for nothing any more, and its wallet is
    told so."""

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
    """A device that wants to hear of a pass. Only a hash of its id is kept, because the id gives access to its
    passes."""

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
    """The wallet has the pass as it was read. ``gone`` are devices that no longer have it."""

    gone: Sequence[WalletDevice] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTold:
    """With ``seconds`` the wallet asks to be left alone that long, and no try counts as failed; ``is_for_good`` says
    that it will never accept this state of the pass."""

    reason: str
    seconds: float | None = None
    is_for_good: bool = False
    gone: Sequence[WalletDevice] = ()


PassOutcome = Told | NotTold


@dataclass(frozen=True, slots=True, kw_only=True)
class PassStanding:
    """What an operator sees of a pass. ``due_at`` is when its wallet is told next, None where there is nothing to
    tell; ``error`` is why the last try failed, ``given_up_at`` when trying ended."""

    wallet_pass: WalletPass
    due_at: datetime | None
    given_up_at: datetime | None
    error: str | None
    device_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCounts:
    """Over all wallets of a bot: passes that are good, those that wait to be told, those of which a try has failed,
    and those that were given up."""

    passes: int
    owed: int
    failing: int
    given_up: int

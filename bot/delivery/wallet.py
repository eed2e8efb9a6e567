"""What a wallet is: how a card is put into it, and how it is told of a change."""

from datetime import datetime
from typing import Protocol

from domain.usecases.wallets import PassLetter
from domain.wallet import PassOffer, PassOutcome, WalletKind


class Wallet(Protocol):
    """``trouble`` is what ails the wallet's service, None while it takes what it is told. ``expires_at`` is when a
    certificate that the wallet needs runs out, None where it needs none."""

    kind: WalletKind
    trouble: str | None
    expires_at: datetime | None

    async def offer(self, letter: PassLetter) -> PassOffer:
        """How the holder puts the card into the wallet. Raises WalletSilent where that cannot be had now."""

    async def tell(self, letter: PassLetter) -> PassOutcome:
        """Tells the wallet how the card is, within the time of a lease. What it raises counts as a failed try."""

    async def close(self) -> None: ...

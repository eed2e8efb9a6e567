"""What a wallet is: how a card is put into it, and how it is told of a change."""

from datetime import datetime
from typing import Protocol

from domain.usecases.wallets import PassLetter
from domain.wallet import PassOffer, PassOutcome, WalletKind


class Wallet(Protocol):
    """``trouble`` is what ails the service behind it, None while it takes what it is told. ``expires_at`` is when a
    certificate that it needs runs out, None where it needs none."""

    kind: WalletKind
    trouble: str | None
    expires_at: datetime | None

    async def offer(self, letter: PassLetter) -> PassOffer:
        """How its holder puts it there. Raises WalletSilent where that cannot be had now."""

    async def tell(self, letter: PassLetter) -> PassOutcome:
        """Within the time of a lease. What it raises counts as a failed try."""

    async def close(self) -> None: ...

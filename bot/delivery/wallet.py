"""What a wallet is: how a card is put into it, and how it is told of a change."""

from dataclasses import dataclass
from typing import Protocol

from domain.usecases.wallets import PassLetter
from domain.wallet import PassOutcome, WalletKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PassFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOffer:
    """A file to open on the phone, or a link to follow."""

    file: PassFile | None = None
    link: str | None = None


class Wallet(Protocol):
    """``trouble`` is what ails the service behind it, None while it takes what it is told."""

    kind: WalletKind
    trouble: str | None

    async def offer(self, letter: PassLetter) -> PassOffer:
        """How its holder puts it there. Raises WalletSilent where that cannot be had now."""

    async def tell(self, letter: PassLetter) -> PassOutcome:
        """Within the time of a lease. What it raises counts as a failed try."""

    async def close(self) -> None: ...

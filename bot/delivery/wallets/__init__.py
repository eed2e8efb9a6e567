"""The wallets: each has a file with the name of its kind, in which ``wallet`` makes it."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from bot.delivery.wallet import Wallet
from bot.kit.clock import Clock
from bot.kit.links import Links
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens
from bot.pictures.studio import Studio
from domain.quick import dataclass
from domain.wallet import WalletKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletParts:
    """What wallets are made of; ``authorities`` is a file of others than the system's, for tests."""

    settings: Settings
    studio: Studio
    links: Links
    tokens: Tokens
    clock: Clock
    authorities: Path | None = None


def wallets_on(parts: WalletParts) -> Mapping[WalletKind, Wallet]:
    """The wallets that the settings switch on."""
    return {kind: _wallet(kind, parts) for kind in sorted(parts.settings.wallets_on)}


def check_wallets(settings: Settings) -> None:
    """Raises SettingsProblem if a file named in a wallet's settings cannot be used."""
    for kind in sorted(settings.wallets_on):
        import_module(f"{__name__}.{kind.value}").check(settings)


def _wallet(kind: WalletKind, parts: WalletParts) -> Wallet:
    made: Wallet = import_module(f"{__name__}.{kind.value}").wallet(parts)
    return made

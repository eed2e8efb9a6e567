"""Every view of ``/wallet``."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.views import cards
from bot.views import wallets as views
from bot.views.status import certificate_ends
from domain.wallet import PassFile, PassOffer, WalletKind
from tests.bot.views.scenes import Scene, held

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(days=29)
FILE = PassOffer(file=PassFile(name="card.pkpass", content=b"a pass"))
LINK = PassOffer(link="https://pay.google.com/gp/v/save/a-token")


def offered(*offers: PassOffer, silent: Sequence[WalletKind] = ()) -> Scene:
    return lambda t, n: views.offered(t, n.merchant, offers, silent)


WALLET_SCENES: Mapping[str, Scene] = {
    "card: for wallets": lambda t, n: cards.card(t, held(n), b"png", has_wallets=True),
    "which_for_wallet": lambda t, n: views.which_for_wallet(t, [held(n)] * 12),
    "offered: Apple": offered(FILE),
    "offered: Google": offered(LINK),
    "offered: Google is silent": offered(FILE, silent=[WalletKind.GOOGLE]),
    "certificate_ends": lambda t, _: certificate_ends(t, WalletKind.APPLE, SOON, NOW),
    "certificate_ends: over": lambda t, _: certificate_ends(t, WalletKind.GOOGLE, NOW, SOON),
    "offered": offered(FILE, LINK),
}

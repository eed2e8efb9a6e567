"""Telling the operators, day after day, that a certificate runs out, while there is time to renew it."""

from datetime import timedelta
from functools import partial

from bot.jobs.means import Means
from bot.views.status import certificate_ends

WARNED_WITHIN = timedelta(days=30)


async def watch_certificates(means: Means) -> int:
    """Returns how many they were told of."""
    told, now = 0, means.clock()
    for kind, wallet in means.wallets.items():
        if wallet.expires_at is not None and wallet.expires_at - now <= WARNED_WITHIN:
            said = partial(certificate_ends, wallet=kind, ends_at=wallet.expires_at, now=now)
            told += bool(await means.operators.tell(said))
    return told

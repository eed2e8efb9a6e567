"""Google Wallet: an object that Google keeps and phones show, put there by a link, and patched when the card changes.

The process remembers what it has sent last. So a change of terms, of which every pass is told, costs one request for
the class and none for objects that stay the same; and what was read earlier and is sent later does not replace what
is newer.
"""

import asyncio
import hashlib
import logging
from dataclasses import field
from datetime import datetime
from weakref import WeakValueDictionary

import msgspec

from bot.delivery.google_api import GoogleApi, Kind, NotTaken, Resource
from bot.delivery.wallets import WalletParts
from bot.kit.bounded import remember
from bot.kit.buttons import short_id
from bot.kit.clock import Clock
from bot.kit.links import Links, serial_of
from bot.kit.service_account import ServiceAccount, service_account_in
from bot.kit.settings import Settings
from bot.views.google_passes import GoogleFacts, loyalty_class, loyalty_object
from domain.quick import dataclass
from domain.refusals import WalletSilent
from domain.usecases.wallets import PassLetter
from domain.wallet import NotTold, PassOffer, PassOutcome, Told, WalletKind

logger = logging.getLogger(__name__)

SAVE_URL = "https://pay.google.com/gp/v/save/"
OFFERED_WITHIN_S = 10.0
"""Somebody waits for the link."""


@dataclass(frozen=True, slots=True)
class Sent:
    revision: int
    digest: bytes


@dataclass(kw_only=True)
class GoogleWallet:
    issuer_id: str
    account: ServiceAccount
    api: GoogleApi
    links: Links
    clock: Clock
    logo_url: str | None
    """The picture of all cards where the bot cannot be reached from outside."""
    trouble: str | None = None
    expires_at: datetime | None = field(default=None, init=False)
    kind: WalletKind = field(default=WalletKind.GOOGLE, init=False)
    _sent: dict[str, Sent] = field(default_factory=dict, init=False)
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, init=False)

    async def offer(self, letter: PassLetter) -> PassOffer:
        """The object is made before the link, which only names it."""
        facts = self._facts(letter)
        try:
            async with asyncio.timeout(OFFERED_WITHIN_S):
                await self._put(letter, facts, is_new=True)
        except NotTaken as failure:
            logger.warning("a pass cannot be offered: %s", failure.reason)
            raise WalletSilent from None
        except TimeoutError:
            logger.warning("a pass cannot be offered: no answer in %.0f s", OFFERED_WITHIN_S)
            raise WalletSilent from None
        finally:
            self.trouble = self.api.trouble
        return PassOffer(link=f"{SAVE_URL}{self._token(facts)}")

    async def tell(self, letter: PassLetter) -> PassOutcome:
        try:
            await self._put(letter, self._facts(letter), is_new=False)
        except NotTaken as failure:
            return NotTold(reason=failure.reason, seconds=failure.seconds, is_for_good=failure.is_for_good)
        finally:
            self.trouble = self.api.trouble
        return Told()

    async def close(self) -> None:
        await self.api.close()

    async def _put(self, letter: PassLetter, facts: GoogleFacts, *, is_new: bool) -> None:
        """Raises NotTaken."""
        revision = letter.wallet_pass.revision
        if letter.held is not None:
            await self._brings("loyaltyClass", loyalty_class(letter, facts), 0, is_new=False)
        await self._brings(
            "loyaltyObject",
            loyalty_object(letter, facts),
            revision,
            is_new=is_new,
            is_void=letter.held is None,
        )

    async def _brings(
        self, kind: Kind, resource: Resource, revision: int, *, is_new: bool, is_void: bool = False
    ) -> None:
        """Sends the resource, unless Google has it so already, or newer. Raises NotTaken."""
        name, digest = str(resource["id"]), hashlib.sha256(msgspec.json.encode(resource)).digest()
        async with self._locks.setdefault(name, asyncio.Lock()):
            sent = self._sent.get(name)
            if sent is not None and (sent.digest == digest or sent.revision > revision):
                return
            self._sent.pop(name, None)
            if is_void:
                await self.api.replace(kind, resource)
            else:
                await self.api.patch(kind, resource, is_new=is_new)
            remember(self._sent, name, Sent(revision, digest))

    def _facts(self, letter: PassLetter) -> GoogleFacts:
        merchant, program, held = letter.merchant, letter.program, letter.held
        class_name = short_id(merchant.merchant_id) + short_id(program.program_id)
        return GoogleFacts(
            class_id=f"{self.issuer_id}.{class_name}",
            object_id=f"{self.issuer_id}.{serial_of(letter.wallet_pass.key)}",
            logo_url=self.links.logo(merchant, letter.logo) or self.logo_url or "",
            card_url=self.links.card(held.state.card_id, held.token_rotation) if held else None,
            chat_url=self.links.chat,
        )

    def _token(self, facts: GoogleFacts) -> str:
        claims = {
            "iss": self.account.email,
            "aud": "google",
            "typ": "savetowallet",
            "iat": int(self.clock().timestamp()),
            "origins": [],
            "payload": {"loyaltyObjects": [{"id": facts.object_id, "classId": facts.class_id}]},
        }
        return self.account.signed(claims)


def wallet(parts: WalletParts) -> GoogleWallet:
    """Raises SettingsProblem."""
    settings, account = parts.settings, _account(parts.settings)
    return GoogleWallet(
        issuer_id=settings.google_wallet_issuer_id or "",
        account=account,
        api=GoogleApi(settings.google_wallet_api_url, account, parts.clock),
        links=parts.links,
        clock=parts.clock,
        logo_url=settings.google_wallet_logo_url,
    )


def check(settings: Settings) -> None:
    """Raises SettingsProblem."""
    _account(settings)


def _account(settings: Settings) -> ServiceAccount:
    assert settings.google_wallet_key_file is not None
    return service_account_in(settings.google_wallet_key_file)

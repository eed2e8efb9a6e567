"""Apple Wallet: a signed file to open on the phone, which asks for a newer one when it is told that there is one."""

import asyncio
from dataclasses import field
from datetime import datetime

import msgspec

from bot.delivery.push import NotPushed, Pushed, Pusher
from bot.delivery.wallets import WalletParts
from bot.kit.links import PASSES_PATH, Links, serial_of
from bot.kit.pass_file import pass_file, strings_file
from bot.kit.settings import Settings
from bot.kit.signer import Signer, signer_of
from bot.kit.tokens import Tokens
from bot.pictures.studio import Studio
from bot.views.passes import PassFacts, pass_face, pass_text
from domain.quick import dataclass
from domain.usecases.wallets import PassLetter
from domain.wallet import NotTold, PassFile, PassOffer, PassOutcome, Told, WalletDevice, WalletKind

FILE_NAME = "card.pkpass"


@dataclass(kw_only=True)
class AppleWallet:
    settings: Settings
    signer: Signer
    pusher: Pusher
    studio: Studio
    links: Links
    tokens: Tokens
    trouble: str | None = None
    kind: WalletKind = field(default=WalletKind.APPLE, init=False)
    expires_at: datetime | None = field(init=False)

    def __post_init__(self) -> None:
        self.expires_at = self.signer.expires_at

    async def offer(self, letter: PassLetter) -> PassOffer:
        return PassOffer(file=PassFile(name=FILE_NAME, content=await self.file(letter)))

    async def file(self, letter: PassLetter) -> bytes:
        """The pass as it is now."""
        pictures = await self.studio.wallet_pass(pass_face(letter))
        text = pass_text(letter, self._facts(letter))
        strings = {
            f"{locale.value}.lproj/pass.strings": strings_file(said) for locale, said in text.strings.items()
        }
        files = {"pass.json": msgspec.json.encode(text.content), **strings, **pictures}
        return await asyncio.to_thread(pass_file, files, self.signer)

    async def tell(self, letter: PassLetter) -> PassOutcome:
        """Tells each phone that has the pass."""
        gone: list[WalletDevice] = []
        failure: NotPushed | None = None
        for device in letter.devices:
            try:
                if await self.pusher.push(device.push_token) is Pushed.GONE:
                    gone.append(device)
            except NotPushed as error:
                failure = error
                if error.seconds is not None:
                    break
        self.trouble = failure.reason if failure and failure.seconds is not None else None
        if failure is not None:
            return NotTold(reason=failure.reason, seconds=failure.seconds, gone=gone)
        return Told(gone=gone)

    async def close(self) -> None:
        await self.pusher.close()

    def _facts(self, letter: PassLetter) -> PassFacts:
        wallet_pass, held, settings = letter.wallet_pass, letter.held, self.settings
        return PassFacts(
            pass_type_id=settings.apple_pass_type_id or "",
            team_id=settings.apple_pass_team_id or "",
            serial=serial_of(wallet_pass.key),
            token=self.tokens.pass_token(wallet_pass.pass_id),
            service_url=f"{settings.public_url}{PASSES_PATH}",
            card_url=self.links.card(held.state.card_id, held.token_rotation) if held else None,
            chat_url=self.links.chat,
        )


def wallet(parts: WalletParts) -> AppleWallet:
    """Raises SettingsProblem."""
    settings, signer = parts.settings, signer_of(parts.settings)
    assert signer is not None
    assert settings.apple_pass_type_id is not None
    return AppleWallet(
        settings=settings,
        signer=signer,
        pusher=Pusher(
            settings.apple_pass_push_url, settings.apple_pass_type_id, signer.connects(parts.authorities)
        ),
        studio=parts.studio,
        links=parts.links,
        tokens=parts.tokens,
    )


def check(settings: Settings) -> None:
    """Raises SettingsProblem."""
    signer_of(settings)

"""Faults in how a card is kept at Google."""

from tests.planted.fault import fault

_WALLET = ("tests/bot/delivery/test_google_wallet.py",)

FAULTS = (
    fault(
        "what was read earlier lands on what is newer",
        "bot.delivery.wallets.google:GoogleWallet._brings",
        "sent.digest == digest or sent.revision > revision",
        "sent.digest == digest",
        *_WALLET,
    ),
    fault(
        "a clock that is put back keeps Google waiting",
        "bot.delivery.google_api:_Rest.left_s",
        "left_s if 0 < left_s < RETRY_AFTER_MAX_S + 1 else 0.0",
        "max(0.0, left_s)",
        *_WALLET,
    ),
    fault(
        "a clock that is put back keeps a wallet waiting",
        "bot.delivery.wallet_sync:WalletSync._is_held",
        "timedelta() < self._held_until - self.clock() <= HELD_MAX",
        "self.clock() < self._held_until",
        "tests/bot/delivery/test_wallet_sync.py",
    ),
    fault(
        "what may not have arrived counts as sent",
        "bot.delivery.wallets.google:GoogleWallet._brings",
        "self._sent.pop(name, None)",
        "remember(self._sent, name, Sent(revision, digest))",
        *_WALLET,
    ),
    fault(
        "every object hears of a change of terms",
        "bot.delivery.wallets.google:GoogleWallet._brings",
        "sent.digest == digest or sent.revision > revision",
        "sent.revision > revision",
        *_WALLET,
    ),
    fault(
        "a card that is over keeps at Google what it had",
        "bot.delivery.wallets.google:GoogleWallet._brings",
        "await self.api.replace(kind, resource)",
        "await self.api.patch(kind, resource, is_new=False)",
        *_WALLET,
    ),
    fault(
        "a link is given before there is an object",
        "bot.delivery.wallets.google:GoogleWallet.offer",
        "await self._put(letter, facts, is_new=True)",
        "pass",
        *_WALLET,
    ),
    fault(
        "a blocked card shows its code at Google",
        "bot.views.google_passes:loyalty_object",
        "facts.card_url if letter.is_active else None",
        "facts.card_url",
        *_WALLET,
    ),
    fault(
        "what is not there is given up",
        "bot.delivery.google_api:GoogleApi.patch",
        "status == NOT_FOUND",
        "False",
        *_WALLET,
    ),
    fault(
        "a busy service is a failed try",
        "bot.delivery.google_api:GoogleApi._failure",
        "status in (UNAUTHORIZED, TOO_MANY, UNAVAILABLE)",
        "False",
        *_WALLET,
    ),
    fault(
        "a service that rests is asked all the same",
        "bot.delivery.google_api:_Rest.began",
        "self._until = self._clock().timestamp() + max(self.left_s, seconds)",
        "",
        *_WALLET,
    ),
    fault(
        "a revoked token is used on",
        "bot.delivery.google_api:_Tokens.forget",
        "self._token = None",
        "pass",
        *_WALLET,
    ),
    fault(
        "each who needs a token asks for one",
        "bot.delivery.google_api:_Tokens.token",
        "self._renewal is None",
        "True",
        *_WALLET,
    ),
    fault(
        "a token is used until its very end",
        "bot.delivery.google_api:_lasting",
        "timedelta(seconds=seconds) - RENEWED_BEFORE",
        "timedelta(seconds=seconds)",
        *_WALLET,
    ),
    fault(
        "what Google says gets into the log",
        "bot.delivery.google_api:_reason",
        "next((word for word in words if _WORD.fullmatch(word)), '')",
        "answer.text",
        *_WALLET,
    ),
    fault(
        "a key that is sent in the clear is taken",
        "bot.kit.service_account:service_account_in",
        "url.scheme != 'https' and url.hostname not in LOOPBACK",
        "False",
        *_WALLET,
    ),
    fault(
        "a silent wallet keeps people from the other",
        "bot.customer.wallets:_offer",
        "silent.append(kind)",
        "raise",
        *_WALLET,
    ),
)

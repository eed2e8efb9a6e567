"""Tokens in links: derived from the secret key where they must be shown again, random where they are shown once.

Only the hash of a token is stored, so a copy of the database opens nothing.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from domain.account import Account
from domain.ids import (
    BotId,
    CardId,
    CustomerId,
    Fingerprint,
    MerchantId,
    MessageId,
    OperationKey,
    PassId,
    StaffId,
    StoreId,
    TokenHash,
)
from domain.mailbox import CODE_DIGITS, inbox_of
from domain.staff import Role

TOKEN_BYTES = 16
MARK_LENGTH = 11
"""The mark of an address in a mail's name has 64 bits: to guess at it one needs the token beside it."""


class Tokens:
    def __init__(self, secret_key: bytes) -> None:
        self._secret_key = secret_key

    def card_id(self, bot_id: BotId, update_id: int, said_at: datetime) -> CardId:
        """The id of the card that this update makes if it makes one, the same however often it is handled.

        A UUIDv7 (RFC 9562, section 5.7) with the time of the message.
        """
        chance = int.from_bytes(self._mac(f"join:{bot_id}:{update_id}")[:10])
        milliseconds = int(said_at.timestamp() * 1000)
        high = chance >> 62 & 0xFFF
        low = chance & (1 << 62) - 1
        return CardId(str(UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)))

    def card_token(self, card_id: CardId, rotation: int) -> str:
        """128 bits in 22 characters, another for every rotation."""
        return self._derive(f"card:{card_id}:{rotation}")

    def store_token(self, store_id: StoreId) -> str:
        return self._derive(f"store:{store_id}")

    def friend_token(self, customer_id: CustomerId) -> str:
        return self._derive(f"friend:{customer_id}")

    def pin_link(self, staff_id: StaffId, generation: int) -> str:
        """For a member who lost their PIN with the former key: shown again if the command was killed before that."""
        return self._derive(f"pin-link:{staff_id}:{generation}")

    def first_link(self, merchant_id: MerchantId, role: Role) -> str:
        """To the team of a shop that was opened in the chat: shown again if the process was killed before that."""
        return self._derive(f"first-link:{role}:{merchant_id}")

    def move_token(self, key: OperationKey) -> str:
        """The same link for the same button, however often it is pressed."""
        return self._derive(f"move:{key}")

    def account_hash(self, account: Account, merchant_id: MerchantId) -> str:
        """By which an account that was erased is known again at this shop; it says nothing without the key."""
        return self._derive(f"erased:{merchant_id}:{account.bot_id}:{account.user_id}")

    def mail_code(self, account: Account, key: OperationKey) -> str:
        """Six digits, the same however often one typed address is handled."""
        chance = int.from_bytes(self._mac(f"mail-code:{account.bot_id}:{account.user_id}:{key}")[:8])
        return f"{chance % 10**CODE_DIGITS:0{CODE_DIGITS}}"

    def mail_code_hash(self, account: Account, code: str) -> str:
        """Keyed: otherwise all of the million codes could be tried on a copy of the database."""
        return self._derive(f"mail-code-hash:{account.bot_id}:{account.user_id}:{code}")

    def code_mail_token(self, account: Account, key: OperationKey) -> str:
        """Whoever has it has seen the mail with the code."""
        return self._derive(f"code-mail:{account.bot_id}:{account.user_id}:{key}")

    def address_mark(self, address: str) -> str:
        """Tells addresses apart without saying them."""
        return self._derive(f"address:{inbox_of(address)}")

    def unsubscribe_token(self, merchant_id: MerchantId, customer_id: CustomerId) -> str:
        return self._derive(f"unsubscribe:{merchant_id}:{customer_id}")

    def guest_mail_token(self, merchant_id: MerchantId, card_id: CardId) -> str:
        return self._derive(f"guest-mail:{merchant_id}:{card_id}")

    def mail_token(self, merchant_id: MerchantId, message_id: MessageId) -> str:
        """Whoever has it has seen the mail."""
        return self._derive(f"mail:{merchant_id}:{message_id}")

    def mail_mark(self, merchant_id: MerchantId, message_id: MessageId, address: str) -> str:
        """Shows whether a mail went to an address, without naming the address."""
        return self._derive(f"mail-to:{merchant_id}:{message_id}:{address}")[:MARK_LENGTH]

    def pass_token(self, pass_id: PassId) -> str:
        """The token with which a phone asks for its pass."""
        return self._derive(f"pass:{pass_id}")

    def use_mark(self, said: bytes) -> str:
        """12 characters, which show that a code for a reward was made here."""
        return urlsafe_b64encode(self._mac(f"use:{said.hex()}")[:9]).decode()

    def fingerprint(self) -> Fingerprint:
        """Under a purpose of its own, so that it says nothing of any token."""
        return Fingerprint(self._derive("fingerprint"))

    def keypad(self, nonce: str) -> str:
        """The ten digits in the order in which a keypad's positions stand for them."""
        ranked = sorted("0123456789", key=lambda digit: self._mac(f"keypad:{nonce}:{digit}"))
        return "".join(ranked)

    def webhook_secret(self, bot_token: str) -> str:
        """The same in each process of a bot, since Telegram may send to any of them. Not of the key alone, which lies
        in backups: whoever has it speaks as Telegram, in anybody's name."""
        return self._derive(f"webhook:{bot_token}")

    def pin_pepper(self) -> bytes:
        return self._mac("pin")

    def _derive(self, purpose: str) -> str:
        return urlsafe_b64encode(self._mac(purpose)[:TOKEN_BYTES]).decode().rstrip("=")

    def _mac(self, purpose: str) -> bytes:
        return hmac.digest(self._secret_key, purpose.encode(), "sha256")


def invite_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> TokenHash:
    return TokenHash(hashlib.sha256(token.encode()).hexdigest())

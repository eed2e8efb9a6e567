"""Deep links: ``https://t.me/<bot>?start=<letter><token>``, with a program's short id behind it on a poster of that
program alone (https://core.telegram.org/bots/features#deep-linking).

The token after ``/start`` is hashed before it is written anywhere, and only the hash goes on from there. A hash that
somebody sends is hashed again, so that one out of a copy of the database opens nothing.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

from bot.kit import use_codes
from bot.kit.buttons import ButtonUnknown, long_id, short_id
from bot.kit.tokens import MARK_LENGTH, Tokens, token_hash
from domain.account import Account
from domain.ids import (
    CardId,
    CustomerId,
    MerchantId,
    MessageId,
    OperationKey,
    PassId,
    ProgramId,
    StoreId,
    TokenHash,
)
from domain.link import LinkKind
from domain.merchant import Merchant
from domain.quick import dataclass
from domain.wallet import PassKey

NO_LINK = "?"
STOP_PATH = "/mail/stop"
NOT_MINE_PATH = "/mail/not-mine"
BOUNCE_PATH = "/mail/returned"
PASSES_PATH = "/wallet/apple"
LOGOS_PATH = "/wallet/google/logo"
SHORT_ID_LENGTH = 22
_LETTERS = "".join(kind for kind in LinkKind if kind not in (LinkKind.REPLACED, LinkKind.USE))
_SENT = re.compile(rf"([{_LETTERS}])([A-Za-z0-9_-]{{22}})([A-Za-z0-9_-]{{22}})?")
_USE = re.compile(rf"{LinkKind.USE}([A-Za-z0-9_-]{{{use_codes.LENGTH}}})")
_HASHED = re.compile(rf"([{_LETTERS}])([0-9a-f]{{64}})([A-Za-z0-9_-]{{22}})?")
_ID = "([A-Za-z0-9_-]{22})"
_MAIL_NAME = re.compile(rf"<{_ID}\.{_ID}\.{_ID}([A-Za-z0-9_-]{{{MARK_LENGTH}}})@")
_CODE_MAIL_NAME = re.compile(rf"<code\.{_ID}@")
_LINK = re.compile(r"(?:https?://)?(?:www\.)?(?:t|telegram)\.me/(?P<bot>\w+)\?start=(?P<payload>[\w-]+)")


@dataclass(frozen=True, slots=True)
class Payload:
    """What follows ``/start``; ``text`` is how it is kept. The ``program_id`` of a poster of one program is in the
    clear: it opens nothing. So is a ``use_code``, which has no token, and is over within a minute."""

    kind: LinkKind
    token_hash: TokenHash
    program_id: ProgramId | None = None
    use_code: str = ""

    @property
    def text(self) -> str:
        if self.use_code:
            return f"{self.kind.value}{self.use_code}"
        program = short_id(self.program_id) if self.program_id else ""
        return f"{self.kind.value}{self.token_hash}{program}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailName:
    """What a mail is called, out of its ``Message-ID``; ``mark`` shows which address it went to."""

    merchant_id: MerchantId
    message_id: MessageId
    mark: str


def serial_of(key: PassKey) -> str:
    """What a wallet calls a pass: 44 characters of A-Z a-z 0-9 _ -, which say nothing of the card."""
    return short_id(key.merchant_id) + short_id(key.pass_id)


def key_of_serial(serial: str) -> PassKey | None:
    """None for a serial that is not ours."""
    if len(serial) != 2 * SHORT_ID_LENGTH:
        return None
    try:
        merchant_id, pass_id = long_id(serial[:SHORT_ID_LENGTH]), long_id(serial[SHORT_ID_LENGTH:])
    except ButtonUnknown:
        return None
    return PassKey(MerchantId(merchant_id), PassId(pass_id))


def logo_mark(merchant: Merchant, picture: bytes | None) -> str:
    """Tells pictures of a shop apart."""
    drawn = picture if picture is not None else f"{merchant.name} {merchant.colour}".encode()
    return hashlib.sha256(drawn).hexdigest()[:16]


class Links:
    def __init__(self, username: str, tokens: Tokens, public_url: str | None = None) -> None:
        """``public_url`` is where the bot itself is reached, None where it is not."""
        self.username = username
        self._tokens = tokens
        self._public_url = public_url

    @property
    def chat(self) -> str:
        return f"https://t.me/{self.username}"

    def card(self, card_id: CardId, rotation: int) -> str:
        return self._link(LinkKind.CARD, self._tokens.card_token(card_id, rotation))

    def join(self, store_id: StoreId, program_id: ProgramId | None = None) -> str:
        """The link of a store's poster, or of the poster of one program there."""
        program = short_id(program_id) if program_id else ""
        return self._link(LinkKind.JOIN, self._tokens.store_token(store_id) + program)

    def invite(self, token: str) -> str:
        return self._link(LinkKind.INVITE, token)

    def new_shop(self, token: str) -> str:
        return self._link(LinkKind.NEW_SHOP, token)

    def move(self, token: str) -> str:
        return self._link(LinkKind.MOVE, token)

    def use(self, code: use_codes.UseCode) -> str:
        """What a customer shows for a reward."""
        return self._link(LinkKind.USE, use_codes.write_use_code(code, self._tokens))

    def used(self, payload: Payload) -> tuple[use_codes.UseCode, OperationKey] | None:
        """The code for a reward, and the key of its one effect; None where it is none of ours."""
        return use_codes.read_use_code(payload.use_code, self._tokens)

    def friend(self, customer_id: CustomerId) -> str:
        """The link that a customer sends to a friend."""
        return self._link(LinkKind.FRIEND, self._tokens.friend_token(customer_id))

    def unsubscribe(self, merchant_id: MerchantId, customer_id: CustomerId) -> str | None:
        """Where one click ends a shop's offers to a customer; None where there is no public URL."""
        if self._public_url is None:
            return None
        token = self._tokens.unsubscribe_token(merchant_id, customer_id)
        return f"{self._public_url}{STOP_PATH}/{short_id(merchant_id)}/{short_id(customer_id)}/{token}"

    def not_mine(self, merchant_id: MerchantId, card_id: CardId) -> str | None:
        """Where one click ends mail to an address that got a card by mail; None where there is no public URL."""
        if self._public_url is None:
            return None
        token = self._tokens.guest_mail_token(merchant_id, card_id)
        return f"{self._public_url}{NOT_MINE_PATH}/{short_id(merchant_id)}/{short_id(card_id)}/{token}"

    def logo(self, merchant: Merchant, picture: bytes | None) -> str | None:
        """Where a shop's picture is to be had, another for each picture; None where there is no public URL."""
        if self._public_url is None:
            return None
        name = f"{short_id(merchant.merchant_id)}/{logo_mark(merchant, picture)}"
        return f"{self._public_url}{LOGOS_PATH}/{name}.png"

    def mail_name(self, merchant_id: MerchantId, message_id: MessageId, address: str) -> str:
        """The part of a ``Message-ID`` before the @: the same however often the mail is sent to this address."""
        token = self._tokens.mail_token(merchant_id, message_id)
        mark = self._tokens.mail_mark(merchant_id, message_id, address)
        return f"{short_id(merchant_id)}.{short_id(message_id)}.{token}{mark}"

    def code_mail_name(self, account: Account, key: OperationKey) -> str:
        """As ``mail_name``, of a mail with a code."""
        return f"code.{self._tokens.code_mail_token(account, key)}"

    def code_mail_hash(self, account: Account, key: OperationKey) -> TokenHash:
        """The hash by which a report of such a mail is known."""
        return token_hash(self._tokens.code_mail_token(account, key))

    def mails_in(self, text: str) -> Sequence[MailName]:
        """The mails of ours that are named in the text, each once."""
        found = {each.groups(): None for each in _MAIL_NAME.finditer(text)}
        return [name for parts in found if (name := self._mail_named(*parts))]

    def code_mails_in(self, text: str) -> Sequence[TokenHash]:
        """Hashes of what may be the names of mails with codes in the text, each once."""
        return list(dict.fromkeys(token_hash(token) for token in _CODE_MAIL_NAME.findall(text)))

    def is_of_mail(self, name: MailName, address: str) -> bool:
        right = self._tokens.mail_mark(name.merchant_id, name.message_id, address)
        return hmac.compare_digest(name.mark, right)

    def _mail_named(self, merchant: str, message: str, token: str, mark: str) -> MailName | None:
        merchant_id, message_id = MerchantId(long_id(merchant)), MessageId(long_id(message))
        is_right = hmac.compare_digest(token, self._tokens.mail_token(merchant_id, message_id))
        return MailName(merchant_id=merchant_id, message_id=message_id, mark=mark) if is_right else None

    def payload_in(self, text: str) -> Payload | None:
        """The payload of a link to this bot, as a QR holds it; None for anything else."""
        found = _LINK.fullmatch(text.strip())
        if found is None or found["bot"].lower() != self.username.lower():
            return None
        return parse_payload(hashed(found["payload"]))

    def _link(self, kind: LinkKind, token: str) -> str:
        return f"https://t.me/{self.username}?start={kind.value}{token}"


def hashed(sent: str) -> str:
    """What is kept of a payload that was sent: NO_LINK if it is of no link."""
    if _USE.fullmatch(sent):
        return sent
    found = _SENT.fullmatch(sent)
    payload = found and _payload(found[1], token_hash(found[2]), found[3])
    return payload.text if payload else NO_LINK


def parse_payload(kept: str) -> Payload | None:
    """Reads a payload that was kept, or, by earlier versions, kept as it was sent. None for what is no payload."""
    if of_use := _USE.fullmatch(kept):
        return Payload(LinkKind.USE, TokenHash(""), use_code=of_use[1])
    found = _HASHED.fullmatch(kept) or _HASHED.fullmatch(hashed(kept))
    return _payload(found[1], TokenHash(found[2]), found[3]) if found else None


def _payload(letter: str, of_token: TokenHash, program: str | None) -> Payload | None:
    kind = LinkKind(letter)
    if program is None:
        return Payload(kind, of_token)
    return Payload(kind, of_token, ProgramId(long_id(program))) if kind is LinkKind.JOIN else None

"""Deep links: ``https://t.me/<bot>?start=<letter><token>`` (https://core.telegram.org/bots/features#deep-linking)."""

import re
from dataclasses import dataclass

from bot.kit.tokens import Tokens
from domain.ids import CardId, StoreId
from domain.link import LinkKind

_PAYLOAD = re.compile(r"(?P<kind>[jci])(?P<token>[A-Za-z0-9_-]{22})")
_LINK = re.compile(r"(?:https?://)?(?:www\.)?(?:t|telegram)\.me/(?P<bot>\w+)\?start=(?P<payload>[\w-]+)")


@dataclass(frozen=True, slots=True)
class Payload:
    """What follows ``/start``."""

    kind: LinkKind
    token: str

    @property
    def text(self) -> str:
        return f"{self.kind.value}{self.token}"


class Links:
    def __init__(self, username: str, tokens: Tokens) -> None:
        self.username = username
        self._tokens = tokens

    def card(self, card_id: CardId, rotation: int) -> str:
        return self._link(LinkKind.CARD, self._tokens.card_token(card_id, rotation))

    def join(self, store_id: StoreId) -> str:
        return self._link(LinkKind.JOIN, self._tokens.store_token(store_id))

    def invite(self, token: str) -> str:
        return self._link(LinkKind.INVITE, token)

    def payload_in(self, text: str) -> Payload | None:
        """The payload of a link to this bot, as a QR holds it; None for anything else."""
        found = _LINK.fullmatch(text.strip())
        if found is None or found["bot"].lower() != self.username.lower():
            return None
        return parse_payload(found["payload"])

    def _link(self, kind: LinkKind, token: str) -> str:
        return f"https://t.me/{self.username}?start={Payload(kind, token).text}"


def parse_payload(text: str) -> Payload | None:
    found = _PAYLOAD.fullmatch(text)
    return None if found is None else Payload(LinkKind(found["kind"]), found["token"])

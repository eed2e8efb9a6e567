"""What a merchant, or one of its stores, says in its own words."""

from domain.account import Locale
from domain.fields import FieldChange, Target
from domain.ids import FieldName, MerchantId, StoreId
from domain.messages import MessageKind
from domain.quick import dataclass

_FIELD = "wording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """``store_id`` None is the whole merchant. ``text`` is Telegram HTML with named placeholders, checked on save."""

    merchant_id: MerchantId
    store_id: StoreId | None
    kind: MessageKind
    locale: Locale
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingPlace:
    """Whose wording, of which message, in which language. ``store_id`` None is the whole merchant."""

    merchant_id: MerchantId
    store_id: StoreId | None
    kind: MessageKind
    locale: Locale

    @property
    def target(self) -> tuple[Target, str]:
        """The target that a record of changes names, beside ``field``."""
        if self.store_id is None:
            return Target.MERCHANT, self.merchant_id
        return Target.STORE, self.store_id

    @property
    def field(self) -> FieldName:
        return FieldName(f"{_FIELD}.{self.kind}.{self.locale}")


def place_changed(change: FieldChange) -> WordingPlace | None:
    """The place of the wording that a recorded change is about; None for a change of anything else."""
    name, *rest = change.field.split(".")
    if name != _FIELD or len(rest) != 2 or rest[0] not in set(MessageKind) or rest[1] not in set(Locale):
        return None
    return WordingPlace(
        merchant_id=change.merchant_id,
        store_id=StoreId(change.target_id) if change.target_kind is Target.STORE else None,
        kind=MessageKind(rest[0]),
        locale=Locale(rest[1]),
    )

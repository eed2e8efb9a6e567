"""A merchant's logo, as it appears on its posters."""

from datetime import datetime

from domain.ids import FieldName, MerchantId, StaffId
from domain.quick import dataclass

LOGO = FieldName("logo")
"""The field name of the logo in the log of changes."""
NO_LOGO = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """``picture`` is a PNG; ``staff_id`` is who sent it, None for the operator."""

    merchant_id: MerchantId
    picture: bytes
    changed_at: datetime
    staff_id: StaffId | None


def written(picture: bytes | None) -> str:
    """The logo as the log of changes has it, such as "PNG, 34 KB"."""
    return NO_LOGO if picture is None else f"PNG, {-(-len(picture) // 1000)} KB"

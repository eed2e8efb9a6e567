"""The business, its counters and the terms of its cards."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.account import Locale
from domain.ids import MerchantId, ProgramId, StoreId

NAME_LENGTH_MAX = 64
REWARD_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """``colour`` is ``#rrggbb``; ``timezone`` an IANA name; ``currency`` an ISO 4217 code;
    ``summary_hour`` a local hour, 0 to 23."""

    merchant_id: MerchantId
    name: str
    colour: str
    timezone: str
    currency: str
    default_locale: Locale
    summary_hour: int
    allow_void: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    merchant_id: MerchantId
    store_id: StoreId
    name: str
    active: bool


class ProgramKind(StrEnum):
    STAMPS = "stamps"
    POINTS = "points"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One version of a program's terms; a change of terms is a new version.

    ``cooldown_minutes`` 0 means none, ``max_daily_stamps`` None means no limit,
    ``pin_window_minutes`` 0 means a PIN every time.
    """

    merchant_id: MerchantId
    program_id: ProgramId
    version: int
    kind: ProgramKind
    stamps_target: int
    reward: str
    cooldown_minutes: int
    max_daily_stamps: int | None
    require_staff_pin: bool
    pin_window_minutes: int
    active: bool
    valid_from: datetime

    @property
    def has_stamps(self) -> bool:
        return self.kind is not ProgramKind.POINTS

    @property
    def has_points(self) -> bool:
        return self.kind is not ProgramKind.STAMPS

"""The views of flags.py."""

from collections.abc import Mapping
from dataclasses import replace

from bot.texts import Texts
from bot.views import disputes, flags, messages
from bot.views.view import View
from domain.flags import FLAGS, OF_TAKINGS, FlagKind, FlagTold, GivenTold, TakingsTold, Told
from domain.ids import FlagId
from domain.kinds import EntryKind
from domain.messages import DisputeOpened, FlagRaised, MessageKind
from domain.money import Money
from domain.staff import Role
from domain.usecases.flags import Dismissed, FlagsSeen
from tests.bot.views.scenes import (
    CARD_ID,
    MERCHANT_ID,
    NOW,
    NUMBER,
    ZONE,
    Names,
    Scene,
    dispute,
    message,
    uuid,
)

OF_A_CARD = {FlagKind.PAIR, FlagKind.SHORTFALL}


def flag(n: Names, kind: FlagKind) -> FlagTold:
    return FlagTold(
        flag_id=FlagId(uuid(40)),
        kind=kind,
        staff_name=n.staff,
        store_name=n.store,
        card_id=CARD_ID if kind in OF_A_CARD else None,
        card_number=NUMBER if kind in OF_A_CARD else None,
        count=1000,
        first_at=NOW,
        last_at=NOW,
        takings=seen(n) if kind in OF_TAKINGS else None,
    )


def seen(n: Names) -> TakingsTold:
    money = Money(1_234_567, "EUR")
    given = GivenTold(staff_name=n.staff, stamps=1000, usual=400, purchases=money)
    return TakingsTold(amount=money, purchases=money, usual_stamps=600, given=(given,) * 3)


def flags_page(t: Texts, n: Names, page: int = 0, role: Role = Role.OWNER) -> View:
    found = [replace(flag(n, kind), flag_id=FlagId(uuid(40 + at))) for at, kind in enumerate(FlagKind)]
    return flags.flags(t, MERCHANT_ID, FlagsSeen(flags=found, timezone=ZONE), page, role)


def waiting(n: Names) -> DisputeOpened:
    opened = dispute(n, EntryKind.STAMP_EARNED, 1).facts
    assert isinstance(opened, DisputeOpened)
    return opened


FLAG_SCENES: Mapping[str, Scene] = {
    "flags": flags_page,
    "flags: the second page": lambda t, n: flags_page(t, n, 1),
    "flags: to a manager": lambda t, n: flags_page(t, n, role=Role.MANAGER),
    "flags: under the picture of a day": lambda t, n: replace(flags_page(t, n), photo=b"png"),
    "flags: disputes before them": lambda t, n: flags.flags(
        t,
        MERCHANT_ID,
        FlagsSeen(flags=[flag(n, FlagKind.PAIR)] * 2, timezone=ZONE, disputes=[waiting(n)] * 2),
        0,
        Role.OWNER,
    ),
    "waiting": lambda t, n: disputes.waiting(t, MERCHANT_ID, waiting(n), ZONE),
    "flags: none": lambda t, _: flags.flags(
        t, MERCHANT_ID, FlagsSeen(flags=(), timezone=ZONE), 0, Role.OWNER
    ),
    **{
        f"dismissed: {kind}": lambda t, n, kind=kind: flags.dismissed(  # type: ignore[misc]
            t, MERCHANT_ID, Dismissed(flag=flag(n, kind), timezone=ZONE)
        )
        for kind in FlagKind
    },
    **{
        f"raised: {kind}": lambda t, n, kind=kind: messages.render(  # type: ignore[misc]
            t,
            message(MessageKind.FLAG_RAISED, FlagRaised(merchant_name=n.merchant, flag=flag(n, kind))),
            ZONE,
        )
        for kind, what in FLAGS.items()
        if what.told is Told.AT_ONCE
    },
}

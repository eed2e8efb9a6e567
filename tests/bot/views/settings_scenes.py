"""The views of settings.py, field_screens.py and changes.py."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.texts import Texts
from bot.views import changes, field_screens, settings
from bot.views.field_pages import OF_FLAGS, PAGES
from bot.views.view import View
from domain.account import Locale
from domain.fields import FIELDS, FieldChange, Target
from domain.ids import ChangeId, FieldName, MerchantId, ProgramId, StaffId, StoreId
from domain.merchant import PointReward, ProgramKind, Store
from domain.rules.pins import NO_PIN
from domain.staff import Membership, Role, Staff, StaffStatus
from domain.team_log import CLOSING, TeamChange
from domain.usecases.see_settings import CardsTouched, Changes, ChangeSeen
from domain.usecases.see_shop import Shop
from tests.bot.views.scenes import NOW, ZONE, Names, Scene, uuid
from tests.support.terms import a_merchant, a_program

MERCHANT, PROGRAM, STORE = MerchantId(uuid(1)), ProgramId(uuid(2)), StoreId(uuid(3))
NONCE = "AAAAAAAAAAA"
IDS = {Target.MERCHANT: MERCHANT, Target.STORE: STORE, Target.PROGRAM: PROGRAM}


def shop(n: Names, kind: ProgramKind = ProgramKind.STAMPS, **terms: object) -> Shop:
    rewards = (PointReward(cost=100, name=n.reward), PointReward(cost=1_000_000, name=n.reward))
    given = {"reward": n.reward, "kind": kind, "point_rewards": rewards, **terms}
    merchant = a_merchant(
        merchant_id=MERCHANT, name=n.merchant, timezone=ZONE, default_locale=Locale.EN, created_at=NOW
    )
    program = a_program(
        merchant_id=MERCHANT, program_id=PROGRAM, version=1, expiry_since=NOW, valid_from=NOW, **given
    )
    store = Store(merchant_id=MERCHANT, store_id=STORE, name=n.store, active=True)
    return Shop(merchant=merchant, stores=[store], programs=[program])


def closing(n: Names) -> Shop:
    return replace(shop(n), merchant=replace(shop(n).merchant, closes_at=NOW))


def several(n: Names) -> Shop:
    other = shop(n, ProgramKind.POINTS, name=n.card, new_cards=False).programs
    return replace(shop(n), programs=[*shop(n, ProgramKind.HYBRID, name=n.card).programs, *other])


def membership(n: Names, number: int) -> Membership:
    staff = Staff(
        merchant_id=MerchantId(uuid(number)),
        staff_id=StaffId(uuid(9)),
        name=n.staff,
        role=Role.OWNER,
        status=StaffStatus.ACTIVE,
        account=None,
        pin=NO_PIN,
        created_at=NOW,
    )
    return Membership(
        staff=staff, merchant_name=n.merchant, timezone=ZONE, currency="EUR", locale=Locale.EN, stores=()
    )


def change(n: Names, name: str, before: str, after: str, number: int = 1) -> ChangeSeen:
    made = FieldChange(
        merchant_id=MERCHANT,
        change_id=ChangeId(uuid(number)),
        target_kind=Target.PROGRAM,
        target_id=PROGRAM,
        field=FieldName(name),
        before=before,
        after=after,
        staff_id=StaffId(uuid(9)),
        changed_at=NOW,
    )
    return ChangeSeen(change=made, staff_name=n.staff)


def team_changes(n: Names) -> Iterator[ChangeSeen]:
    of_each = {
        TeamChange.JOINED: ("", Role.MANAGER),
        TeamChange.ROLE: (Role.STAFF, Role.MANAGER),
        TeamChange.STORES: ("", STORE),
        TeamChange.NAME: (n.staff, n.staff),
        TeamChange.REMOVED: (Role.TERMINAL, ""),
        TeamChange.PIN_RESET: ("", ""),
    }
    for number, (what, (before, after)) in enumerate(of_each.items(), 1):
        made = change(n, what, before, after, number)
        about = replace(made.change, target_kind=Target.MERCHANT, target_id=uuid(8))
        yield replace(made, change=about, member_name=n.staff)
    for number, (before, after) in enumerate([("", "2026-07-15"), ("2026-07-15", "")], 7):
        closed = change(n, CLOSING, before, after, number)
        yield replace(closed, change=replace(closed.change, target_kind=Target.MERCHANT, target_id=MERCHANT))


def confirm(t: Texts, n: Names, gaining: int, keeping: int, **values: str) -> View:
    touched = CardsTouched(begun=212, gaining=gaining, keeping=keeping)
    return field_screens.confirm(
        t, shop(n), Target.PROGRAM, PROGRAM, values or {"stamps_target": "8"}, NONCE, touched
    )


def just_changed(t: Texts, n: Names, **change: tuple[str, str]) -> str:
    made = {FieldName(name): values for name, values in change.items()}
    return field_screens.changed(t, Target.PROGRAM, made, shop(n).merchant)


SETTINGS_SCENES: Mapping[str, Scene] = {
    "choose_shop": lambda t, n: settings.choose_shop(t, [membership(n, 1), membership(n, 2)]),
    "home": lambda t, n: settings.home(t, shop(n), Role.OWNER),
    "home: a program that is paused": lambda t, n: settings.home(
        t,
        replace(shop(n), programs=[*shop(n).programs, *shop(n, ProgramKind.HYBRID, active=False).programs]),
        Role.OWNER,
    ),
    "home: a shop that closes": lambda t, n: settings.home(t, closing(n), Role.OWNER),
    "home: several programs": lambda t, n: settings.home(t, several(n), Role.MANAGER),
    "program_added": lambda t, n: field_screens.program_added(t, several(n), PROGRAM),
    "changes: several programs": lambda t, n: changes.changes(
        t, Changes(shop=several(n), changes=[change(n, "active", "no", "yes")] * 10)
    ),
    **{
        f"field_list: {kind}": lambda t, n, k=kind: field_screens.field_list(t, shop(n), k, IDS[k])  # type: ignore[misc]
        for kind in Target
    },
    "field_list: limits": lambda t, n: field_screens.field_list(
        t, shop(n), Target.MERCHANT, MERCHANT, page=OF_FLAGS
    ),
    **{
        f"field_list: page {page}": lambda t, n, page=page: field_screens.field_list(  # type: ignore[misc]
            t,
            shop(n, ProgramKind.HYBRID, birthday_bonus=2, win_back_days=30, referral_bonus=1, name=n.card),
            Target.PROGRAM,
            PROGRAM,
            page=page,
        )
        for page in PAGES[Target.PROGRAM]
    },
    "field_list: with a logo": lambda t, n: field_screens.field_list(
        t, replace(shop(n), has_logo=True), Target.MERCHANT, MERCHANT
    ),
    "field_list: hybrid": lambda t, n: field_screens.field_list(
        t, shop(n, ProgramKind.HYBRID, require_staff_pin=False), Target.PROGRAM, PROGRAM
    ),
    "field_list: changed": lambda t, n: field_screens.field_list(
        t,
        shop(n, pin_window_minutes=7, require_staff_pin=True),
        Target.PROGRAM,
        PROGRAM,
        just_changed(t, n, reward=("A tea", n.reward)),
    ),
    "field_list: a bonus that nobody gets": lambda t, n: field_screens.field_list(
        t,
        shop(n, birthday_bonus=2),
        Target.PROGRAM,
        PROGRAM,
        just_changed(t, n, birthday_bonus=("0", "2")),
    ),
    "field_list: as it was": lambda t, n: field_screens.field_list(
        t, shop(n), Target.PROGRAM, PROGRAM, just_changed(t, n)
    ),
    **{
        f"field: {kind} {name}": lambda t, n, k=kind, f=name: field_screens.field(
            t, shop(n), k, IDS[k], f, NONCE
        )  # type: ignore[misc]
        for kind in Target
        for name in FIELDS[kind]
    },
    "confirm: more": lambda t, n: confirm(t, n, 14, 0),
    "confirm: less": lambda t, n: confirm(t, n, 0, 100_000),
    "confirm: the same": lambda t, n: confirm(t, n, 0, 0),
    "confirm: another reward": lambda t, n: confirm(t, n, 0, 1, reward=n.reward),
    "confirm: a pause": lambda t, n: field_screens.confirm(
        t, shop(n), Target.PROGRAM, PROGRAM, {"active": "no"}, NONCE, None
    ),
    "confirm: back": lambda t, n: field_screens.confirm(
        t, shop(n), Target.PROGRAM, PROGRAM, {"reward": n.reward}, NONCE, None
    ),
    "changes: a page in between": lambda t, n: changes.changes(
        t, Changes(shop=shop(n), changes=[change(n, "reward", "A tea", n.reward)] * 10, page=9, has_more=True)
    ),
    "changes: of the team": lambda t, n: changes.changes(
        t, Changes(shop=shop(n), changes=[*team_changes(n)])
    ),
    "changes: none": lambda t, n: changes.changes(t, Changes(shop=shop(n), changes=[])),
    "changes": lambda t, n: changes.changes(
        t,
        Changes(
            shop=shop(n),
            changes=[
                change(n, "reward", n.reward, n.reward),
                replace(change(n, "max_daily_stamps", "none", "3", 2), staff_name=None),
                change(n, "of_before", "1", "2", 3),
                change(n, "closures", "", "2026-12-24/2027-01-02", 4),
                change(n, "logo", "none", "PNG, 34 KB", 5),
            ],
        ),
    ),
}

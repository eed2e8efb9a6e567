"""The mapping between rows and values, made from the fields of the values.

A field lies in the column of its name. One with fields of its own lies in several columns that begin with its name
(``pin_hash``), but for one called ``account``, which adds nothing to ``bot_id`` and ``user_id``; a tuple is kept as
JSON. The functions are written out as source and compiled once, when this module is imported: they are as quick as
those one would write by hand (docs/decisions/0018).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache, wraps
from itertools import accumulate, pairwise
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from sqlalchemy import Column, Table
from sqlalchemy.sql.elements import NamedColumn

from domain.account import Person
from domain.approval import Approval
from domain.bot_profile import BotProfile
from domain.campaign import Campaign
from domain.card import Card, CardMove, CardNote, Customer
from domain.coming_back import Absence, Birthday, Referral
from domain.dialogue import Dialogue
from domain.dispute import Dispute
from domain.entry import Entry
from domain.field_kinds import Field, Number
from domain.fields import FIELDS, FieldChange, Target
from domain.flags import Flag
from domain.ids import FieldName
from domain.job_run import JobRun
from domain.link import Route, ShopInvite
from domain.logo import Logo
from domain.mailbox import Mailbox, MailCode
from domain.marketing import Consent, Offer
from domain.merchant import Merchant, Program, Store
from domain.personal import Erasure
from domain.printed import Adoption, Blank
from domain.quick import by_place
from domain.staff import Desk, Invite, PinSession, Staff
from domain.summary import SummaryPlan
from domain.takings import Takings
from domain.update import ReceivedUpdate
from domain.wallet import WalletDevice, WalletPass
from storage import codec, tables
from storage.statements import Row

T = TypeVar("T")

INTERNED = 4096
"""How many values of a kind are cached. They are immutable, so the same columns give the same value again: the same
staff act all day."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_instant(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def to_microseconds(time: timedelta) -> int:
    return time // _MICROSECOND


def from_instant(instant: int) -> datetime:
    return _EPOCH + instant * _MICROSECOND


def from_instant_or_none(instant: int | None) -> datetime | None:
    return None if instant is None else from_instant(instant)


Columns = Sequence[NamedColumn[Any]]
Mapped = tuple[Columns, Callable[[Row], T], Callable[[T], dict[str, object]]]
"""The columns, what makes a value of a row of them, and what makes of a value a row keyed by their names."""

FORMS = {
    str: ("{}", "{}"),
    int: ("{}", "{}"),
    bytes: ("{}", "{}"),
    bool: ("bool({})", "int({})"),
    datetime: ("from_instant({})", "to_instant({})"),
    date: ("from_iso({})", "{}.isoformat()"),
}
"""How each kind of field is read from its column, and how it is written there."""


def columns(source: Table, *left_out: str) -> Sequence[Column[Any]]:
    return [column for column in source.columns if column.name not in left_out]


def mapped(kind: type[T], source: Columns) -> Mapped[T]:
    """Raises TypeError for a column without a field and for a field without a column."""
    names = [column.name for column in source]
    mapping = _Mapping()
    read, written = mapping.value(kind, "", "value")
    if stray := written.keys() ^ set(names):
        raise TypeError(f"{kind.__name__} and its columns differ in {', '.join(sorted(stray))}")
    of_row = mapping.function(kind, "row", f"{', '.join(names)}, = row\n    return {read}")
    return source, of_row, mapping.function(kind, "value", _row_of(written, names))


def part_of(kind: type[T], *names: str) -> Callable[[T], dict[str, object]]:
    """What makes of a value a row of these columns alone."""
    mapping = _Mapping()
    _, written = mapping.value(kind, "", "value")
    to_row: Callable[[T], dict[str, object]] = mapping.function(kind, "value", _row_of(written, names))
    return to_row


def _row_of(written: Mapping[str, str], names: Sequence[str]) -> str:
    return f"return {{{', '.join(f'{name!r}: {written[name]}' for name in names)}}}"


class _Mapping:
    """Makes expressions that read columns and values, and the namespace in which these are evaluated."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {
            "from_instant": from_instant,
            "to_instant": to_instant,
            "from_iso": date.fromisoformat,
            "decode": codec.decode,
            "encode": codec.encode,
        }

    def value(self, kind: Any, prefix: str, path: str) -> tuple[str, dict[str, str]]:
        """The expression that makes a value of its columns, and for each column the one that makes it of the value at
        ``path``."""
        hints = get_type_hints(kind)
        arguments: dict[str, str] = {}
        written: dict[str, str] = {}
        for field in fields(kind):
            made, its_columns = self.field(hints[field.name], prefix + field.name, f"{path}.{field.name}")
            arguments[field.name] = made
            written |= its_columns
        return self.making(kind, arguments), written

    def making(self, kind: Any, arguments: Mapping[str, str]) -> str:
        if placed := by_place(kind):
            self.namespace[f"new_{kind.__name__}"] = placed
            return f"new_{kind.__name__}({', '.join(arguments.values())})"
        return f"{self.named(kind)}({', '.join(f'{name}={made}' for name, made in arguments.items())})"

    def field(self, hint: Any, name: str, path: str) -> tuple[str, dict[str, str]]:
        may_be_none = NoneType in get_args(hint)
        [kind] = [option for option in get_args(hint) if option is not NoneType] if may_be_none else [hint]
        if is_dataclass(kind):
            prefix = name.removesuffix("account") if name.endswith("account") else f"{name}_"
            made, written = self.value(kind, prefix, path)
        else:
            read, write = self.form(kind, name)
            made, written = read.format(name), {name: write.format(path)}
        if not may_be_none:
            return made, written
        return _or_none(made, next(iter(written))), {
            key: _or_none(part, path) for key, part in written.items()
        }

    def function(self, kind: Any, parameter: str, body: str) -> Any:
        """A function of one parameter, which bears the name of the kind."""
        source = f"def {kind.__name__}_({parameter}):\n    {body}\n"
        exec(compile(source, f"<rows of {kind.__name__}>", "exec"), self.namespace)  # noqa: S102
        made = self.namespace[f"{kind.__name__}_"]
        made.__name__ = kind.__name__
        return made

    def form(self, kind: Any, name: str) -> tuple[str, str]:
        """How a value of this kind is read and written. Raises TypeError for a kind that no column holds."""
        kind = getattr(kind, "__supertype__", kind)
        if get_origin(kind) is tuple:
            self.namespace[f"kind_of_{name}"] = kind
            return f"decode({{}}, kind_of_{name})", "encode({})"
        if issubclass(kind, StrEnum):
            return f"{self.named(kind)}({{}})", "str({})"
        if kind not in FORMS:
            raise TypeError(f"no column holds a {kind.__name__}, as {name} is")
        return FORMS[kind]

    def named(self, kind: Any) -> str:
        self.namespace[kind.__name__] = kind
        return str(kind.__name__)


def _or_none(expression: str, absent: str) -> str:
    return expression if expression == absent else f"None if {absent} is None else {expression}"


def slices(*sources: Sequence[object]) -> list[slice]:
    """Where each part of a joined row lies."""
    ends = accumulate(len(source) for source in sources)
    return [slice(start, end) for start, end in pairwise([0, *ends])]


READERS: dict[Table, tuple[Columns, Callable[[Row], object]]] = {}
"""For each table whose rows become values: the columns that are read, and the function that makes a value of them."""
ROTATION = Number(name=FieldName("token_rotation"), lowest=0, highest=999_999_999, unit="codes")
"""As many digits as a button's number has."""


def _of_table(
    kind: type[T], source: Table, *left_out: str, interned: bool = False, checks: Sequence[Field] = ()
) -> Mapped[T]:
    """``checks`` are the fields with which a wrong value could make a day, a picture or a button impossible, also for
    other rows that are shown beside this one."""
    its_columns, of_row, to_row = mapped(kind, columns(source, *left_out))
    if checks:
        of_row = _checked(of_row, checks)
    if interned:
        of_row = lru_cache(maxsize=INTERNED)(of_row)
    READERS[source] = its_columns, of_row
    return its_columns, of_row, to_row


def _checked(of_row: Callable[[Row], T], checks: Sequence[Field]) -> Callable[[Row], T]:
    """Makes ``of_row`` raise a refusal where one of the fields has a value that is not allowed."""

    @wraps(of_row)
    def checked(row: Row) -> T:
        value = of_row(row)
        for field in checks:
            field.check(getattr(value, field.name))
        return value

    return checked


def _fields(target: Target, *names: str) -> Sequence[Field]:
    return [FIELDS[target][name] for name in names]


MERCHANT, merchant, merchant_row = _of_table(
    Merchant,
    tables.merchants,
    interned=True,
    checks=_fields(Target.MERCHANT, "colour", "timezone", "currency"),
)
STORE, store, store_row = _of_table(
    Store, tables.stores, interned=True, checks=_fields(Target.STORE, "location")
)
PROGRAM, program, program_row = _of_table(
    Program, tables.program_versions, interned=True, checks=_fields(Target.PROGRAM, "stamps_target")
)
LOGO, logo, logo_row = _of_table(Logo, tables.logos)
CUSTOMER, customer, customer_row = _of_table(Customer, tables.customers, "folded_name", interned=True)
CARD, card, card_row = _of_table(Card, tables.cards, "token_hash", checks=[ROTATION])
NOTE, note, note_row = _of_table(CardNote, tables.card_notes)
MOVE, move, move_row = _of_table(CardMove, tables.card_moves)
STAFF, staff, staff_row = _of_table(Staff, tables.staff, interned=True)
PIN_SESSION, pin_session, pin_session_row = _of_table(
    PinSession, tables.pin_sessions, "merchant_id", "staff_id", "bot_id", "user_id"
)
INVITE, invite, invite_row = _of_table(Invite, tables.invites)
ENTRY, entry, entry_row = _of_table(Entry, tables.entries, "summarized_on", "fingerprint")
SUMMARY_PLAN, summary_plan, summary_plan_row = _of_table(SummaryPlan, tables.summary_plans)
ROUTE, route, route_row = _of_table(Route, tables.directory)
SHOP_INVITE, shop_invite, shop_invite_row = _of_table(ShopInvite, tables.shop_invites)
BOT, bot, bot_row = _of_table(BotProfile, tables.bots)
PERSON, person, person_row = _of_table(Person, tables.people, interned=True)
DESK, desk, desk_row = _of_table(Desk, tables.desks, interned=True)
DISPUTE, dispute, dispute_row = _of_table(Dispute, tables.disputes)
DIALOGUE, dialogue, dialogue_row = _of_table(Dialogue, tables.dialogues)
UPDATE, update, update_row = _of_table(
    ReceivedUpdate, tables.inbox, "done_at", "failed_at", "error", "reported_at", "owner"
)
JOB_RUN, job_run, job_run_row = _of_table(JobRun, tables.job_runs)
TAKINGS, takings, takings_row = _of_table(Takings, tables.takings)
FLAG, flag, flag_row = _of_table(Flag, tables.flags)
APPROVAL, approval, approval_row = _of_table(Approval, tables.approvals)
CONSENT, consent, consent_row = _of_table(Consent, tables.consents)
OFFER, offer, offer_row = _of_table(Offer, tables.offers)
CAMPAIGN, campaign, campaign_row = _of_table(Campaign, tables.campaigns)
BIRTHDAY, birthday, birthday_row = _of_table(Birthday, tables.birthdays)
ABSENCE, absence, absence_row = _of_table(Absence, tables.absences)
REFERRAL, referral, referral_row = _of_table(Referral, tables.referrals)
MAILBOX, mailbox, mailbox_row = _of_table(Mailbox, tables.mailboxes)
MAIL_CODE, mail_code, mail_code_row = _of_table(MailCode, tables.mail_codes)
WALLET_PASS, wallet_pass, wallet_pass_row = _of_table(
    WalletPass,
    tables.wallet_passes,
    "owed_since",
    "due_at",
    "is_of_many",
    "error",
    "leased_by",
    "leased_until",
    "failed_at",
)
WALLET_DEVICE, wallet_device, wallet_device_row = _of_table(WalletDevice, tables.wallet_devices)
CHANGE, change, change_row = _of_table(FieldChange, tables.changes)
BLANK, blank, blank_row = _of_table(Blank, tables.blank_cards)
ADOPTION, adoption, adoption_row = _of_table(Adoption, tables.adoptions)
ERASURE, erasure, erasure_row = _of_table(Erasure, tables.erasures)

"""What the use cases need from a database, and how the shell runs them.

A use case is a plain function over a transaction, or over the one part of it that it needs: it neither begins nor
commits nor awaits. ``write`` runs one in a transaction and returns when its effect is durable; ``read`` runs one that
changes nothing.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from domain.account import Account, Locale, Person
from domain.acts import Operation
from domain.approval import Approval, Approver
from domain.bot_profile import BotProfile
from domain.campaign import Campaign, CampaignOutcome, Candidate, Selection, Standing
from domain.card import Card, CardFlag, CardMove, CardNote, CardRef, Customer, Holding
from domain.coming_back import Absence, Birthday, Referral
from domain.delivery import Address, CardShown, ChannelKind, Delivery
from domain.dialogue import Dialogue
from domain.dispute import Dispute
from domain.entry import Entry
from domain.expiry import Due, DueCard
from domain.fields import FieldChange
from domain.flags import Flag, FlagKind, WatchedAct
from domain.history import CardHistory, CardLine, LedgerLine
from domain.ids import (
    AdoptionId,
    ApprovalId,
    BotId,
    CampaignId,
    CardId,
    CardNumber,
    CustomerId,
    EntryId,
    Fingerprint,
    FlagId,
    InviteId,
    MerchantId,
    MessageId,
    MoveId,
    OperationKey,
    ProgramId,
    SheetId,
    StaffId,
    StoreId,
    TokenHash,
    UpdateId,
    UserId,
)
from domain.job_run import JobRun
from domain.kinds import EntryKind
from domain.link import Route, ShopInvite
from domain.logo import Logo
from domain.mailbox import Mailbox, MailCode, Post
from domain.marketing import Consent, Offer
from domain.merchant import Merchant, Program, Store
from domain.messages import Message, MessageKind
from domain.personal import Erasure
from domain.printed import Adoption, Blank, Sheet
from domain.report import Choice, DateRange
from domain.rules.counter import Counter
from domain.rules.expiry import Period, Warned
from domain.staff import Actor, Desk, Invite, Membership, Pin, PinSession, Staff
from domain.summary import DaySummary, Figures, SummaryPlan
from domain.takings import Takings
from domain.update import Kept, ReceivedUpdate
from domain.wallet import PassKey, PassStanding, WalletCounts, WalletDevice, WalletKind, WalletPass
from domain.wording import Wording

InputT = TypeVar("InputT")
ResultT = TypeVar("ResultT")
InputT_contra = TypeVar("InputT_contra", contravariant=True)
ResultT_co = TypeVar("ResultT_co", covariant=True)
Presence = tuple[Person | None, Desk | None, Dialogue | None]
"""Whatever there is of an account and can be read."""
KeptRows = Mapping[str, Sequence[Mapping[str, object]]]
"""By what they are of, the rows in the form in which they are told."""


class Moment(Protocol):
    """What every part of a transaction has. ``now`` was read once, after the lock was held, and stands still."""

    @property
    def now(self) -> datetime: ...

    def new_id(self) -> str:
        """A UUIDv7 in canonical form, later than every one before it."""

    def chance_below(self, bound: int) -> int:
        """A number from 0 to ``bound`` - 1 that nobody can foresee."""


class Ledger(Moment, Protocol):
    """Cards, their entries, and which operations were already carried out."""

    def operation(self, merchant_id: MerchantId, key: OperationKey) -> Operation | None:
        """What this key was used for, None when it was never seen."""

    def counter(self, actor: Actor, card: CardRef | None) -> Counter:
        """All that is known where an act happens; who names a merged card means the one that stands for it, and a
        printed one that nobody has is there as it will be."""

    def lock_counter(self, actor: Actor, card: CardRef) -> Counter:
        """The same, and the card stays locked until the transaction ends."""

    def append(self, card: Card, entry: Entry, told: str) -> None:
        """One more entry, by an operation that came with this input, and the card as it is after it, but for what
        ``save_held`` saves."""

    def save_held(self, card: Card) -> None:
        """What the card keeps of earlier terms."""

    def entries_of(
        self, card: Card, *, newest: int | None = None, before: int | None = None
    ) -> Sequence[Entry]:
        """A card's own entries, oldest first: all, or the ``newest`` so many; of those ``before`` this number."""

    def history_of(self, card: Card, *, newest: int | None = None) -> Sequence[Entry]:
        """The same with the entries of all cards that were merged into it, as they happened."""

    def entry(self, merchant_id: MerchantId, entry_id: EntryId) -> Entry | None: ...

    def summarize_entries(
        self, merchant_id: MerchantId, on: date, ends_at: datetime, misdated_after: datetime
    ) -> Sequence[Entry]:
        """What no summary has yet of what happened before ``ends_at`` or after ``misdated_after``, oldest first; from
        now on the one ``on`` this date has it."""

    def changed_on(self, merchant_id: MerchantId, day: date) -> Sequence[tuple[Entry, CustomerId]]:
        """What happened on a local date, at any store, to the customers of whom something was taken back on it or
        whose cards became one, with whose it is."""

    def figures_at(
        self, merchant_id: MerchantId, store_id: StoreId, day: date, staff: Staff | None, *, by_holder: bool
    ) -> Figures:
        """What the acts of a store's day come to, or those of one member there, as if nothing had been taken back.
        Its ``cards`` are how many were served, or, ``by_holder``, how many people."""

    def last_card(self, staff: Staff, store_id: StoreId, day: date) -> CardId | None:
        """The one that a member did something to last, at a store and on a local date."""

    def entries_behind(
        self, merchant_id: MerchantId, choice: Choice, skip: int, limit: int
    ) -> Sequence[tuple[Entry, CardNumber]]:
        """Those that figures are made of, oldest first, after the first ``skip``."""

    def entries_within(self, merchant_id: MerchantId, card_id: CardId, dates: DateRange) -> Sequence[Entry]:
        """What happened in a range of days to a card and to those that were merged with it, oldest first."""

    def count_acts(self, staff: Staff, kind: EntryKind, day: date) -> int:
        """How many entries of a kind a member made on a local date, those taken back among them."""

    def count_entries(self, merchant_id: MerchantId) -> tuple[int, date | None, date | None]:
        """How many there are, and the first and the last of their local dates."""


class Customers(Moment, Protocol):
    """Who holds which card."""

    def customer(self, merchant_id: MerchantId, customer_id: CustomerId) -> Customer | None: ...
    def customer_of(self, merchant_id: MerchantId, account: Account) -> Customer | None: ...
    def add_customer(self, customer: Customer) -> None: ...
    def card(self, merchant_id: MerchantId, ref: CardRef) -> tuple[Card, Customer, Program] | None: ...
    def cards_of(self, customer: Customer) -> Sequence[tuple[Card, Program]]:
        """Without those that were merged into others."""

    def merged_cards_of(self, customer: Customer) -> Sequence[Card]:
        """Those that were."""

    def retire_merged_codes(self, card: Card) -> Sequence[CardId]:
        """Codes of the cards that it stands for name nothing any more; returns which cards those are."""

    def close_merged(self, card: Card) -> None:
        """It is closed, and ``merged_into`` stands for it and for those that it stood for."""

    def add_card(self, card: Card, token_hash: TokenHash) -> None: ...
    def is_number_taken(self, merchant_id: MerchantId, number: CardNumber) -> bool:
        """By a card, or one that was printed."""

    def customers_of_names(
        self, merchant_id: MerchantId, beginning: str, skip: int, limit: int
    ) -> Sequence[Customer]:
        """Those whose folded name begins so, by name, after the first ``skip``."""

    def save_active(self, card: Card) -> None: ...
    def add_note(self, note: CardNote) -> None: ...
    def notes_of(self, card: Card, limit: int) -> Sequence[CardNote]:
        """The newest so many, newest first."""

    def add_move(self, move: CardMove) -> None: ...
    def save_move(self, move: CardMove) -> None:
        """That it was allowed, and that it ended."""

    def move(self, merchant_id: MerchantId, move_id: MoveId) -> CardMove | None: ...
    def newest_move(self, card: Card) -> CardMove | None:
        """None where there is none that can be read."""

    def hand_over(self, customer: Customer, account: Account, name: str) -> None:
        """All that the customer has at the merchant is the account's from now on, what they wait to hear of disputes
        included."""

    def rotate_token(self, card: Card, token_hash: TokenHash) -> Card:
        """The card in its next rotation, whose token has ``token_hash``."""

    def add_dispute(self, dispute: Dispute) -> bool:
        """False when there is one of its entry already."""

    def save_dispute(self, dispute: Dispute) -> None:
        """How it was settled."""

    def dispute(self, merchant_id: MerchantId, entry_id: EntryId) -> Dispute | None: ...
    def disputes_of(self, merchant_id: MerchantId) -> Sequence[Dispute]:
        """All that there ever were, oldest first."""

    def lock_card(self, merchant_id: MerchantId, card_id: CardId) -> Holding | None:
        """The card with all that it depends on; it stays locked until the transaction ends."""

    def cards_made_between(
        self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime
    ) -> frozenset[CardId]:
        """Those of who had none before, be it several of one holder. Owners, who have one to try, are not counted."""

    def cards_by_program(self, merchant_id: MerchantId) -> Mapping[CardId, tuple[ProgramId, CustomerId]]: ...

    def cards_in(self, program: Program, after: CardId | None, limit: int) -> Sequence[CardId]:
        """The program's cards in the order of their ids, those after ``after``."""

    def cards_of_the_team(self, merchant_id: MerchantId) -> Sequence[CardFlag]:
        """Joined from an account that ever opened a link of the team, a shared phone's included."""

    def cards_of_one_person(self, merchant_id: MerchantId, acts_min: int) -> Sequence[CardFlag]:
        """At least so many times stamps or points were given, always by the same member, while others gave to other
        cards."""

    def rewards_outstanding(self, program: Program) -> int:
        """How many rewards the program's cards are good for now: full cards, and balances of points that are
        enough for one."""


class Printed(Moment, Protocol):
    """Cards that nobody has yet, and who asks for a guest's card."""

    def add_blank(self, blank: Blank) -> None: ...
    def save_blank(self, blank: Blank) -> None:
        """That it is somebody's, or was withdrawn."""

    def sheets_of(self, merchant_id: MerchantId) -> Sequence[Sheet]:
        """All that were ever printed, the newest first."""

    def blanks_on(self, merchant_id: MerchantId, sheet_id: SheetId) -> Sequence[Blank]:
        """The cards of a printed sheet, in use and withdrawn ones too."""

    def count_unused(self, merchant_id: MerchantId) -> int:
        """How many cards of its sheets are nobody's yet."""

    def unused_blanks(self, merchant_id: MerchantId) -> Sequence[Blank]:
        """Printed or mailed."""

    def blank(self, merchant_id: MerchantId, ref: CardRef) -> tuple[Blank, Program] | None:
        """One that is nobody's yet."""

    def blank_made(self, merchant_id: MerchantId, card_id: CardId) -> Blank | None:
        """Whatever has become of it; None for one that cannot be read."""

    def count_mailed(self, merchant_id: MerchantId, staff_id: StaffId, since: datetime) -> int:
        """How many cards a member gave by mail."""

    def mailed_before(self, before: datetime, limit: int) -> Sequence[Blank]:
        """Those that nobody has shown."""

    def give_card(self, card: Card, customer: Customer) -> Card:
        """It is another customer's from now on."""

    def save_adoption(self, adoption: Adoption) -> None:
        """In the place of the one there is of its card."""

    def adoption(self, card: Card) -> Adoption | None:
        """None where there is none that can be read."""

    def adoption_of(self, merchant_id: MerchantId, adoption_id: AdoptionId) -> Adoption | None: ...
    def forget_adoptions(self, asked_before: datetime) -> int: ...


class Expiries(Moment, Protocol):
    """Which balances have to be looked at, and what their holders were told."""

    def cards_to_look_at(self, after: DueCard | None, limit: int) -> Sequence[DueCard]:
        """Cards whose time has come in their order, those after ``after``."""

    def save_expiry(self, card: Card) -> None:
        """When the card's balances expire and when that is looked at next."""

    def warned(self, card: Card, due: Due, expires_at: datetime) -> Warned | None:
        """What has become of the newest warning of what expires then."""

    def save_warning(self, card: Card, period: Period, message_id: MessageId) -> None: ...
    def open_warnings(self, card: Card) -> Sequence[tuple[Due, datetime, Warned]]:
        """Those of what has not expired yet."""

    def carry_warning(self, card: Card, due: Due, expires_at: datetime, warned: Warned) -> None:
        """What another card's holder was told holds for this one."""

    def forget_warning(self, card: Card, due: Due, expires_at: datetime) -> None:
        """As if nothing had been said: it no longer holds."""

    def has_expired_by(self, merchant_id: MerchantId, message_id: MessageId) -> bool:
        """Whether something has of which this message warned."""

    def save_expired(self, card: Card, period: Period, entry: Entry, *, is_reachable: bool) -> None:
        """The period is over; whether its holder could be told stays with it."""


class Summaries(Moment, Protocol):
    """The days that merchants were told about, and when the next is due."""

    def merchants_to_summarize(self, ahead: datetime, limit: int) -> Sequence[MerchantId]:
        """So many whose next summary is due, and so many where it is planned for later than ``ahead``."""

    def summary_plan(self, merchant_id: MerchantId) -> SummaryPlan | None: ...
    def save_summary_plan(self, plan: SummaryPlan) -> None: ...
    def summary(self, merchant_id: MerchantId, day: date) -> DaySummary | None: ...
    def add_summary(self, merchant_id: MerchantId, summary: DaySummary) -> None:
        """One more that nobody has been told about yet."""

    def forget_summaries(self, merchant_id: MerchantId, since: date) -> Sequence[DaySummary]:
        """Takes back those of this date and later: no summary has what they had. Returns them, oldest first."""

    def summaries_told(self, merchant_id: MerchantId, on: date | None) -> Sequence[DaySummary]:
        """The days that were told together, on that of the newest; None: those that nobody was told about yet.

        Oldest first. What cannot be read is left out.
        """

    def summaries_are_told(self, merchant_id: MerchantId, days: Sequence[date]) -> None:
        """These together, the newest last."""

    def failed_between(self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime) -> int:
        """How many deliveries were given up from one instant until just before another."""


class Terms(Moment, Protocol):
    """Merchants, their stores and the versions of their programs."""

    def merchant(self, merchant_id: MerchantId) -> Merchant | None: ...
    def merchants(self) -> Sequence[Merchant]:
        """Oldest first."""

    def add_merchant(self, merchant: Merchant) -> None: ...
    def save_merchant(self, merchant: Merchant) -> None: ...
    def store(self, merchant_id: MerchantId, store_id: StoreId) -> Store | None: ...
    def stores_of(self, merchant_id: MerchantId) -> Sequence[Store]: ...
    def add_store(self, store: Store) -> None: ...
    def save_store(self, store: Store) -> None: ...
    def programs_of(self, merchant_id: MerchantId) -> Sequence[Program]:
        """The present version of each program, oldest program first."""

    def add_program_version(self, program: Program) -> None: ...
    def programs_to_spread(self) -> Sequence[tuple[MerchantId, ProgramId]]:
        """Programs whose present version not all of their cards have been reckoned by."""

    def program_spread(self, program: Program) -> None:
        """All cards have been reckoned by this version."""

    def begun_cards(self, program: Program) -> Sequence[Card]:
        """The program's cards that hold anything, by their ids, blocked ones among them."""

    def add_change(self, change: FieldChange) -> None: ...
    def changes_of(self, merchant_id: MerchantId, limit: int) -> Sequence[FieldChange]:
        """The newest so many, newest first."""

    def logo(self, merchant_id: MerchantId) -> Logo | None: ...
    def has_logo(self, merchant_id: MerchantId) -> bool: ...
    def save_logo(self, logo: Logo) -> None:
        """In the place of the one there is."""

    def forget_logo(self, merchant_id: MerchantId) -> None: ...


class Team(Moment, Protocol):
    """Who works for a merchant, where, and with which links they come in."""

    def staff(self, merchant_id: MerchantId, staff_id: StaffId) -> Staff | None: ...
    def member(self, merchant_id: MerchantId, account: Account) -> Staff | None: ...
    def staff_of(self, merchant_id: MerchantId) -> Sequence[Staff]:
        """Everybody on the merchant's team, in the order in which they were invited."""

    def last_acts_since(self, merchant_id: MerchantId, since: date) -> Mapping[StaffId, date]:
        """The local date of the newest act of each who acted on this date or later."""

    def memberships_of(self, account: Account) -> Sequence[Membership]: ...
    def team_at(self, merchant_id: MerchantId, store_id: StoreId) -> Sequence[Staff]:
        """Active members who may act at a store, terminals left out, by name."""

    def stores_for(self, staff: Staff) -> Sequence[Store]:
        """The active stores a member may act at, by name."""

    def assigned_to(self, staff: Staff) -> frozenset[StoreId]:
        """The stores they are assigned to, closed ones too; none for who works everywhere."""

    def managers_of(self, merchant_id: MerchantId) -> Sequence[Account]:
        """The accounts of active owners and managers."""

    def approvers_of(self, merchant_id: MerchantId) -> Sequence[Approver]:
        """Active members with an account who may approve what others ask for, by name."""

    def add_staff(self, staff: Staff, store_ids: Iterable[StoreId]) -> None: ...
    def assign_stores(self, staff: Staff, store_ids: Iterable[StoreId]) -> None:
        """To these, and to no others."""

    def save_staff(self, staff: Staff) -> None: ...
    def save_pin(self, staff: Staff, pin: Pin) -> None: ...
    def add_invite(self, invite: Invite) -> None: ...
    def invite(self, merchant_id: MerchantId, invite_id: InviteId) -> Invite | None: ...
    def invites_of(self, merchant_id: MerchantId) -> Sequence[Invite]:
        """All that were ever made, oldest first."""

    def save_invite(self, invite: Invite) -> None: ...
    def desk(self, account: Account) -> Desk | None: ...
    def save_desk(self, desk: Desk) -> None: ...
    def end_desks_at(self, store: Store) -> None:
        """Nobody has chosen to work there any more."""

    def pin_session(self, staff: Staff, account: Account) -> PinSession: ...
    def save_pin_session(self, staff: Staff, account: Account, session: PinSession) -> None: ...
    def save_pin_window(self, staff: Staff, account: Account, verified_at: datetime | None) -> None:
        """Moves the window of a session that is there, or ends it, and leaves the tries as they are counted."""

    def end_pin_sessions(self, staff: Staff) -> None:
        """On every account: the PIN was not typed there, neither right nor wrong."""

    def dismiss(self, staff: Staff) -> None:
        """Ends the member's PIN sessions and what they were asked; they stand at no counter any more, nor anybody at
        theirs."""


class Directory(Moment, Protocol):
    """Where a link leads and which merchants an account has to do with: no merchant is known yet."""

    def route(self, token_hash: TokenHash) -> Route | None: ...
    def add_route(self, route: Route) -> None: ...
    def retire_routes(self, merchant_id: MerchantId, target_id: str) -> None:
        """Links that led to this target are replaced: of that they are known, and for nothing else."""

    def add_shop_invite(self, invite: ShopInvite) -> None: ...
    def shop_invite(self, merchant_id: MerchantId) -> ShopInvite | None: ...
    def merchants_of(self, account: Account) -> Sequence[MerchantId]:
        """Most recently dealt with first."""

    def remember_merchant(self, account: Account, merchant_id: MerchantId) -> None: ...
    def bot_profile(self, bot_id: BotId) -> BotProfile | None: ...
    def bot_profiles(self) -> Sequence[BotProfile]:
        """Of all bots that have served the database."""

    def save_bot_profile(self, profile: BotProfile) -> None: ...
    def key_fingerprint(self) -> Fingerprint | None:
        """Of the secret key that the tokens were made with; None in a database from before it was kept."""

    def save_key_fingerprint(self, fingerprint: Fingerprint) -> None: ...


class People(Moment, Protocol):
    """Accounts, and the questions asked of them."""

    def person(self, account: Account) -> Person | None: ...
    def presences(self, accounts: Sequence[Account]) -> Sequence[Presence]:
        """Of each, in their order."""

    def save_person(self, person: Person) -> None: ...
    def strangers(self, bot_id: BotId, seen_before: datetime, limit: int) -> Sequence[UserId]:
        """Whom no merchant has ever dealt with and who have not written since, the longest silent first."""

    def forget_person(self, account: Account) -> None: ...
    def dialogue(self, account: Account) -> Dialogue | None: ...
    def save_dialogue(self, dialogue: Dialogue) -> None: ...
    def end_dialogue(self, account: Account) -> None: ...
    def end_lapsed_dialogues(self) -> int: ...
    def end_dialogues(self) -> None:
        """All of them."""


class Outbox(Moment, Protocol):
    """Messages the bot owes, and their deliveries, each leased to one dispatcher at a time."""

    channels_on: Collection[ChannelKind]

    def post_of(self, account: Account) -> Post | None:
        """None for who has no mailbox."""

    def enqueue(self, message: Message, addresses: Sequence[Address]) -> None:
        """One more message, with a delivery to each of these addresses."""

    def add_delivery(self, delivery: Delivery) -> None:
        """One more of a message that is there, due now, unless it has it already."""

    def owed_by(self, bot_id: BotId, channel: ChannelKind) -> Sequence[Delivery]: ...

    def redirect(self, merchant_id: MerchantId, before: Account, after: Account) -> None:
        """What one account is owed as the merchant's customer goes to another, but for what is on its way."""

    def message(self, merchant_id: MerchantId, message_id: MessageId) -> Message:
        """Raises MessageUnreadable."""

    def reference(self, delivery: Delivery, message_id: MessageId) -> str | None:
        """What the channel calls the message as it was delivered to this address, None where it was given up.

        Raises PredecessorOwed until that is known.
        """

    def lease_due(
        self, bot_id: BotId, channel: ChannelKind, holder: str, until: datetime, limit: int
    ) -> Sequence[Delivery]: ...
    def release_leases(self, bot_id: BotId, channel: ChannelKind) -> int:
        """This process's, and those of whoever is not at work any more."""

    def has_nobodys_deliveries(self, bot_id: BotId) -> bool:
        """Whether some are leased to who is not at work any more."""

    def release_nobodys_deliveries(self, bot_id: BotId) -> int: ...
    def delivery_made(self, delivery: Delivery, reference: str) -> bool:
        """False where nobody is to know any more to whom it went."""

    def delivery_postponed(
        self, delivery: Delivery, due_at: datetime, *, attempts: int, error: str
    ) -> None: ...
    def delivery_failed(self, delivery: Delivery, error: str, *, is_unreported: bool) -> None:
        """It is given up; ``is_unreported`` until ``delivery_reported``."""

    def mailed(self, bot_id: BotId, merchant_id: MerchantId, message_id: MessageId) -> Delivery | None:
        """A message as it goes or went by mail; None for one that does not, or whose reader was erased."""

    def delivery_returned(self, delivery: Delivery, error: str, *, has_told: bool) -> bool:
        """It was made and came back: it is given up, and unless it ``has_told`` was never made. False for one that is
        owed, or was given up before."""

    def unreported_deliveries(self, bot_id: BotId) -> Sequence[tuple[Delivery, str]]:
        """Those that the operators were not told of, each with its error, oldest first."""

    def delivery_reported(self, delivery: Delivery) -> None: ...
    def next_due_at(self, bot_id: BotId) -> datetime | None: ...
    def end_lapsed_leases(self, bot_id: BotId) -> int: ...
    def count_deliveries(self, bot_id: BotId) -> tuple[int, int]:
        """How many are owed, and how many were given up."""

    def card_shown(self, account: Account, merchant_id: MerchantId, card_id: CardId) -> CardShown | None:
        """Where in the account's chat."""

    def show_card(self, account: Account, merchant_id: MerchantId, card_id: CardId, shown: CardShown) -> None:
        """It is there from now on, where no other card is any more."""

    def count_held(self) -> int:
        """Of all bots, those that a restore holds back: nobody leases them."""

    def release_held(self) -> int: ...
    def drop_held(self) -> int:
        """They are given up."""


class Mailboxes(Moment, Protocol):
    """The addresses of people, and the codes that were sent to prove them."""

    def save_mailbox(self, mailbox: Mailbox) -> None: ...
    def forget_mailbox(self, account: Account) -> None:
        """With the addresses that codes were sent to."""

    def count_refused_mailboxes(self, bot_id: BotId) -> int:
        """How many take no mail."""

    def mail_codes(self, account: Account, address_mark: str, since: datetime) -> Sequence[MailCode]:
        """Those of the account or to the address, newest first."""

    def mail_code_in(self, bot_id: BotId, mail_hash: TokenHash) -> MailCode | None:
        """The one that was in the mail called so."""

    def open_mail_code(self, account: Account) -> MailCode | None:
        """The newest that is not over, whenever it was asked for."""

    def save_mail_code(self, code: MailCode) -> None: ...
    def end_mail_codes(self, account: Account) -> None:
        """All of them: what they were sent to is forgotten."""

    def forget_mail_codes(self, asked_before: datetime) -> int: ...


class Wordings(Moment, Protocol):
    """What merchants and stores say in their own words; ``store_id`` None is the whole merchant."""

    def save_wording(self, wording: Wording) -> None:
        """In the place of the one for the same kind, language, merchant and store."""

    def forget_wording(
        self, merchant_id: MerchantId, store_id: StoreId | None, kind: MessageKind, locale: Locale
    ) -> bool:
        """False when there was none."""

    def wordings_for(self, merchant_id: MerchantId, kind: MessageKind, locale: Locale) -> Sequence[Wording]:
        """The merchant's own, and those of its stores."""

    def wordings_of(self, merchant_id: MerchantId) -> Sequence[Wording]: ...


class Inbox(Moment, Protocol):
    """Updates that Telegram may forget because they are kept here."""

    def receive(self, update: ReceivedUpdate) -> Kept: ...

    def update_done(self, bot_id: BotId, update_id: UpdateId) -> None: ...
    def update_failed(self, bot_id: BotId, update_id: UpdateId, error: str, *, for_good: bool) -> None:
        """One more attempt came to nothing, or is about to."""

    def update_put_back(self, bot_id: BotId, update_id: UpdateId) -> None:
        """The last attempt does not count."""

    def unfinished_updates(self, bot_id: BotId) -> Sequence[ReceivedUpdate]:
        """Those that are for this process to handle."""

    def updates_called_for(
        self, bot_id: BotId, known: Collection[UpdateId], limit: int
    ) -> Sequence[ReceivedUpdate]:
        """Of those the first so many that are not known, in the order in which Telegram sent them."""

    def has_nobodys_updates(self, bot_id: BotId) -> bool:
        """Whether some are left of which nobody who is at work is the owner."""

    def take_nobodys_updates(self, bot_id: BotId) -> Sequence[ReceivedUpdate]:
        """From now on they are this process's."""

    def unreported_updates(self, bot_id: BotId) -> Sequence[tuple[UpdateId, str]]:
        """Those kept aside that nobody was told of, each with its error, oldest first."""

    def update_reported(self, bot_id: BotId, update_id: UpdateId) -> None: ...
    def count_updates(self, bot_id: BotId) -> tuple[int, int]:
        """How many are not done yet, and how many are kept aside."""

    def forget_updates(self, done_before: datetime) -> int: ...
    def forget_dead_letters(self, bot_id: BotId, failed_before: datetime) -> int: ...


class Jobs(Moment, Protocol):
    """How what runs by itself went the last time."""

    def job_runs(self, bot_id: BotId) -> Sequence[JobRun]:
        """Of this bot and of its process, by the name of the job."""

    def save_job_run(self, run: JobRun) -> None: ...
    def mend_times(self) -> int:
        """Brings back what lies further ahead than it ever does: a clock that was ahead has written it. Returns how
        many rows: deliveries and leases, locks, invitations, questions, updates and runs of jobs."""


class Flags(Moment, Protocol):
    """What owners should look at."""

    def watched_acts(self, merchant_id: MerchantId, first: date, last: date) -> Sequence[WatchedAct]:
        """What members did at the counter and took back between two local dates, oldest first."""

    def add_flag(self, flag: Flag) -> bool:
        """False when one of its kind, member, period and matter is there already."""

    def flag(self, merchant_id: MerchantId, flag_id: FlagId) -> Flag | None: ...
    def open_flags(self, merchant_id: MerchantId) -> Sequence[Flag]:
        """Those that nobody has dismissed, newest first."""

    def save_flag(self, flag: Flag) -> None:
        """That it was dismissed."""

    def forget_flags(
        self, merchant_id: MerchantId, kinds: Collection[FlagKind], about: str, on: date
    ) -> None:
        """Those of these kinds about something in the period of this date."""


class TakingsTyped(Moment, Protocol):
    """What owners have typed of what was taken."""

    def takings_between(self, merchant_id: MerchantId, first: date, last: date) -> Sequence[Takings]:
        """Those that hold, of these local dates and between, the earliest date first."""

    def takings_of(self, merchant_id: MerchantId, store_id: StoreId, day: date) -> Sequence[Takings]:
        """All that was ever typed for a day, the last first."""

    def takings_typed_by(self, merchant_id: MerchantId, key: OperationKey) -> Takings | None: ...
    def add_takings(self, takings: Takings) -> None:
        """In the place of those before for the same store and date, which stay to be looked up."""


class Approvals(Moment, Protocol):
    """What members asked owners and managers to allow."""

    def add_approval(self, approval: Approval) -> None: ...
    def save_approval(self, approval: Approval) -> None:
        """What came of it."""

    def save_approval_place(self, approval: Approval) -> None:
        """Which message of the asker's chat says how it stands."""

    def approval(self, merchant_id: MerchantId, approval_id: ApprovalId) -> Approval | None: ...
    def approval_by_key(self, merchant_id: MerchantId, key: OperationKey) -> Approval | None: ...
    def approvals_by(self, staff: Staff, since: datetime) -> Sequence[Approval]:
        """What a member asked for at this time and later, oldest first."""

    def approvals_of(self, merchant_id: MerchantId) -> Sequence[Approval]:
        """All that there ever were, oldest first."""

    def lapsed_approvals(self, limit: int) -> Sequence[tuple[MerchantId, ApprovalId]]:
        """Those that nobody has answered in time."""


class Marketing(Moment, Protocol):
    """Who allowed it, and what was written to them."""

    def consent(self, merchant_id: MerchantId, customer_id: CustomerId) -> Consent | None: ...

    def save_consent(self, consent: Consent) -> None: ...

    def forget_consent(self, customer: Customer) -> None:
        """As if nobody had asked."""

    def add_offer(self, offer: Offer) -> None: ...

    def offers_since(self, customer: Customer, since: datetime, limit: int) -> Sequence[Offer]:
        """The newest first."""


class Campaigns(Moment, Protocol):
    """Messages of shops to many of their customers."""

    def campaign(self, merchant_id: MerchantId, campaign_id: CampaignId) -> Campaign | None: ...

    def save_campaign(self, campaign: Campaign) -> None:
        """A new one, or in the place of what it was."""

    def forget_campaign(self, campaign: Campaign) -> None:
        """With its picture; for one that nobody was written."""

    def campaigns_of(self, merchant_id: MerchantId, limit: int) -> Sequence[Campaign]:
        """The newest so many, newest first."""

    def campaigns_at_work(self) -> Sequence[Campaign]:
        """Those being sent, and those planned for now or before, oldest first."""

    def campaign_photo(self, merchant_id: MerchantId, campaign_id: CampaignId) -> bytes | None: ...

    def save_campaign_photo(
        self, merchant_id: MerchantId, campaign_id: CampaignId, photo: bytes | None
    ) -> None: ...

    def candidates(
        self,
        merchant: Merchant,
        selection: Selection,
        written_since: datetime,
        after: CustomerId | None,
        limit: int,
    ) -> tuple[Sequence[Candidate], CustomerId | None]:
        """Those of a segment among the next so many customers with a card, in the order of their ids after ``after``;
        and the last that was looked at, None when there are no more. Offers count since ``written_since``."""

    def count_candidates(
        self, merchant: Merchant, selection: Selection, written_since: datetime
    ) -> Sequence[tuple[Standing, int]]:
        """How many customers of a segment stand how; of who does not allow it, nothing else is looked at."""

    def count_marketing_due(self, bot_id: BotId) -> int:
        """How many marketing messages a dispatcher may send now."""

    def count_owed_of(self, campaign: Campaign) -> int:
        """How many it has written are neither delivered nor given up."""

    def campaign_outcome(self, campaign: Campaign) -> CampaignOutcome: ...


class ComingBack(Moment, Protocol):
    """Birthdays, who stays away, and who was invited by whom."""

    def birthday(self, merchant_id: MerchantId, customer_id: CustomerId) -> Birthday | None: ...
    def save_birthday(self, birthday: Birthday) -> None: ...
    def birthdays_due(
        self, merchant_id: MerchantId, today: date, after: CustomerId, limit: int
    ) -> Sequence[CustomerId]:
        """Whose is looked at by now, in the order of their ids."""

    def unasked_of_birthday(
        self, merchant_id: MerchantId, after: CustomerId, limit: int
    ) -> Sequence[CustomerId]:
        """Who allows marketing and neither said it nor was asked, in the order of their ids."""

    def absence(self, merchant_id: MerchantId, customer_id: CustomerId) -> Absence | None: ...
    def save_absence(self, absence: Absence) -> None: ...
    def perhaps_absent(
        self, merchant_id: MerchantId, today: date, after: CustomerId, limit: int
    ) -> Sequence[CustomerId]:
        """Who allows marketing and is looked at by now, or was never, in the order of their ids."""

    def referral_of(self, merchant_id: MerchantId, friend_id: CustomerId) -> Referral | None: ...
    def referral_by_act(self, merchant_id: MerchantId, act_id: EntryId) -> Referral | None:
        """That for which an act was rewarded."""

    def save_referral(self, referral: Referral) -> None: ...
    def count_rewarded(self, merchant_id: MerchantId, referrer_id: CustomerId, dates: DateRange) -> int:
        """For how many friends somebody got something on these local dates."""

    def referrals_rewarded(self, merchant_id: MerchantId, dates: DateRange) -> Sequence[Referral]:
        """Those of all, on these local dates."""


class Wallets(Moment, Protocol):
    """Cards in the wallets of phones, and what these have to be told of. What changes a card, or the terms of a shop,
    marks its passes by itself."""

    def wallet_pass(self, key: PassKey) -> WalletPass | None: ...
    def good_pass(self, card: Card, wallet: WalletKind) -> WalletPass | None:
        """The one that is not voided."""

    def standing_of(self, card: Card) -> Sequence[PassStanding]:
        """All of its passes, the oldest first."""

    def failing_passes(self, bot_id: BotId, limit: int) -> Sequence[PassStanding]:
        """Of all shops: those given up, the newest first, then those of which a try has failed."""

    def tell_again(self, card: Card) -> None:
        """All of its passes, now, the voided ones too."""

    def terms_changed(self, merchant_id: MerchantId) -> None:
        """All passes of the shop are marked, some after the other."""

    def add_pass(self, wallet_pass: WalletPass) -> None: ...
    def void_passes(self, card: Card) -> None:
        """They are good for nothing any more, and their wallets are to be told so."""

    def void_all_passes(self, merchant_id: MerchantId) -> int:
        """Of a whole shop; returns how many were good."""

    def has_passes_to_mark(self) -> bool:
        """Whether terms were changed of which not all passes are marked."""

    def mark_some_passes(self, limit: int) -> int:
        """So many of one shop; returns how many."""

    def next_pass_due_at(self, bot_id: BotId, wallet: WalletKind) -> datetime | None: ...
    def lease_passes(
        self, bot_id: BotId, wallet: WalletKind, holder: str, until: datetime, limit: int
    ) -> Sequence[WalletPass]: ...
    def release_passes(self, bot_id: BotId, wallet: WalletKind) -> int:
        """This process's, and those of whoever is not at work any more."""

    def release_nobodys_passes(self, bot_id: BotId) -> int: ...
    def pass_told(self, wallet_pass: WalletPass) -> bool:
        """False where it has changed since it was read: it stays due."""

    def pass_postponed(
        self, wallet_pass: WalletPass, due_at: datetime, *, attempts: int, error: str
    ) -> None: ...
    def pass_given_up(self, wallet_pass: WalletPass, error: str) -> bool:
        """Until it changes again; False where it has."""

    def count_passes(self, bot_id: BotId) -> WalletCounts: ...
    def forget_passes(self, voided_before: datetime) -> int:
        """With their devices; returns how many."""

    def devices_of(self, key: PassKey) -> Sequence[WalletDevice]:
        """The newest first."""

    def save_device(self, device: WalletDevice) -> bool:
        """False where it was there, and has another token at most."""

    def forget_device(self, device: WalletDevice) -> bool:
        """False where it was not there."""

    def passes_on(self, device_hash: str, since: datetime | None) -> Sequence[WalletPass]:
        """Those that were changed after then, the earliest change first."""


class Promotion(Marketing, Outbox, Protocol):
    """What marketing needs: who may be written to, and the outbox."""


class Personal(Moment, Protocol):
    """What is kept of a person: to be exported, or erased (``storage/kept.py``)."""

    def shops_of(self, account: Account) -> Sequence[MerchantId]:
        """Where they are a customer, or had anything to do with."""

    def cards_shown_to(self, account: Account, merchant_id: MerchantId) -> Sequence[str]:
        """What the chat calls the messages in which cards are shown."""

    def kept_at(self, merchant_id: MerchantId, account: Account, customer: Customer | None) -> KeptRows: ...
    def kept_of(self, account: Account) -> KeptRows:
        """In the bot, whichever the shop."""

    def kept_of_member(self, account: Account) -> KeptRows:
        """As a member of teams."""

    def erase_customer(self, merchant_id: MerchantId, account: Account, customer: Customer | None) -> None:
        """Entries and sums stay, under nobody."""

    def accounts_of(self, merchant_id: MerchantId) -> Sequence[Account]:
        """Of all its customers."""

    def accounts_after(
        self, merchant_id: MerchantId, after: CustomerId, limit: int
    ) -> Sequence[tuple[CustomerId, Account]]:
        """Of the next so many customers, in the order of their ids; who was erased is nobody's."""

    def told_until(self, merchant_id: MerchantId) -> CustomerId | None:
        """Of the customers who are being told that a shop closes, or does not after all, the last who was."""

    def save_told(self, merchant_id: MerchantId, last: CustomerId) -> None: ...
    def end_telling(self, merchant_id: MerchantId) -> None:
        """All have been."""

    def shops_telling(self) -> Sequence[MerchantId]: ...
    def delete_shop(self, merchant_id: MerchantId, limit: int) -> bool:
        """So many rows of one table at most; False where there was none left in any."""

    def erase_person(self, account: Account, *, keeps_name: bool) -> None:
        """What they wrote and were asked, and unless ``keeps_name`` who they are."""

    def save_erasure(self, erasure: Erasure) -> None: ...
    def erasures(self) -> Sequence[Erasure]:
        """Oldest first."""

    def unwiped_erasures(self) -> Sequence[Erasure]:
        """Those of which something may be left in the files of the database."""

    def erasures_wiped(self, until: datetime) -> None:
        """Of those until then nothing is left."""

    def was_erased(self, merchant_id: MerchantId, account_hash: str) -> bool: ...
    def forget_hashes(self, before: datetime) -> int:
        """Of erasures before then."""

    def old_messages(
        self, before: datetime, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str]]: ...
    def forget_messages(self, keys: Sequence[tuple[str, str]]) -> None: ...
    def old_operations(
        self, before: datetime, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str]]: ...
    def forget_operations(self, keys: Sequence[tuple[str, str]]) -> None: ...


class Addresses(People, Outbox, Mailboxes, Protocol):
    """What a person says of where they want to be told."""


class Consenting(Marketing, Customers, Terms, Directory, Protocol):
    """What people allow the shops of which they have cards."""


class Posting(
    Ledger,
    Customers,
    Printed,
    Expiries,
    Team,
    Outbox,
    Flags,
    Approvals,
    Marketing,
    ComingBack,
    Mailboxes,
    Wallets,
    Protocol,
):
    """What an act at the counter needs: the card, its entries, and whom to tell."""


class Holdings(Ledger, Customers, Printed, Expiries, Terms, Team, Directory, ComingBack, Protocol):
    """What the holders of cards see of them."""


class Staffing(Terms, Team, Directory, Outbox, Flags, Approvals, Protocol):
    """Who works where, and the links by which they come in."""


class Watch(Flags, TakingsTyped, Customers, Terms, Team, Outbox, ComingBack, Protocol):
    """What is noticed, and whom to tell of it."""


class Days(Ledger, Customers, Summaries, Terms, Team, Outbox, Flags, TakingsTyped, Protocol):
    """What a merchant is told of a day."""


class Returns(People, Outbox, Mailboxes, Expiries, Directory, Customers, Protocol):
    """What mail that comes back undoes."""


class Upkeep(People, Outbox, Mailboxes, Wallets, Inbox, Jobs, Printed, Protocol):
    """What the operators see to: what is kept, owed and given up."""


class OwnWords(Ledger, Customers, Terms, Team, Wordings, Protocol):
    """What is said, in whose own words."""


class Tx(
    Ledger,
    Customers,
    Printed,
    Expiries,
    Summaries,
    Terms,
    Team,
    Directory,
    People,
    Outbox,
    Flags,
    Approvals,
    TakingsTyped,
    Marketing,
    Campaigns,
    ComingBack,
    Mailboxes,
    Wallets,
    Wordings,
    Inbox,
    Jobs,
    Personal,
    Protocol,
):
    """One transaction, with all of its parts: for use cases that need several."""


class Command(Protocol[InputT_contra, ResultT_co]):
    """A use case that may change something."""

    def __call__(self, *, tx: Tx, command: InputT_contra) -> ResultT_co: ...


class Query(Protocol[InputT_contra, ResultT_co]):
    """A use case that changes nothing."""

    def __call__(self, *, tx: Tx, query: InputT_contra) -> ResultT_co: ...


class Database(Protocol):
    """The database as the shell sees it."""

    glanced_at_once: int
    """How many rows found by key are better looked for in one glance than in several."""

    async def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        """Runs ``usecase`` in a transaction; a refusal or error leaves no trace. Raises DatabaseUnavailable."""

    async def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        """Runs ``usecase`` on a snapshot, never behind a writer. Raises DatabaseUnavailable."""

    async def glance(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        """``read`` for a handful of rows found by key, for which going elsewhere costs more than looking."""

    def on_enqueued(self, wake: Callable[[], None]) -> None:
        """``wake`` is called in the event loop after every commit that put messages into the outbox."""

    def on_failure(self, tell: Callable[[str], None]) -> None:
        """``tell`` is called in the event loop with the name of a part that broke down and was started again."""

    async def prove_writable(self) -> None:
        """Writes something that says nothing. Raises DatabaseUnavailable when nothing can be written."""

    def hurry(self) -> None:
        """The program is to end: from now on nobody waits long for what another process holds."""

    def ledger(self, merchant_id: MerchantId, number: CardNumber | None) -> AsyncIterator[LedgerLine]:
        """Entries oldest first, streamed."""

    def cards(self, merchant_id: MerchantId) -> AsyncIterator[CardLine]: ...
    def entries_by_card(
        self, merchant_id: MerchantId, since: date, until: date
    ) -> AsyncIterator[Sequence[Entry]]:
        """What happened on these days and between, card by card, each oldest first, streamed; without what cannot be
        read."""

    def entries_in_order(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Entry, CardNumber]]]:
        """All entries with their cards' numbers, oldest first, in pages, streamed; without what cannot be read."""

    def cards_held(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Card, Customer]]]:
        """Cards with their holders in the order in which they were made, in pages, streamed; without what cannot be
        read."""

    def histories(self) -> AsyncIterator[CardHistory]:
        """Every card with all that ``verify`` must know of it, from one snapshot, streamed."""

    async def damage(self) -> Sequence[str]:
        """What the database's own check of all of its pages finds, and the rows that cannot be read, a line each;
        none when it is whole."""

    async def size_bytes(self) -> int:
        """What the database takes on the disk."""

    async def wipe(self, *, thoroughly: bool) -> bool:
        """What was deleted is in none of the database's files any more, but for copies that the engine left where it
        moved rows: these go only ``thoroughly``, for which all of the database is written anew. False when others
        are reading or writing what it needs."""

    async def backup(self, path: Path) -> None:
        """A consistent copy of a live database."""

    async def close(self) -> None: ...


class DatabaseUnavailable(Exception):
    """The database could not carry out a transaction; nothing of it was kept."""


class RowUnreadable(Exception):
    """A row says what no version of the program has written. Whoever can do without it goes on."""

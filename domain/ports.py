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
from domain.rules.expiry import Period
from domain.rules.expiry_warnings import Warned
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
"""What is stored of an account; None for what does not exist or cannot be read."""
KeptRows = Mapping[str, Sequence[Mapping[str, object]]]
"""The rows kept of a person, by what they are about, in the form in which they are shown to that person."""


class Moment(Protocol):
    """What every part of a transaction has. ``now`` was read once, after the lock was taken, and does not change."""

    @property
    def now(self) -> datetime: ...

    def new_id(self) -> str:
        """A UUIDv7 in canonical form, later than every one before it."""

    def chance_below(self, bound: int) -> int:
        """A random number from 0 to ``bound`` - 1 that nobody can predict."""


class Ledger(Moment, Protocol):
    """Cards, their entries, and which operations were already carried out."""

    def operation(self, merchant_id: MerchantId, key: OperationKey) -> Operation | None:
        """What this key was used for, None when it was never used."""

    def counter(self, actor: Actor, card: CardRef | None) -> Counter:
        """Everything that is known where an act happens. A ``card`` that was merged stands for the card it was merged
        into; a blank appears as the card that it will be."""

    def lock_counter(self, actor: Actor, card: CardRef) -> Counter:
        """Like ``counter``, and the card stays locked until the transaction ends."""

    def append(self, card: Card, entry: Entry, told: str) -> None:
        """Adds ``entry``, made by an operation whose fingerprint is ``told``, and saves the card as it is after it,
        except for what ``save_held`` saves."""

    def save_held(self, card: Card) -> None:
        """Saves what the card keeps of earlier terms."""

    def entries_of(
        self, card: Card, *, newest: int | None = None, before: int | None = None
    ) -> Sequence[Entry]:
        """A card's own entries, oldest first: all, or the ``newest`` ones; with ``before`` only those with a lower
        number."""

    def history_of(self, card: Card, *, newest: int | None = None) -> Sequence[Entry]:
        """Like ``entries_of``, with the entries of all cards that were merged into it, in the order in which they
        happened."""

    def entry(self, merchant_id: MerchantId, entry_id: EntryId) -> Entry | None: ...

    def summarize_entries(
        self, merchant_id: MerchantId, on: date, ends_at: datetime, misdated_after: datetime
    ) -> Sequence[Entry]:
        """The entries before ``ends_at`` or after ``misdated_after`` that belong to no summary yet, oldest first;
        from now on they belong to the summary of the date ``on``."""

    def changed_on(self, merchant_id: MerchantId, day: date) -> Sequence[tuple[Entry, CustomerId]]:
        """Entries of a local date at any store, each with its customer: all of that date of the customers for whom
        something was taken back on it, or whose cards were merged."""

    def figures_at(
        self, merchant_id: MerchantId, store_id: StoreId, day: date, staff: Staff | None, *, by_holder: bool
    ) -> Figures:
        """The figures of a store's day, or of one member there, as if nothing had been taken back. ``cards`` counts
        the cards served, or, ``by_holder``, the people."""

    def last_card(self, staff: Staff, store_id: StoreId, day: date) -> CardId | None:
        """The card on which a member acted last, at a store and on a local date."""

    def entries_behind(
        self, merchant_id: MerchantId, choice: Choice, skip: int, limit: int
    ) -> Sequence[tuple[Entry, CardNumber]]:
        """The entries that the figures are made of, oldest first, after the first ``skip``."""

    def entries_within(self, merchant_id: MerchantId, card_id: CardId, dates: DateRange) -> Sequence[Entry]:
        """The entries in a range of days of a card and of those that were merged with it, oldest first."""

    def count_acts(self, staff: Staff, kind: EntryKind, day: date) -> int:
        """How many entries of a kind a member made on a local date, including those that were taken back."""

    def count_entries(self, merchant_id: MerchantId) -> tuple[int, date | None, date | None]:
        """The number of entries, and the first and last of their local dates."""


class Customers(Moment, Protocol):
    """Who holds which card."""

    def customer(self, merchant_id: MerchantId, customer_id: CustomerId) -> Customer | None: ...
    def customer_of(self, merchant_id: MerchantId, account: Account) -> Customer | None: ...
    def add_customer(self, customer: Customer) -> None: ...
    def card(self, merchant_id: MerchantId, ref: CardRef) -> tuple[Card, Customer, Program] | None: ...
    def cards_of(self, customer: Customer) -> Sequence[tuple[Card, Program]]:
        """Without cards that were merged into others."""

    def merged_cards_of(self, customer: Customer) -> Sequence[Card]:
        """The cards that were merged into others."""

    def retire_merged_codes(self, card: Card) -> Sequence[CardId]:
        """Makes the codes of the cards that were merged into this one invalid; returns those cards."""

    def close_merged(self, card: Card) -> None:
        """Closes the card; its ``merged_into`` replaces it, and also the cards that it had replaced itself."""

    def add_card(self, card: Card, token_hash: TokenHash) -> None: ...
    def is_number_taken(self, merchant_id: MerchantId, number: CardNumber) -> bool:
        """Whether a card or a blank has the number."""

    def customers_of_names(
        self, merchant_id: MerchantId, beginning: str, skip: int, limit: int
    ) -> Sequence[Customer]:
        """Customers whose folded name begins with ``beginning``, by name, after the first ``skip``."""

    def save_active(self, card: Card) -> None: ...
    def add_note(self, note: CardNote) -> None: ...
    def notes_of(self, card: Card, limit: int) -> Sequence[CardNote]:
        """The newest ``limit`` notes, newest first."""

    def newest_answer(self, merchant_id: MerchantId, card_id: CardId) -> CardNote | None:
        """The newest note of ANSWERED_BY_HOLDER."""

    def add_move(self, move: CardMove) -> None: ...
    def save_move(self, move: CardMove) -> None:
        """Saves that it was allowed, or that it ended."""

    def move(self, merchant_id: MerchantId, move_id: MoveId) -> CardMove | None: ...
    def move_by_key(self, merchant_id: MerchantId, key: OperationKey) -> CardMove | None: ...
    def open_move(self, card: Card) -> CardMove | None:
        """The one under way, None where there is none that can be read."""

    def moves_of(self, card: Card, limit: int) -> Sequence[CardMove]:
        """The ``limit`` that were asked for last, the newest first, without those that cannot be read."""

    def hand_over(self, customer: Customer, account: Account, name: str) -> None:
        """Gives everything that the customer has at the merchant to the account, including the answers to disputes
        that are still to come."""

    def rotate_token(self, card: Card, token_hash: TokenHash) -> Card:
        """The card in its next rotation, whose token has ``token_hash``."""

    def add_dispute(self, dispute: Dispute) -> bool:
        """False when there is already one about its entry."""

    def save_dispute(self, dispute: Dispute) -> None:
        """Saves how it was settled."""

    def dispute(self, merchant_id: MerchantId, entry_id: EntryId) -> Dispute | None: ...
    def disputes_of(self, merchant_id: MerchantId) -> Sequence[Dispute]:
        """All disputes there ever were, oldest first."""

    def lock_card(self, merchant_id: MerchantId, card_id: CardId) -> Holding | None:
        """The card with everything it depends on; it stays locked until the transaction ends."""

    def cards_made_between(
        self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime
    ) -> frozenset[CardId]:
        """The new cards of customers who had none before, including several of one holder. Cards of owners, who try
        things out, are left out."""

    def cards_by_program(self, merchant_id: MerchantId) -> Mapping[CardId, tuple[ProgramId, CustomerId]]: ...

    def cards_in(self, program: Program, after: CardId | None, limit: int) -> Sequence[CardId]:
        """The program's cards in the order of their ids, from the one following ``after``."""

    def cards_of_the_team(self, merchant_id: MerchantId) -> Sequence[CardFlag]:
        """Cards of an account that ever opened a link of the team, a shared phone's included."""

    def cards_of_one_person(self, merchant_id: MerchantId, acts_min: int) -> Sequence[CardFlag]:
        """Cards to which stamps or points were given at least ``acts_min`` times, always by the same member, while
        others gave to other cards."""

    def rewards_outstanding(self, program: Program) -> int:
        """How many rewards the program's cards are good for now: full cards, and balances of points that are enough
        for one."""


class Printed(Moment, Protocol):
    """Cards that nobody has yet, and requests for the cards of guests."""

    def add_blank(self, blank: Blank) -> None: ...
    def save_blank(self, blank: Blank) -> None:
        """Saves that it was taken into use, or withdrawn."""

    def sheets_of(self, merchant_id: MerchantId) -> Sequence[Sheet]:
        """All sheets that were ever printed, newest first."""

    def blanks_on(self, merchant_id: MerchantId, sheet_id: SheetId) -> Sequence[Blank]:
        """The cards of a printed sheet, including used and withdrawn ones."""

    def count_unused(self, merchant_id: MerchantId) -> int:
        """How many cards of the merchant's sheets nobody has yet."""

    def unused_blanks(self, merchant_id: MerchantId) -> Sequence[Blank]:
        """Both printed and mailed ones."""

    def blank(self, merchant_id: MerchantId, ref: CardRef) -> tuple[Blank, Program] | None:
        """A blank that nobody has yet; None for any other."""

    def blank_made(self, merchant_id: MerchantId, card_id: CardId) -> Blank | None:
        """A blank, used or not; None for one that cannot be read."""

    def count_mailed(self, merchant_id: MerchantId, staff_id: StaffId, since: datetime) -> int:
        """How many cards a member has given by mail since then."""

    def mailed_before(self, before: datetime, limit: int) -> Sequence[Blank]:
        """Cards that were mailed before then and never shown at a counter."""

    def give_card(self, card: Card, customer: Customer) -> Card:
        """Gives the card to another customer, and returns it."""

    def save_adoption(self, adoption: Adoption) -> None:
        """Replaces the card's present one, if there is one."""

    def adoption(self, card: Card) -> Adoption | None:
        """None where there is none that can be read."""

    def adoption_of(self, merchant_id: MerchantId, adoption_id: AdoptionId) -> Adoption | None: ...
    def forget_adoptions(self, asked_before: datetime) -> int: ...


class Expiries(Moment, Protocol):
    """Which balances must be looked at, and what their holders were told."""

    def cards_to_look_at(self, after: DueCard | None, limit: int) -> Sequence[DueCard]:
        """Cards whose time has come, in their order, from the one following ``after``."""

    def save_expiry(self, card: Card) -> None:
        """Saves when the card's balances expire, and when the card is looked at next."""

    def warned(self, card: Card, due: Due, expires_at: datetime) -> Warned | None:
        """What became of the newest warning of what expires at ``expires_at``."""

    def save_warning(self, card: Card, period: Period, message_id: MessageId) -> None: ...
    def open_warnings(self, card: Card) -> Sequence[tuple[Due, datetime, Warned]]:
        """The warnings of what has not expired yet."""

    def carry_warning(self, card: Card, due: Due, expires_at: datetime, warned: Warned) -> None:
        """Records that the warning given for another card counts for this one."""

    def forget_warning(self, card: Card, due: Due, expires_at: datetime) -> None:
        """Forgets a warning that no longer holds, as if it had not been given."""

    def has_expired_by(self, merchant_id: MerchantId, message_id: MessageId) -> bool:
        """Whether something of which this message warned has expired."""

    def save_expired(self, card: Card, period: Period, entry: Entry, *, is_reachable: bool) -> None:
        """Records that the period is over, and whether its holder could be told."""


class Summaries(Moment, Protocol):
    """The days that merchants were told about, and when the next summary is due."""

    def merchants_to_summarize(self, ahead: datetime, limit: int) -> Sequence[MerchantId]:
        """Up to ``limit`` merchants whose next summary is due, and up to ``limit`` whose next one is planned for
        later than ``ahead``."""

    def summary_plan(self, merchant_id: MerchantId) -> SummaryPlan | None: ...
    def save_summary_plan(self, plan: SummaryPlan) -> None: ...
    def summary(self, merchant_id: MerchantId, day: date) -> DaySummary | None: ...
    def add_summary(self, merchant_id: MerchantId, summary: DaySummary) -> None:
        """Adds a summary that nobody was told about yet."""

    def forget_summaries(self, merchant_id: MerchantId, since: date) -> Sequence[DaySummary]:
        """Takes back the summaries of this date and later, so that their entries belong to no summary. Returns them,
        oldest first."""

    def summaries_told(self, merchant_id: MerchantId, on: date | None) -> Sequence[DaySummary]:
        """The days that were told together, the newest of which is ``on``; with None, the days that nobody was told
        about yet.

        Oldest first. Days that cannot be read are left out.
        """

    def summaries_are_told(self, merchant_id: MerchantId, days: Sequence[date]) -> None:
        """Records that these days were told together, the newest last."""

    def failed_between(self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime) -> int:
        """How many deliveries were given up from ``begins_at`` until just before ``ends_at``, without those whose
        recipient was gone and those that another channel has taken over."""


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
        """Programs of whose cards some were not yet recalculated by the present version."""

    def program_spread(self, program: Program) -> None:
        """Records that all cards were recalculated by this version."""

    def begun_cards(self, program: Program) -> Sequence[Card]:
        """The program's cards that hold anything, by their ids, including blocked ones."""

    def add_change(self, change: FieldChange) -> None: ...
    def changes_of(self, merchant_id: MerchantId, limit: int) -> Sequence[FieldChange]:
        """The newest ``limit`` changes, newest first."""

    def logo(self, merchant_id: MerchantId) -> Logo | None: ...
    def has_logo(self, merchant_id: MerchantId) -> bool: ...
    def save_logo(self, logo: Logo) -> None:
        """Replaces the present one, if there is one."""

    def forget_logo(self, merchant_id: MerchantId) -> None: ...


class Team(Moment, Protocol):
    """Who works for a merchant, where, and by which links they joined."""

    def staff(self, merchant_id: MerchantId, staff_id: StaffId) -> Staff | None: ...
    def member(self, merchant_id: MerchantId, account: Account) -> Staff | None: ...
    def staff_of(self, merchant_id: MerchantId) -> Sequence[Staff]:
        """Everybody on the merchant's team, in the order in which they were invited."""

    def last_acts_since(self, merchant_id: MerchantId, since: date) -> Mapping[StaffId, date]:
        """The local date of the newest act of each member who acted on ``since`` or later."""

    def memberships_of(self, account: Account) -> Sequence[Membership]: ...
    def team_at(self, merchant_id: MerchantId, store_id: StoreId) -> Sequence[Staff]:
        """Active members who may act at a store, without terminals, by name."""

    def stores_for(self, staff: Staff) -> Sequence[Store]:
        """The active stores a member may act at, by name."""

    def assigned_to(self, staff: Staff) -> frozenset[StoreId]:
        """The stores they are assigned to, including closed ones; empty for a member who works everywhere."""

    def managers_of(self, merchant_id: MerchantId) -> Sequence[Account]:
        """The accounts of active owners and managers."""

    def approvers_of(self, merchant_id: MerchantId) -> Sequence[Approver]:
        """Active members with an account who may approve what others ask for, by name."""

    def is_reachable(self, account: Account) -> bool:
        """False for a chat that is known to be gone, and for a guest."""

    def add_staff(self, staff: Staff, store_ids: Iterable[StoreId]) -> None: ...
    def assign_stores(self, staff: Staff, store_ids: Iterable[StoreId]) -> None:
        """Assigns the member to these stores only."""

    def save_staff(self, staff: Staff) -> None: ...
    def save_pin(self, staff: Staff, pin: Pin) -> None: ...
    def add_invite(self, invite: Invite) -> None: ...
    def invite(self, merchant_id: MerchantId, invite_id: InviteId) -> Invite | None: ...
    def invites_of(self, merchant_id: MerchantId) -> Sequence[Invite]:
        """All invites that were ever made, oldest first."""

    def save_invite(self, invite: Invite) -> None: ...
    def desk(self, account: Account) -> Desk | None: ...
    def save_desk(self, desk: Desk) -> None: ...
    def end_desks_at(self, store: Store) -> None:
        """Nobody's desk is at this store any more."""

    def pin_session(self, staff: Staff, account: Account) -> PinSession: ...
    def save_pin_session(self, staff: Staff, account: Account, session: PinSession) -> None: ...
    def save_pin_window(self, staff: Staff, account: Account, verified_at: datetime | None) -> None:
        """Moves or ends the window of an existing session, and leaves its count of wrong tries as it is."""

    def end_pin_sessions(self, staff: Staff) -> None:
        """On every account: as if the PIN had never been typed there, right or wrong."""

    def dismiss(self, staff: Staff) -> None:
        """Ends the member's PIN sessions and open question, removes their desk, and ends their work at shared phones.
        Where the member is a shared phone, nobody stands at it any more."""


class Directory(Moment, Protocol):
    """Where a link leads, and which merchants an account has to do with, while no merchant is known yet."""

    def route(self, token_hash: TokenHash) -> Route | None: ...
    def add_route(self, route: Route) -> None: ...
    def retire_routes(self, merchant_id: MerchantId, target_id: str) -> None:
        """Marks the links to this target as replaced: they are still recognised as such, but open nothing."""

    def add_shop_invite(self, invite: ShopInvite) -> None: ...
    def shop_invite(self, merchant_id: MerchantId) -> ShopInvite | None: ...
    def merchants_of(self, account: Account) -> Sequence[MerchantId]:
        """Most recently used first."""

    def remember_merchant(self, account: Account, merchant_id: MerchantId) -> None: ...
    def bot_profiles(self) -> Sequence[BotProfile]:
        """The profiles of all bots that have served the database."""

    def save_bot_profile(self, profile: BotProfile) -> None: ...
    def key_fingerprint(self) -> Fingerprint | None:
        """The fingerprint of the secret key with which the tokens were made; None in a database older than this
        record."""

    def save_key_fingerprint(self, fingerprint: Fingerprint) -> None: ...


class People(Moment, Protocol):
    """Accounts, and the questions asked of them."""

    def person(self, account: Account) -> Person | None: ...
    def presences(self, accounts: Sequence[Account]) -> Sequence[Presence]:
        """One for each account, in their order."""

    def save_person(self, person: Person) -> None: ...
    def strangers(self, bot_id: BotId, seen_before: datetime, limit: int) -> Sequence[UserId]:
        """People with whom no merchant ever had to do and who have not written since ``seen_before``, longest silent
        first."""

    def forget_person(self, account: Account) -> None: ...
    def dialogue(self, account: Account) -> Dialogue | None: ...
    def save_dialogue(self, dialogue: Dialogue) -> None: ...
    def end_dialogue(self, account: Account) -> None: ...
    def end_lapsed_dialogues(self) -> int: ...
    def end_dialogues(self) -> None:
        """Ends all of them."""


class Outbox(Moment, Protocol):
    """Messages that the bot owes, and their deliveries, each leased to one dispatcher at a time."""

    channels_on: Collection[ChannelKind]

    def post_of(self, account: Account) -> Post | None:
        """None for a person without a mailbox."""

    def enqueue(self, message: Message, addresses: Sequence[Address]) -> None:
        """Adds a message, with a delivery to each of these addresses."""

    def add_delivery(self, delivery: Delivery) -> None:
        """Adds a delivery of an existing message, due now, unless there is one already."""

    def owed_by(self, bot_id: BotId, channel: ChannelKind) -> Sequence[Delivery]: ...

    def redirect(self, merchant_id: MerchantId, before: Account, after: Account) -> None:
        """Sends what ``before`` is owed as the merchant's customer to ``after`` instead, except for what is on its
        way."""

    def message(self, merchant_id: MerchantId, message_id: MessageId) -> Message:
        """Raises MessageUnreadable."""

    def notices_to(self, merchant_id: MerchantId, recipient: Account) -> Sequence[Message]:
        """The newest messages of the kinds NOTICES and OVER."""

    def reference(self, delivery: Delivery, message_id: MessageId) -> str | None:
        """What the channel calls the message as it was delivered to this address, None where it was given up.

        Raises PredecessorOwed until that is known.
        """

    def lease_due(
        self, bot_id: BotId, channel: ChannelKind, holder: str, until: datetime, limit: int
    ) -> Sequence[Delivery]: ...
    def release_leases(self, bot_id: BotId, channel: ChannelKind) -> int:
        """Ends the leases of this process, and of processes that are not at work any more."""

    def has_nobodys_deliveries(self, bot_id: BotId) -> bool:
        """Whether some are leased to a process that is not at work any more."""

    def release_nobodys_deliveries(self, bot_id: BotId) -> int: ...
    def delivery_made(self, delivery: Delivery, reference: str) -> bool:
        """False where the recipient was erased meanwhile, so that it must not be recorded to whom the message
        went."""

    def delivery_postponed(
        self, delivery: Delivery, due_at: datetime, *, attempts: int, error: str
    ) -> None: ...
    def delivery_failed(self, delivery: Delivery, error: str, *, is_unreported: bool) -> None:
        """Gives the delivery up. With ``is_unreported`` the operators are to be told, until ``delivery_reported``."""

    def mailed(self, bot_id: BotId, merchant_id: MerchantId, message_id: MessageId) -> Delivery | None:
        """The delivery of a message by mail, made or not; None for a message without one, or whose recipient was
        erased."""

    def delivery_returned(self, delivery: Delivery, error: str, *, has_told: bool) -> bool:
        """Gives up a delivery that was made and came back; unless it ``has_told``, it counts as never made. False for
        one that is still owed, or was given up before."""

    def unreported_deliveries(self, bot_id: BotId) -> Sequence[tuple[Delivery, str]]:
        """Deliveries that were given up and not reported to the operators yet, each with its error, oldest first."""

    def delivery_reported(self, delivery: Delivery) -> None: ...
    def end_lapsed_leases(self, bot_id: BotId) -> int: ...
    def count_deliveries(self, bot_id: BotId) -> tuple[int, int]:
        """How many are owed, and how many were given up."""

    def card_shown(self, account: Account, merchant_id: MerchantId, card_id: CardId) -> CardShown | None:
        """Where the account's chat shows the card, None where it does not."""

    def show_card(self, account: Account, merchant_id: MerchantId, card_id: CardId, shown: CardShown) -> None:
        """Records where the account's chat shows the card; no other card is shown in that message any more."""

    def count_held(self) -> int:
        """How many deliveries of all bots are held back after a restore: nobody leases them."""

    def release_held(self) -> int: ...
    def drop_held(self) -> int:
        """Gives up all deliveries that are held back."""


class Mailboxes(Moment, Protocol):
    """The mail addresses of people, and the codes that were sent to prove them."""

    def save_mailbox(self, mailbox: Mailbox) -> None: ...
    def forget_mailbox(self, account: Account) -> None:
        """Together with the addresses to which codes were sent."""

    def count_refused_mailboxes(self, bot_id: BotId) -> int:
        """How many take no mail."""

    def mail_codes(self, account: Account, address_mark: str, since: datetime) -> Sequence[MailCode]:
        """The codes of the account or to the address, newest first."""

    def mail_code_in(self, bot_id: BotId, mail_hash: TokenHash) -> MailCode | None:
        """The code in the mail whose name has this hash."""

    def open_mail_code(self, account: Account) -> MailCode | None:
        """The newest code that is not over, however old it is."""

    def save_mail_code(self, code: MailCode) -> None: ...
    def end_mail_codes(self, account: Account) -> None:
        """Ends all codes of the account and forgets the addresses they were sent to."""

    def forget_mail_codes(self, asked_before: datetime) -> int: ...


class Wordings(Moment, Protocol):
    """The wordings of merchants and stores; ``store_id`` None is the whole merchant."""

    def save_wording(self, wording: Wording) -> None:
        """Replaces the one for the same kind, language, merchant and store."""

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
        """Counts one more attempt: one that failed, or one that is about to start."""

    def update_put_back(self, bot_id: BotId, update_id: UpdateId) -> None:
        """Uncounts the last attempt."""

    def unfinished_updates(self, bot_id: BotId) -> Sequence[ReceivedUpdate]:
        """The updates that this process has to handle."""

    def updates_called_for(
        self, bot_id: BotId, known: Collection[UpdateId], limit: int
    ) -> Sequence[ReceivedUpdate]:
        """The first ``limit`` of this process's unfinished updates that are not ``known``, in the order in which
        Telegram sent them."""

    def has_nobodys_updates(self, bot_id: BotId) -> bool:
        """Whether there are updates whose owner is not at work any more."""

    def take_nobodys_updates(self, bot_id: BotId) -> Sequence[ReceivedUpdate]:
        """Makes this process the owner of those updates, and returns them."""

    def unreported_updates(self, bot_id: BotId) -> Sequence[tuple[UpdateId, str]]:
        """Dead letters that were not reported yet, each with its error, oldest first."""

    def update_reported(self, bot_id: BotId, update_id: UpdateId) -> None: ...
    def count_updates(self, bot_id: BotId) -> tuple[int, int]:
        """How many are not done yet, and how many are dead letters."""

    def forget_updates(self, done_before: datetime) -> int: ...
    def forget_dead_letters(self, bot_id: BotId, failed_before: datetime) -> int: ...


class Jobs(Moment, Protocol):
    """How each scheduled job went the last time."""

    def job_runs(self, bot_id: BotId) -> Sequence[JobRun]:
        """Of this bot and of its process, by the name of the job."""

    def save_job_run(self, run: JobRun) -> None: ...
    def mend_times(self) -> int:
        """Corrects times that lie further ahead than the program ever writes them, because a clock was ahead. Returns
        the number of rows: deliveries and leases, locks, invitations, questions, updates and runs of jobs."""


class Flags(Moment, Protocol):
    """What owners should look at."""

    def watched_acts(self, merchant_id: MerchantId, first: date, last: date) -> Sequence[WatchedAct]:
        """What members did at the counter and took back from one local date to another, oldest first."""

    def add_flag(self, flag: Flag) -> bool:
        """False when there is already one with the same kind, member, period and subject."""

    def flag(self, merchant_id: MerchantId, flag_id: FlagId) -> Flag | None: ...
    def open_flags(self, merchant_id: MerchantId) -> Sequence[Flag]:
        """Flags that nobody has dismissed, newest first."""

    def save_flag(self, flag: Flag) -> None:
        """Saves that it was dismissed."""

    def forget_flags(
        self, merchant_id: MerchantId, kinds: Collection[FlagKind], about: str, on: date
    ) -> None:
        """Deletes the flags of these kinds that are about ``about`` in the period that begins ``on`` this date."""


class TakingsTyped(Moment, Protocol):
    """The takings that owners have typed."""

    def takings_between(self, merchant_id: MerchantId, first: date, last: date) -> Sequence[Takings]:
        """The takings that hold from one local date to another, earliest date first."""

    def takings_of(self, merchant_id: MerchantId, store_id: StoreId, day: date) -> Sequence[Takings]:
        """Every revision of a store's day, newest first."""

    def takings_typed_by(self, merchant_id: MerchantId, key: OperationKey) -> Takings | None: ...
    def add_takings(self, takings: Takings) -> None:
        """A new revision for the store and date; the earlier ones are kept."""


class Approvals(Moment, Protocol):
    """What members asked owners and managers to allow."""

    def add_approval(self, approval: Approval) -> None: ...
    def save_approval(self, approval: Approval) -> None:
        """Saves how it ended."""

    def save_approval_place(self, approval: Approval) -> None:
        """Saves which message of the asker's chat shows its state."""

    def approval(self, merchant_id: MerchantId, approval_id: ApprovalId) -> Approval | None: ...
    def approval_by_key(self, merchant_id: MerchantId, key: OperationKey) -> Approval | None: ...
    def approvals_by(self, staff: Staff, since: datetime) -> Sequence[Approval]:
        """What a member asked for at this time and later, oldest first."""

    def approvals_of(self, merchant_id: MerchantId) -> Sequence[Approval]:
        """All requests there ever were, oldest first."""

    def open_approvals(self, merchant_id: MerchantId) -> Sequence[Approval]:
        """Requests that nobody has answered, the first to lapse first."""

    def lapsed_approvals(self, limit: int) -> Sequence[tuple[MerchantId, ApprovalId]]:
        """Requests that nobody answered in time."""


class Marketing(Moment, Protocol):
    """Who allows marketing, and what was written to them."""

    def consent(self, merchant_id: MerchantId, customer_id: CustomerId) -> Consent | None: ...

    def save_consent(self, consent: Consent) -> None: ...

    def forget_consent(self, customer: Customer) -> None:
        """As if the customer had never been asked."""

    def add_offer(self, offer: Offer) -> None: ...

    def offers_since(self, customer: Customer, since: datetime, limit: int) -> Sequence[Offer]:
        """The newest first."""


class Campaigns(Moment, Protocol):
    """Messages of shops to many of their customers."""

    def campaign(self, merchant_id: MerchantId, campaign_id: CampaignId) -> Campaign | None: ...

    def save_campaign(self, campaign: Campaign) -> None:
        """Adds it, or replaces its present state."""

    def forget_campaign(self, campaign: Campaign) -> None:
        """Deletes a campaign that was written to nobody, with its picture."""

    def campaigns_of(self, merchant_id: MerchantId, limit: int) -> Sequence[Campaign]:
        """The newest ``limit`` campaigns, newest first."""

    def campaigns_at_work(self) -> Sequence[Campaign]:
        """Those being sent, and those planned for now or earlier, oldest first."""

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
        """Looks at the next ``limit`` customers with a card, in the order of their ids after ``after``, and returns
        those of the segment, and the last id that was looked at, None when there are no more. Offers count since
        ``written_since``."""

    def count_candidates(
        self, merchant: Merchant, selection: Selection, written_since: datetime
    ) -> Sequence[tuple[Standing, int]]:
        """How many customers of a segment have which standing; for those who do not allow marketing, only that is
        looked at."""

    def count_marketing_due(self, bot_id: BotId) -> int:
        """How many marketing messages a dispatcher may send now."""

    def count_owed_of(self, campaign: Campaign) -> int:
        """How many of its messages are neither delivered nor given up."""

    def campaign_outcome(self, campaign: Campaign) -> CampaignOutcome: ...


class ComingBack(Moment, Protocol):
    """Birthdays, absences and referrals."""

    def birthday(self, merchant_id: MerchantId, customer_id: CustomerId) -> Birthday | None: ...
    def save_birthday(self, birthday: Birthday) -> None: ...
    def birthdays_due(
        self, merchant_id: MerchantId, today: date, after: CustomerId, limit: int
    ) -> Sequence[CustomerId]:
        """Customers whose birthday is due to be looked at, in the order of their ids."""

    def unasked_of_birthday(
        self, merchant_id: MerchantId, after: CustomerId, limit: int
    ) -> Sequence[CustomerId]:
        """Customers who allow marketing, and neither gave a birthday nor were asked for it, in the order of their
        ids."""

    def absence(self, merchant_id: MerchantId, customer_id: CustomerId) -> Absence | None: ...
    def save_absence(self, absence: Absence) -> None: ...
    def perhaps_absent(
        self, merchant_id: MerchantId, today: date, after: CustomerId, limit: int
    ) -> Sequence[CustomerId]:
        """Customers who allow marketing and whose absence is due to be looked at, or never was, in the order of their
        ids."""

    def referral_of(self, merchant_id: MerchantId, friend_id: CustomerId) -> Referral | None: ...
    def referral_by_act(self, merchant_id: MerchantId, act_id: EntryId) -> Referral | None:
        """The referral that was rewarded for this act of the friend."""

    def save_referral(self, referral: Referral) -> None: ...
    def count_rewarded(self, merchant_id: MerchantId, referrer_id: CustomerId, dates: DateRange) -> int:
        """For how many friends the referrer was rewarded on these local dates."""

    def referrals_rewarded(self, merchant_id: MerchantId, dates: DateRange) -> Sequence[Referral]:
        """The referrals of all referrers that were rewarded on these local dates."""


class Wallets(Moment, Protocol):
    """Cards in the wallets of phones, and what the wallets must be told. A change of a card or of a shop's terms
    marks the passes by itself."""

    def wallet_pass(self, key: PassKey) -> WalletPass | None: ...
    def good_pass(self, card: Card, wallet: WalletKind) -> WalletPass | None:
        """The pass that is not voided."""

    def standing_of(self, card: Card) -> Sequence[PassStanding]:
        """All passes of the card, oldest first."""

    def failing_passes(self, bot_id: BotId, limit: int) -> Sequence[PassStanding]:
        """Of all shops: passes that were given up, newest first, then those of which a try has failed."""

    def tell_again(self, card: Card) -> None:
        """Makes all passes of the card due now, including voided ones."""

    def terms_changed(self, merchant_id: MerchantId) -> None:
        """Has all passes of the shop marked, some at a time."""

    def add_pass(self, wallet_pass: WalletPass) -> None: ...
    def void_passes(self, card: Card) -> None:
        """Voids the card's passes; their wallets are to be told so."""

    def void_all_passes(self, merchant_id: MerchantId) -> int:
        """Voids the passes of a whole shop; returns how many were good."""

    def has_passes_to_mark(self) -> bool:
        """Whether terms have changed and not all passes are marked for it yet."""

    def mark_some_passes(self, limit: int) -> int:
        """Marks up to ``limit`` passes of one shop; returns how many."""

    def next_pass_due_at(self, bot_id: BotId, wallet: WalletKind) -> datetime | None: ...
    def lease_passes(
        self, bot_id: BotId, wallet: WalletKind, holder: str, until: datetime, limit: int
    ) -> Sequence[WalletPass]: ...
    def release_passes(self, bot_id: BotId, wallet: WalletKind) -> int:
        """Ends the leases of this process, and of processes that are not at work any more."""

    def release_nobodys_passes(self, bot_id: BotId) -> int: ...
    def pass_told(self, wallet_pass: WalletPass) -> bool:
        """False where the pass has changed since it was read: it stays due."""

    def pass_postponed(
        self, wallet_pass: WalletPass, due_at: datetime, *, attempts: int, error: str
    ) -> None: ...
    def pass_given_up(self, wallet_pass: WalletPass, error: str) -> bool:
        """Gives the pass up until its next change; False where it has changed since it was read."""

    def count_passes(self, bot_id: BotId) -> WalletCounts: ...
    def forget_passes(self, voided_before: datetime) -> int:
        """Deletes passes voided before then, with their devices; returns how many."""

    def devices_of(self, key: PassKey) -> Sequence[WalletDevice]:
        """Newest first."""

    def save_device(self, device: WalletDevice) -> bool:
        """False where the device was there already; its push token is updated."""

    def forget_device(self, device: WalletDevice) -> bool:
        """False where it was not there."""

    def passes_on(self, device_hash: str, since: datetime | None) -> Sequence[WalletPass]:
        """The device's passes that changed after ``since``, earliest change first."""


class Personal(Moment, Protocol):
    """Everything that is kept of a person, to show it or to delete it (``storage/kept.py``)."""

    def shops_of(self, account: Account) -> Sequence[MerchantId]:
        """The merchants where the person is a customer, or had anything to do."""

    def cards_shown_to(self, account: Account, merchant_id: MerchantId) -> Sequence[str]:
        """The chat's references to the messages that show the person's cards."""

    def kept_at(self, merchant_id: MerchantId, account: Account, customer: Customer | None) -> KeptRows: ...
    def kept_of(self, account: Account) -> KeptRows:
        """What is kept for the bot as a whole, not for a shop."""

    def kept_of_member(self, account: Account) -> KeptRows:
        """What is kept of them as a member of teams."""

    def erase_customer(self, merchant_id: MerchantId, account: Account, customer: Customer | None) -> None:
        """Erases who the customer was; entries and sums stay, under nobody's name."""

    def accounts_of(self, merchant_id: MerchantId) -> Sequence[Account]:
        """The accounts of all its customers."""

    def accounts_after(
        self, merchant_id: MerchantId, after: CustomerId, limit: int
    ) -> Sequence[tuple[CustomerId, Account]]:
        """The next ``limit`` customers in the order of their ids, with their accounts; an erased customer has
        nobody's account."""

    def told_until(self, merchant_id: MerchantId) -> CustomerId | None:
        """The last customer who was told so far, while customers are being told that a shop closes or stays open
        after all; None at any other time."""

    def save_told(self, merchant_id: MerchantId, last: CustomerId) -> None: ...
    def end_telling(self, merchant_id: MerchantId) -> None:
        """Records that all customers were told."""

    def shops_telling(self) -> Sequence[MerchantId]: ...
    def delete_shop(self, merchant_id: MerchantId, limit: int) -> bool:
        """Deletes up to ``limit`` rows of one table; False where no table had any left."""

    def erase_person(self, account: Account, *, keeps_name: bool) -> None:
        """Erases what they wrote and were asked, and, unless ``keeps_name``, who they are."""

    def save_erasure(self, erasure: Erasure) -> None: ...
    def unwiped_erasures(self) -> Sequence[Erasure]:
        """Erasures of which something may be left in the files of the database."""

    def erasures_wiped(self, until: datetime) -> None:
        """Records that nothing is left of the erasures until then."""

    def erased_at(self, merchant_id: MerchantId, account_hash: str) -> datetime | None:
        """When an account that had had a bonus was last erased, None where that was not, or long ago."""

    def forget_hashes(self, before: datetime) -> int:
        """Deletes the account hashes of erasures before then."""

    def old_messages(
        self, before: datetime, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str]]: ...
    def forget_messages(self, keys: Sequence[tuple[str, str]]) -> None: ...
    def old_operations(
        self, before: datetime, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str]]: ...
    def forget_operations(self, keys: Sequence[tuple[str, str]]) -> None: ...


class Addresses(People, Outbox, Mailboxes, Protocol):
    """Over which channels people want to be told."""


class Promotion(Marketing, Outbox, Protocol):
    """What marketing needs: who may be written to, and the outbox."""


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
    """What an act at the counter needs: the card, its entries, and who must be told."""


class Holdings(Ledger, Customers, Printed, Expiries, Terms, Team, Directory, ComingBack, Protocol):
    """What the holders of cards see of them."""


class Staffing(Terms, Team, Directory, Outbox, Flags, Approvals, Protocol):
    """Who works where, and the links by which they joined."""


class Flagging(Ledger, Flags, TakingsTyped, Customers, Terms, Team, Outbox, ComingBack, Protocol):
    """What raises flags, and who must be told of them."""


class Days(Ledger, Customers, Summaries, Terms, Team, Outbox, Flags, TakingsTyped, Protocol):
    """What a merchant is told of a day."""


class Returns(People, Outbox, Mailboxes, Expiries, Directory, Customers, Protocol):
    """What has to be undone when mail comes back."""


class Upkeep(People, Outbox, Mailboxes, Wallets, Inbox, Jobs, Printed, Protocol):
    """What the operators look after: what is kept, owed and given up."""


class OwnWords(Ledger, Customers, Terms, Team, Wordings, Protocol):
    """What messages say, in the words of merchants and stores."""


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
    """How many rows found by key are better read in one ``glance`` than in several."""

    async def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        """Runs ``usecase`` in a transaction; a refusal or error leaves no trace. Raises DatabaseUnavailable."""

    async def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        """Runs ``usecase`` on a snapshot, never behind a writer. Raises DatabaseUnavailable."""

    async def glance(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        """``read`` for a few rows found by key, for which a change of thread would cost more than the lookup."""

    def on_enqueued(self, wake: Callable[[], None]) -> None:
        """``wake`` is called in the event loop after every commit that put messages into the outbox."""

    def on_failure(self, tell: Callable[[str], None]) -> None:
        """``tell`` is called in the event loop with the name of a part that broke down and was restarted."""

    async def prove_writable(self) -> None:
        """Writes something without meaning. Raises DatabaseUnavailable when nothing can be written."""

    def hurry(self) -> None:
        """Called when the program is about to end: from now on transactions wait only briefly for locks of other
        processes."""

    def ledger(self, merchant_id: MerchantId, number: CardNumber | None) -> AsyncIterator[LedgerLine]:
        """Entries oldest first, streamed."""

    def cards(self, merchant_id: MerchantId) -> AsyncIterator[CardLine]: ...
    def entries_by_card(
        self, merchant_id: MerchantId, since: date, until: date
    ) -> AsyncIterator[Sequence[Entry]]:
        """The entries from one day to another, card by card, each oldest first, streamed; without those that cannot
        be read."""

    def entries_in_order(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Entry, CardNumber]]]:
        """All entries with their cards' numbers, oldest first, in pages, streamed; without those that cannot be
        read."""

    def cards_held(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Card, Customer]]]:
        """Cards with their holders in the order in which they were made, in pages, streamed; without those that
        cannot be read."""

    def histories(self) -> AsyncIterator[CardHistory]:
        """Every card with all that ``verify`` needs, from one snapshot, streamed."""

    async def damage(self) -> Sequence[str]:
        """The findings of the database's own check of all its pages, and the rows that cannot be read, one line each;
        empty when it is whole."""

    async def size_bytes(self) -> int:
        """The space that the database takes on disk."""

    async def wipe(self, *, thoroughly: bool) -> bool:
        """Removes what was deleted from all files of the database. Copies that the engine left where it moved rows go
        only with ``thoroughly``, which rewrites the whole database. False when others are reading or writing what it
        needs."""

    async def backup(self, path: Path) -> None:
        """Writes a consistent copy of a live database."""

    async def remove_kept(self, before: datetime) -> int:
        """Removes the copies that updates and restores left beside the database before then; returns how many."""

    async def close(self) -> None: ...


class DatabaseUnavailable(Exception):
    """The database could not carry out a transaction; none of it was kept."""


class RowUnreadable(Exception):
    """A row contains what no version of the program has written. Callers that can do without it go on."""

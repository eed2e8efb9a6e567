"""One transaction over the tables in memory."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from domain.account import Account, Locale, Person
from domain.bot_profile import BotProfile
from domain.card import Card, CardById, CardByNumber, CardByToken, CardRef, Customer, Holding
from domain.delivery import Address, ChannelKind, Delivery
from domain.dialogue import Dialogue
from domain.entry import Entry
from domain.expiry import DueCard, DueCards, Unit
from domain.ids import (
    BotId,
    CardId,
    CardNumber,
    EntryId,
    InviteId,
    MerchantId,
    MessageId,
    OperationKey,
    ProgramId,
    StaffId,
    StoreId,
    TokenHash,
    UpdateId,
)
from domain.job_run import JobRun
from domain.link import Route
from domain.merchant import Merchant, Program, Store
from domain.messages import MESSAGES, Message, MessageKind
from domain.ports import OutcomeT
from domain.rules.counter import Counter
from domain.rules.expiry import Period, Warned
from domain.staff import Actor, Desk, Invite, Membership, Pin, Role, Staff
from domain.summary import DaySummary, SummaryPlan
from domain.update import ReceivedUpdate
from domain.wording import Wording
from tests.support.memory.tables import (
    CardRow,
    ConstraintBroken,
    InboxRow,
    Operation,
    OutboxRow,
    Tables,
    WarningRow,
    wording_key,
)


class MemoryTx:
    """Implements ``domain.ports.Tx``."""

    def __init__(
        self,
        tables: Tables,
        now: datetime,
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
    ) -> None:
        self.now = now
        self.new_id = new_id
        self.chance_below = chance_below
        self.enqueued = 0
        self.tables = tables

    # Ledger

    def recorded_fingerprint(self, merchant_id: MerchantId, key: OperationKey) -> str | None:
        found = self.tables.operations.get((merchant_id, key))
        return None if found is None else found.fingerprint

    def recorded_outcome(self, merchant_id: MerchantId, key: OperationKey, kind: type[OutcomeT]) -> OutcomeT:
        outcome = self.tables.operations.rows[(merchant_id, key)].outcome
        if not isinstance(outcome, kind):
            raise TypeError(f"operation {key} did not give a {kind.__name__}")
        return outcome

    def record_outcome(
        self, merchant_id: MerchantId, key: OperationKey, fingerprint: str, outcome: object
    ) -> None:
        self.tables.operations.insert(
            Operation(merchant_id=merchant_id, key=key, fingerprint=fingerprint, outcome=outcome)
        )

    def counter(self, actor: Actor, card: CardRef | None) -> Counter:
        merchant = self.tables.merchants.get(actor.merchant_id)
        staff = self.tables.staff.get((actor.merchant_id, actor.staff_id))
        device = self.member(actor.merchant_id, actor.account)
        store = self.tables.stores.get((actor.merchant_id, actor.store_id))
        found = self.card(actor.merchant_id, card) if card else None
        of_card, customer, program = found or (None, None, None)
        return Counter(
            merchant=merchant,
            staff=staff,
            staff_works_here=self._works_at(staff, actor.store_id),
            device=device,
            device_works_here=self._works_at(device, actor.store_id),
            store=store,
            pin_verified_at=self.tables.pin_sessions.get((actor.merchant_id, actor.staff_id, actor.account)),
            card=of_card,
            customer=customer,
            program=program,
        )

    def lock_counter(self, actor: Actor, card: CardRef) -> Counter:
        return self.counter(actor, card)

    def append(self, card: Card, entry: Entry) -> None:
        self.tables.cards.must_have((entry.merchant_id, entry.card_id))
        if entry.store_id is not None:
            self.tables.stores.must_have((entry.merchant_id, entry.store_id))
        if entry.staff_id is not None:
            self.tables.staff.must_have((entry.merchant_id, entry.staff_id))
        balances = (entry.stamps_balance_after, entry.points_balance_after)
        if min(*balances, card.stamp_count, card.points_balance, card.stamps_today) < 0:
            raise ConstraintBroken(f"below zero: {card}")
        self.tables.entries.insert(entry)
        row = self.tables.cards.get((card.merchant_id, card.card_id))
        if row is not None:
            balanced = replace(
                row.card,
                stamp_count=card.stamp_count,
                points_balance=card.points_balance,
                stamps_today=card.stamps_today,
                stamp_day=card.stamp_day,
                last_stamp_at=card.last_stamp_at,
                entry_count=card.entry_count,
            )
            self.tables.cards.save(replace(row, card=balanced))
            self.save_expiry(card)

    def entries_of(self, card: Card, *, newest: int | None = None) -> Sequence[Entry]:
        found = [
            e for e in self.tables.entries if (e.merchant_id, e.card_id) == (card.merchant_id, card.card_id)
        ]
        found.sort(key=lambda entry: entry.entry_no)
        return found if newest is None else found[max(0, len(found) - newest) :]

    def entry(self, merchant_id: MerchantId, entry_id: EntryId) -> Entry | None:
        return self.tables.entries.get((merchant_id, entry_id))

    def entries_between(
        self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime
    ) -> Sequence[Entry]:
        found = [
            e
            for e in self.tables.entries
            if e.merchant_id == merchant_id and begins_at <= e.occurred_at < ends_at
        ]
        return sorted(found, key=lambda entry: (entry.occurred_at, entry.entry_id))

    def entries_at(self, merchant_id: MerchantId, store_id: StoreId, day: date) -> Sequence[Entry]:
        where = (merchant_id, store_id, day)
        found = [e for e in self.tables.entries if (e.merchant_id, e.store_id, e.local_date) == where]
        return sorted(found, key=lambda entry: (entry.occurred_at, entry.entry_id))

    # Customers

    def customer_of(self, merchant_id: MerchantId, account: Account) -> Customer | None:
        who = (merchant_id, account)
        return next((c for c in self.tables.customers if (c.merchant_id, c.account) == who), None)

    def add_customer(self, customer: Customer) -> None:
        self.tables.stores.must_have((customer.merchant_id, customer.joined_store_id))
        self.tables.customers.insert(customer)

    def card(self, merchant_id: MerchantId, ref: CardRef) -> tuple[Card, Customer, Program] | None:
        for row in self.tables.cards:
            if row.card.merchant_id == merchant_id and _is_named(row, ref):
                customer = self.tables.customers.rows[(merchant_id, row.card.customer_id)]
                return row.card, customer, self._program_of(row.card)
        return None

    def cards_of(self, customer: Customer) -> Sequence[tuple[Card, Program]]:
        holder = (customer.merchant_id, customer.customer_id)
        held = [r.card for r in self.tables.cards if (r.card.merchant_id, r.card.customer_id) == holder]
        held.sort(key=lambda card: (card.created_at, card.card_id))
        return [(card, self._program_of(card)) for card in held]

    def add_card(self, card: Card, token_hash: TokenHash) -> None:
        self.tables.customers.must_have((card.merchant_id, card.customer_id))
        if (card.merchant_id, card.program_id) not in self.tables.present:
            raise ConstraintBroken(f"there is no program {card.program_id}")
        if min(card.stamp_count, card.points_balance, card.stamps_today) < 0:
            raise ConstraintBroken(f"below zero: {card}")
        self.tables.cards.insert(CardRow(card=card, token_hash=token_hash))

    def is_number_taken(self, merchant_id: MerchantId, number: CardNumber) -> bool:
        return any((r.card.merchant_id, r.card.number) == (merchant_id, number) for r in self.tables.cards)

    def rotate_token(self, card: Card, token_hash: TokenHash) -> Card:
        rotation = card.token_rotation + 1
        row = self.tables.cards.get((card.merchant_id, card.card_id))
        if row is not None:
            turned = replace(row.card, token_rotation=rotation)
            self.tables.cards.save(CardRow(card=turned, token_hash=token_hash))
        return replace(card, token_rotation=rotation)

    def open_dispute(self, entry: Entry, account: Account) -> bool:
        key = (entry.merchant_id, entry.entry_id)
        if key in self.tables.disputes:
            return False
        self.tables.entries.must_have(key)
        self.tables.disputes[key] = account
        return True

    def lock_card(self, merchant_id: MerchantId, card_id: CardId) -> Holding | None:
        found, merchant = self.card(merchant_id, CardById(card_id)), self.merchant(merchant_id)
        if found is None or merchant is None:
            return None
        card, customer, program = found
        return Holding(merchant=merchant, customer=customer, card=card, program=program)

    def cards_made_between(
        self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime
    ) -> frozenset[CardId]:
        return frozenset(
            row.card.card_id
            for row in self.tables.cards
            if row.card.merchant_id == merchant_id and begins_at <= row.card.created_at < ends_at
        )

    def cards_in(self, program: Program, after: CardId | None, limit: int) -> Sequence[CardId]:
        found = sorted(card.card_id for card in self._cards_of(program) if card.card_id > (after or ""))
        return found[:limit]

    def rewards_outstanding(self, program: Program) -> int:
        cards = [card for card in self._cards_of(program) if card.active]
        outstanding = 0
        if program.has_stamps:
            outstanding += sum(card.stamp_count // program.stamps_target for card in cards)
        if program.has_points:
            outstanding += sum(card.points_balance >= program.point_rewards[0].cost for card in cards)
        return outstanding

    # Expiries

    def cards_to_look_at(self, after: DueCard | None, limit: int) -> DueCards:
        looks = [
            DueCard(row.card.expiry_look_at, row.card.merchant_id, row.card.card_id)
            for row in self.tables.cards
            if row.card.expiry_look_at is not None and row.card.expiry_look_at <= self.now
        ]
        page = sorted(look for look in looks if after is None or look > after)[:limit]
        return DueCards([(look.merchant_id, look.card_id) for look in page], page[-1] if page else None)

    def save_expiry(self, card: Card) -> None:
        row = self.tables.cards.get((card.merchant_id, card.card_id))
        if row is not None:
            reckoned = replace(
                row.card,
                stamps_expire_at=card.stamps_expire_at,
                points_expire_at=card.points_expire_at,
                expiry_look_at=card.expiry_look_at,
            )
            self.tables.cards.save(replace(row, card=reckoned))

    def warned(self, card: Card, unit: Unit, expires_at: datetime) -> Warned | None:
        row = self.tables.warnings.get(_key_of(card, unit, expires_at))
        sent = self.tables.outbox.get((card.merchant_id, row.message_id)) if row else None
        if row is None or sent is None:
            return None
        return Warned(count=row.count, delivered_at=sent.sent_at, given_up=sent.failed_at is not None)

    def save_warning(self, card: Card, period: Period, message_id: MessageId) -> None:
        self.tables.cards.must_have((card.merchant_id, card.card_id))
        key = _key_of(card, period.unit, period.expires_at)
        self.tables.warnings[key] = WarningRow(count=period.count, message_id=message_id)

    def forget_warning(self, card: Card, unit: Unit, expires_at: datetime) -> None:
        self.tables.warnings.pop(_key_of(card, unit, expires_at), None)

    def save_expired(self, card: Card, period: Period, entry: Entry, *, is_reachable: bool) -> None:
        key = _key_of(card, period.unit, period.expires_at)
        row = self.tables.warnings.get(key)
        if row is not None:
            self.tables.warnings[key] = replace(row, entry_id=entry.entry_id, was_reachable=is_reachable)

    # Summaries

    def merchants_to_summarize(self, limit: int) -> Sequence[MerchantId]:
        due = [plan for plan in self.tables.summary_plans.values() if plan.due_at <= self.now]
        return [plan.merchant_id for plan in sorted(due, key=lambda plan: plan.due_at)][:limit]

    def summary_plan(self, merchant_id: MerchantId) -> SummaryPlan | None:
        return self.tables.summary_plans.get(merchant_id)

    def save_summary_plan(self, plan: SummaryPlan) -> None:
        self.tables.merchants.must_have(plan.merchant_id)
        self.tables.summary_plans[plan.merchant_id] = plan

    def summary(self, merchant_id: MerchantId, day: date) -> DaySummary | None:
        return self.tables.summaries.get((merchant_id, day))

    def add_summary(self, merchant_id: MerchantId, summary: DaySummary) -> None:
        self.tables.merchants.must_have(merchant_id)
        key = (merchant_id, summary.local_date)
        if key in self.tables.summaries:
            raise ConstraintBroken(f"there is a summary of {key} already")
        self.tables.summaries[key] = summary

    def summaries_told(self, merchant_id: MerchantId, on: date | None) -> Sequence[DaySummary]:
        return [
            summary
            for key, summary in sorted(self.tables.summaries.items(), key=lambda item: item[0])
            if key[0] == merchant_id and self.tables.told_on.get(key) == on
        ]

    def summaries_are_told(self, merchant_id: MerchantId, days: Sequence[date]) -> None:
        for day in days:
            self.tables.told_on[merchant_id, day] = days[-1]

    def failed_between(self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime) -> int:
        return sum(
            row.message.merchant_id == merchant_id
            and row.failed_at is not None
            and begins_at <= row.failed_at < ends_at
            for row in self.tables.outbox
        )

    # Terms

    def merchant(self, merchant_id: MerchantId) -> Merchant | None:
        return self.tables.merchants.get(merchant_id)

    def add_merchant(self, merchant: Merchant) -> None:
        self.tables.merchants.insert(merchant)

    def store(self, merchant_id: MerchantId, store_id: StoreId) -> Store | None:
        return self.tables.stores.get((merchant_id, store_id))

    def stores_of(self, merchant_id: MerchantId) -> Sequence[Store]:
        found = [store for store in self.tables.stores if store.merchant_id == merchant_id]
        return sorted(found, key=lambda store: store.store_id)

    def add_store(self, store: Store) -> None:
        self.tables.merchants.must_have(store.merchant_id)
        self.tables.stores.insert(store)

    def programs_of(self, merchant_id: MerchantId) -> Sequence[Program]:
        return [
            self.tables.programs.rows[(of_merchant, program_id, version)]
            for (of_merchant, program_id), version in sorted(self.tables.present.items())
            if of_merchant == merchant_id
        ]

    def add_program_version(self, program: Program) -> None:
        self.tables.merchants.must_have(program.merchant_id)
        if program.stamps_target <= 0:
            raise ConstraintBroken("a target that is not positive")
        self.tables.programs.insert(program)
        key = (program.merchant_id, program.program_id)
        self.tables.present[key] = program.version
        self.tables.spread.setdefault(key, program.version)

    def programs_to_spread(self) -> Sequence[tuple[MerchantId, ProgramId]]:
        return [
            key for key, version in sorted(self.tables.present.items()) if self.tables.spread[key] < version
        ]

    def program_spread(self, program: Program) -> None:
        self.tables.spread[(program.merchant_id, program.program_id)] = program.version

    # Team

    def staff(self, merchant_id: MerchantId, staff_id: StaffId) -> Staff | None:
        return self.tables.staff.get((merchant_id, staff_id))

    def member(self, merchant_id: MerchantId, account: Account) -> Staff | None:
        who = (merchant_id, account)
        return next((staff for staff in self.tables.staff if (staff.merchant_id, staff.account) == who), None)

    def staff_of(self, merchant_id: MerchantId) -> Sequence[Staff]:
        found = [staff for staff in self.tables.staff if staff.merchant_id == merchant_id]
        return sorted(found, key=lambda staff: staff.staff_id)

    def memberships_of(self, account: Account) -> Sequence[Membership]:
        known = sorted(merchant_id for (who, merchant_id) in self.tables.acquaintances if who == account)
        found = [
            (self.member(merchant_id, account), self.tables.merchants.get(merchant_id))
            for merchant_id in known
        ]
        return [
            Membership(
                staff=staff,
                merchant_name=merchant.name,
                timezone=merchant.timezone,
                currency=merchant.currency,
                locale=merchant.default_locale,
                stores=tuple((store.store_id, store.name) for store in self.stores_for(staff)),
            )
            for staff, merchant in found
            if staff is not None and staff.is_active and merchant is not None
        ]

    def team_at(self, merchant_id: MerchantId, store_id: StoreId) -> Sequence[Staff]:
        store = self.store(merchant_id, store_id)
        if store is None or not store.active:
            return []
        found = [
            staff
            for staff in self.tables.staff
            if staff.merchant_id == merchant_id
            and staff.is_active
            and staff.role is not Role.TERMINAL
            and self._works_at(staff, store_id)
        ]
        return sorted(found, key=lambda staff: (staff.name, staff.staff_id))

    def stores_for(self, staff: Staff) -> Sequence[Store]:
        known = self.staff(staff.merchant_id, staff.staff_id)
        found = [
            s for s in self.stores_of(staff.merchant_id) if s.active and self._works_at(known, s.store_id)
        ]
        return sorted(found, key=lambda store: (store.name, store.store_id))

    def managers_of(self, merchant_id: MerchantId) -> Sequence[Account]:
        return [
            staff.account
            for staff in self.tables.staff
            if staff.merchant_id == merchant_id
            and staff.is_active
            and staff.role.is_merchant_wide
            and staff.account is not None
        ]

    def add_staff(self, staff: Staff, store_ids: Iterable[StoreId]) -> None:
        self.tables.merchants.must_have(staff.merchant_id)
        self.tables.staff.insert(staff)
        for store_id in store_ids:
            self.tables.stores.must_have((staff.merchant_id, store_id))
            self.tables.assigned.add((staff.merchant_id, staff.staff_id, store_id))

    def save_staff(self, staff: Staff) -> None:
        self.tables.staff.update(staff)

    def save_pin(self, staff: Staff, pin: Pin) -> None:
        known = self.staff(staff.merchant_id, staff.staff_id)
        if known is not None:
            self.tables.staff.save(replace(known, pin=pin))

    def add_invite(self, invite: Invite) -> None:
        self.tables.staff.must_have((invite.merchant_id, invite.staff_id))
        self.tables.invites.insert(invite)

    def invite(self, merchant_id: MerchantId, invite_id: InviteId) -> Invite | None:
        return self.tables.invites.get((merchant_id, invite_id))

    def save_invite(self, invite: Invite) -> None:
        self.tables.staff.must_have((invite.merchant_id, invite.staff_id))
        self.tables.invites.save(invite)

    def desk(self, account: Account) -> Desk | None:
        return self.tables.desks.get(account)

    def save_desk(self, desk: Desk) -> None:
        self.tables.desks[desk.account] = desk

    def save_pin_session(self, staff: Staff, account: Account, verified_at: datetime) -> None:
        self.tables.staff.must_have((staff.merchant_id, staff.staff_id))
        self.tables.pin_sessions[(staff.merchant_id, staff.staff_id, account)] = verified_at

    # Directory

    def route(self, token_hash: TokenHash) -> Route | None:
        return self.tables.directory.get(token_hash)

    def add_route(self, route: Route) -> None:
        self.tables.directory.insert(route)

    def forget_routes(self, merchant_id: MerchantId, target_id: str) -> None:
        self.tables.directory.delete(lambda row: (row.merchant_id, row.target_id) == (merchant_id, target_id))

    def merchants_of(self, account: Account) -> Sequence[MerchantId]:
        known = [
            (at, merchant_id)
            for (who, merchant_id), at in self.tables.acquaintances.items()
            if who == account
        ]
        known.sort(key=lambda pair: pair[1])
        known.sort(key=lambda pair: pair[0], reverse=True)
        return [merchant_id for _, merchant_id in known]

    def remember_merchant(self, account: Account, merchant_id: MerchantId) -> None:
        self.tables.acquaintances[(account, merchant_id)] = self.now

    def bot_profile(self, bot_id: BotId) -> BotProfile | None:
        return self.tables.bots.get(bot_id)

    def save_bot_profile(self, profile: BotProfile) -> None:
        self.tables.bots[profile.bot_id] = profile

    # People

    def person(self, account: Account) -> Person | None:
        return self.tables.people.get(account)

    def save_person(self, person: Person) -> None:
        self.tables.people[person.account] = person

    def dialogue(self, account: Account) -> Dialogue | None:
        return self.tables.dialogues.get(account)

    def save_dialogue(self, dialogue: Dialogue) -> None:
        self.tables.dialogues[dialogue.account] = dialogue

    def end_dialogue(self, account: Account) -> None:
        self.tables.dialogues.pop(account, None)

    def end_lapsed_dialogues(self) -> int:
        lapsed = [account for account, held in self.tables.dialogues.items() if held.expires_at <= self.now]
        for account in lapsed:
            del self.tables.dialogues[account]
        return len(lapsed)

    # Outbox

    def enqueue(self, message: Message, addresses: Sequence[Address]) -> None:
        self.tables.merchants.must_have(message.merchant_id)
        [(channel, address)] = addresses
        delivery = Delivery(
            merchant_id=message.merchant_id,
            message_id=message.message_id,
            bot_id=message.recipient.bot_id,
            channel=channel,
            address=address,
            is_marketing=MESSAGES[message.kind].is_marketing,
        )
        row = OutboxRow(message=message, delivery=delivery, due_at=message.created_at)
        self.tables.outbox.insert(row)
        self.enqueued += 1

    def message(self, merchant_id: MerchantId, message_id: MessageId) -> Message:
        return self.tables.outbox.rows[(merchant_id, message_id)].message

    def lease_due(
        self, bot_id: BotId, channel: ChannelKind, holder: str, until: datetime, limit: int
    ) -> Sequence[Delivery]:
        mine = [row for row in self._owed(bot_id) if row.delivery.channel is channel]
        due = [row for row in mine if row.due_at <= self.now and self._is_free(row)]
        due.sort(key=lambda row: (row.delivery.is_marketing, row.due_at, row.message.message_id))
        for row in due[:limit]:
            self.tables.outbox.save(replace(row, leased_by=holder, leased_until=until))
        return [row.delivery for row in due[:limit]]

    def release_leases(self, bot_id: BotId, channel: ChannelKind) -> int:
        mine = [row for row in self._owed(bot_id) if row.delivery.channel is channel]
        held = [row for row in mine if row.leased_by is not None]
        for row in held:
            self.tables.outbox.save(replace(row, leased_by=None, leased_until=None))
        return len(held)

    def delivery_made(self, delivery: Delivery, reference: str) -> None:
        self._change(delivery, lambda row: replace(row, sent_at=self.now))

    def delivery_postponed(self, delivery: Delivery, due_at: datetime, *, attempts: int, error: str) -> None:
        tried = replace(delivery, attempts=attempts)
        self._change(delivery, lambda row: replace(row, due_at=due_at, delivery=tried))

    def delivery_failed(self, delivery: Delivery, error: str, *, is_unreported: bool) -> None:
        unreported = error if is_unreported else None
        self._change(delivery, lambda row: replace(row, failed_at=self.now, unreported=unreported))

    def unreported_deliveries(self, bot_id: BotId) -> Sequence[tuple[Delivery, str]]:
        mine = [row for row in self.tables.outbox if row.delivery.bot_id == bot_id]
        return [(row.delivery, row.unreported) for row in mine if row.unreported is not None]

    def delivery_reported(self, delivery: Delivery) -> None:
        self._change(delivery, lambda row: replace(row, unreported=None))

    def next_due_at(self, bot_id: BotId) -> datetime | None:
        return min((row.due_at for row in self._owed(bot_id) if row.leased_until is None), default=None)

    def end_lapsed_leases(self, bot_id: BotId) -> int:
        lapsed = [row for row in self._owed(bot_id) if row.leased_until and row.leased_until <= self.now]
        for row in lapsed:
            self.tables.outbox.save(replace(row, leased_by=None, leased_until=None))
        return len(lapsed)

    def count_deliveries(self, bot_id: BotId) -> tuple[int, int]:
        mine = [row for row in self.tables.outbox if row.message.recipient.bot_id == bot_id]
        return len(self._owed(bot_id)), sum(row.failed_at is not None for row in mine)

    # Wordings

    def save_wording(self, wording: Wording) -> None:
        self.tables.merchants.must_have(wording.merchant_id)
        self.tables.wordings.save(wording)

    def forget_wording(
        self, merchant_id: MerchantId, store_id: StoreId | None, kind: MessageKind, locale: Locale
    ) -> bool:
        key = (merchant_id, kind, locale, store_id)
        return self.tables.wordings.delete(lambda row: wording_key(row) == key) == 1

    def wordings_for(self, merchant_id: MerchantId, kind: MessageKind, locale: Locale) -> Sequence[Wording]:
        wanted = (merchant_id, kind, locale)
        return [row for row in self.wordings_of(merchant_id) if wording_key(row)[:3] == wanted]

    def wordings_of(self, merchant_id: MerchantId) -> Sequence[Wording]:
        return [row for row in self.tables.wordings if row.merchant_id == merchant_id]

    # Inbox

    def receive(self, update: ReceivedUpdate) -> bool:
        if self.tables.inbox.get((update.bot_id, update.update_id)) is not None:
            return False
        self.tables.inbox.insert(InboxRow(update=replace(update, attempts=0, received_at=self.now)))
        return True

    def update_done(self, bot_id: BotId, update_id: UpdateId) -> None:
        row = self.tables.inbox.get((bot_id, update_id))
        if row is not None:
            self.tables.inbox.save(replace(row, done_at=self.now))

    def update_failed(self, bot_id: BotId, update_id: UpdateId, error: str, *, for_good: bool) -> None:
        row = self.tables.inbox.get((bot_id, update_id))
        if row is not None:
            tried = replace(row.update, attempts=row.update.attempts + 1)
            failed_at = self.now if for_good else None
            self.tables.inbox.save(replace(row, update=tried, failed_at=failed_at, error=error))

    def unfinished_updates(self, bot_id: BotId) -> Sequence[ReceivedUpdate]:
        found = [
            row.update
            for row in self.tables.inbox
            if row.update.bot_id == bot_id and row.done_at is None and row.failed_at is None
        ]
        return sorted(found, key=lambda update: update.update_id)

    def unreported_updates(self, bot_id: BotId) -> Sequence[tuple[UpdateId, str]]:
        found = [row for row in self._kept_aside(bot_id) if row.reported_at is None]
        return sorted((row.update.update_id, row.error) for row in found)

    def update_reported(self, bot_id: BotId, update_id: UpdateId) -> None:
        row = self.tables.inbox.get((bot_id, update_id))
        if row is not None:
            self.tables.inbox.save(replace(row, reported_at=self.now))

    def count_updates(self, bot_id: BotId) -> tuple[int, int]:
        return len(self.unfinished_updates(bot_id)), len(self._kept_aside(bot_id))

    def forget_updates(self, done_before: datetime) -> int:
        return self.tables.inbox.delete(lambda row: row.done_at is not None and row.done_at < done_before)

    def forget_dead_letters(self, bot_id: BotId, failed_before: datetime) -> int:
        return self.tables.inbox.delete(
            lambda row: (
                row.update.bot_id == bot_id and row.failed_at is not None and row.failed_at < failed_before
            )
        )

    # Jobs

    def job_run(self, job: str) -> JobRun | None:
        return self.tables.job_runs.get(job)

    def job_runs(self) -> Sequence[JobRun]:
        return [run for _, run in sorted(self.tables.job_runs.items())]

    def save_job_run(self, run: JobRun) -> None:
        self.tables.job_runs[run.job] = run

    def _kept_aside(self, bot_id: BotId) -> list[InboxRow]:
        return [row for row in self.tables.inbox if row.update.bot_id == bot_id and row.failed_at is not None]

    def _works_at(self, staff: Staff | None, store_id: StoreId) -> bool:
        if staff is None:
            return False
        assignment = (staff.merchant_id, staff.staff_id, store_id)
        return staff.role.is_merchant_wide or assignment in self.tables.assigned

    def _program_of(self, card: Card) -> Program:
        version = self.tables.present[(card.merchant_id, card.program_id)]
        return self.tables.programs.rows[(card.merchant_id, card.program_id, version)]

    def _cards_of(self, program: Program) -> list[Card]:
        key = (program.merchant_id, program.program_id)
        return [r.card for r in self.tables.cards if (r.card.merchant_id, r.card.program_id) == key]

    def _owed(self, bot_id: BotId) -> list[OutboxRow]:
        return [row for row in self.tables.outbox if row.is_owed and row.message.recipient.bot_id == bot_id]

    def _is_free(self, row: OutboxRow) -> bool:
        return row.leased_until is None or row.leased_until <= self.now

    def _change(self, delivery: Delivery, change: Callable[[OutboxRow], OutboxRow]) -> None:
        row = self.tables.outbox.get((delivery.merchant_id, delivery.message_id))
        if row is not None:
            self.tables.outbox.save(replace(change(row), leased_by=None, leased_until=None))


def _key_of(card: Card, unit: Unit, expires_at: datetime) -> tuple[MerchantId, CardId, Unit, datetime]:
    return card.merchant_id, card.card_id, unit, expires_at


def _is_named(row: CardRow, ref: CardRef) -> bool:
    match ref:
        case CardById(card_id):
            return row.card.card_id == card_id
        case CardByNumber(number):
            return row.card.number == number
        case CardByToken(token_hash):
            return row.token_hash == token_hash

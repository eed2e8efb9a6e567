"""A shop for scenarios: each method runs one use case for a named person."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select

from domain.account import Account
from domain.acts import (
    AdjustPoints,
    Adopt,
    AskCustomer,
    Asked,
    AskManager,
    Change,
    Decide,
    EarnPoints,
    MergeCards,
    RedeemAny,
    RedeemInterim,
    RedeemPoints,
    RedeemReward,
    Stamp,
    TakeBack,
    TakeOver,
)
from domain.card import Card, CardRef, Customer
from domain.delivery import ChannelKind, Delivery
from domain.entry import Entry, Origin
from domain.ids import (
    AdoptionId,
    BotId,
    CardId,
    CardNumber,
    EntryId,
    InviteId,
    MerchantId,
    OperationKey,
    ProgramId,
    SheetId,
    StaffId,
    StoreId,
    TokenHash,
    UserId,
)
from domain.kinds import EntryKind
from domain.merchant import Merchant, PointReward, Program
from domain.messages import Facts, Message, MessageKind
from domain.ports import Tx
from domain.printed import Blank
from domain.refusals import Refusal
from domain.rules.interim import interim_rewards
from domain.staff import Actor, PinSession, Role, Staff
from domain.usecases.add_program import AddProgram, add_program
from domain.usecases.adjust_points import adjust_points
from domain.usecases.adopt_card import Adopted, AskAdoption, ConfirmAdoption, ask_adoption, confirm_adoption
from domain.usecases.ask_customer import ask_customer
from domain.usecases.ask_manager import Requested, ask_manager
from domain.usecases.change_fields import change_fields
from domain.usecases.claim_invite import Claimed, ClaimInvite, claim_invite
from domain.usecases.decide_approval import Decided, decide_approval
from domain.usecases.earn_points import earn_points
from domain.usecases.join_store import Joined, JoinProgram, JoinStore, join_program, join_store
from domain.usecases.mail_card import CardToMail, MailCard, mail_card
from domain.usecases.merge_cards import MergeWaiting, merge_cards
from domain.usecases.move_card import (
    AnswerMove,
    BeginMove,
    OpenMove,
    answer_move,
    begin_move,
    open_move,
)
from domain.usecases.posting import Posted
from domain.usecases.print_cards import PrintCards, print_cards
from domain.usecases.prove_pin import (
    ChoosePin,
    JudgedPin,
    PinHolder,
    accept_pin,
    begin_attempt,
    choose_pin,
    reject_pin,
)
from domain.usecases.redeem_any import redeem_any
from domain.usecases.redeem_interim import redeem_interim
from domain.usecases.redeem_points import redeem_points
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.reset_pin import ResetPin, reset_pin
from domain.usecases.set_up import (
    CreateStore,
    InviteStaff,
    create_merchant,
    create_store,
    invite_staff,
)
from domain.usecases.stamp_card import stamp_card
from domain.usecases.take_over_paper import take_over_paper
from domain.usecases.void import void_act
from storage import tables
from storage.rows import from_instant
from tests.support.commands import opening
from tests.support.databases import SyncDatabase, do, look
from tests.support.terms import editing

BOT = BotId(42)
MANY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A customer with their card."""

    account: Account
    card_id: CardId
    number: CardNumber
    token_hash: TokenHash

    @property
    def card(self) -> CardRef:
        return CardRef("id", self.card_id)


def delivery_of(message: Message) -> Delivery:
    """The delivery of a message in its reader's chat, before the first try."""
    return Delivery(
        merchant_id=message.merchant_id,
        message_id=message.message_id,
        bot_id=message.recipient.bot_id,
        channel=ChannelKind.TELEGRAM,
        address=str(message.recipient.user_id),
        is_marketing=False,
    )


class _Peeked(Exception):
    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages


@dataclass
class Town:
    """What shops share: the database and the people."""

    database: SyncDatabase
    people: int = 1000
    made: int = 0

    def somebody(self) -> Account:
        """A new account."""
        self.people += 1
        return Account(bot_id=BOT, user_id=UserId(self.people))

    def new_key(self) -> OperationKey:
        return OperationKey(self._new("key"))

    def new_hash(self) -> TokenHash:
        return TokenHash(self._new("hash"))

    def opens_shop(self, **terms: Any) -> "Shop":
        """Makes a merchant with one store; ``terms`` replace those of an easy-going program without PIN."""
        of_points = {
            "points_per_unit_milli": 1000,
            "plausible_purchase_minor": 0,
            "point_rewards": (PointReward(cost=50, name="An espresso"), PointReward(cost=100, name="A cake")),
        }
        command = opening(self.database.ids, **of_points | terms)
        self.database.write(create_merchant, command)
        shop = Shop(
            town=self,
            merchant_id=command.merchant_id,
            program_id=command.program_id,
            store_id=command.store_id,
        )
        shop.owner = shop.takes_on(command.owner_token_hash)
        return shop

    def messages(self, kind: MessageKind | None = None) -> list[Message]:
        """The messages that the bot owes now, oldest first; they are not leased by this."""

        def peek(tx: Tx) -> None:
            leased = tx.lease_due(BOT, ChannelKind.TELEGRAM, "a look", tx.now, MANY)
            raise _Peeked([tx.message(one.merchant_id, one.message_id) for one in leased])

        try:
            do(self.database, peek)
        except _Peeked as peeked:
            return [message for message in peeked.messages if kind in (None, message.kind)]
        raise AssertionError("unreachable")

    def owed_at(self) -> list[datetime]:
        """When each delivery that is owed is due."""
        due = tables.deliveries.c
        owed = select(due.due_at).where(due.delivered_at.is_(None), due.failed_at.is_(None))
        found = look(self.database, lambda tx: cast(Any, tx).session.all(owed))
        return [from_instant(due_at) for (due_at,) in found]

    def facts(self, kind: MessageKind) -> list[Facts]:
        return [message.facts for message in self.messages(kind)]

    def _new(self, what: str) -> str:
        self.made += 1
        return f"{what}-{self.made}"


@dataclass
class Shop:
    town: Town
    merchant_id: MerchantId
    program_id: ProgramId
    store_id: StoreId
    owner: Actor = field(init=False, repr=False)

    @property
    def database(self) -> SyncDatabase:
        return self.town.database

    # The team

    def invites(self, name: str, role: Role = Role.STAFF, store_id: StoreId | None = None) -> TokenHash:
        """The hash of a link for a new member."""
        token_hash = self.town.new_hash()
        self.database.write(
            invite_staff,
            InviteStaff(
                merchant_id=self.merchant_id,
                store_id=store_id or (None if role.is_merchant_wide else self.store_id),
                name=name,
                role=role,
                token_hash=token_hash,
            ),
        )
        return token_hash

    def invite_behind(self, token_hash: TokenHash) -> InviteId:
        route = look(self.database, lambda tx: tx.route(token_hash))
        assert route is not None
        return InviteId(route.target_id)

    def claims(self, token_hash: TokenHash, account: Account) -> Claimed:
        command = ClaimInvite(
            account=account, merchant_id=self.merchant_id, invite_id=self.invite_behind(token_hash)
        )
        return self.database.write(claim_invite, command)

    def takes_on(
        self, token_hash: TokenHash, account: Account | None = None, store_id: StoreId | None = None
    ) -> Actor:
        account = account or self.town.somebody()
        claimed = self.claims(token_hash, account)
        return self.actor(claimed.staff_id, account, store_id)

    def hires(
        self,
        name: str,
        role: Role = Role.STAFF,
        store_id: StoreId | None = None,
        account: Account | None = None,
    ) -> Actor:
        return self.takes_on(self.invites(name, role, store_id), account, store_id)

    def actor(self, staff_id: StaffId, account: Account, store_id: StoreId | None = None) -> Actor:
        return Actor(
            merchant_id=self.merchant_id,
            staff_id=staff_id,
            store_id=store_id or self.store_id,
            account=account,
        )

    def staff(self, actor: Actor) -> Staff:
        found = look(self.database, lambda tx: tx.staff(actor.merchant_id, actor.staff_id))
        assert found is not None
        return found

    def pin_session(self, actor: Actor) -> PinSession:
        member = self.staff(actor)
        return look(self.database, lambda tx: tx.pin_session(member, actor.account))

    def changes_staff(self, actor: Actor, **changes: Any) -> None:
        changed = replace(self.staff(actor), **changes)
        do(self.database, lambda tx: tx.save_staff(changed))

    def chooses_pin(self, actor: Actor, pin_hash: str = "hash of 2580") -> None:
        holder = pin_holder(actor)
        self.database.write(choose_pin, ChoosePin(holder=holder, pin_hash=pin_hash))

    def resets_pin(self, manager: Actor, member: Actor) -> TokenHash:
        """The hash of the link that the manager hands out."""
        token_hash = self.town.new_hash()
        command = ResetPin(
            account=manager.account,
            merchant_id=self.merchant_id,
            staff_id=member.staff_id,
            token_hash=token_hash,
        )
        self.database.write(reset_pin, command)
        return token_hash

    def types_right_pin(self, actor: Actor) -> None:
        pin = self.database.write(begin_attempt, pin_holder(actor))
        judged = JudgedPin(holder=pin_holder(actor), generation=pin.generation)
        self.database.write(accept_pin, judged)

    def types_wrong_pin(self, actor: Actor) -> Refusal:
        pin = self.database.write(begin_attempt, pin_holder(actor))
        judged = JudgedPin(holder=pin_holder(actor), generation=pin.generation)
        return self.database.write(reject_pin, judged)

    # The terms

    def adds_store(self, name: str) -> StoreId:
        store_id = StoreId(self.database.ids())
        command = CreateStore(
            merchant_id=self.merchant_id, store_id=store_id, name=name, token_hash=self.town.new_hash()
        )
        self.database.write(create_store, command)
        return store_id

    def adds_program(self, name: str = "Lunch card", **terms: Any) -> ProgramId:
        """A second program, added by the operator."""
        command = AddProgram(
            merchant_id=self.merchant_id,
            account=None,
            program_id=ProgramId(self.database.ids()),
            program={"require_staff_pin": False, "reward": "A lunch", **terms, "name": name},
            present_name="Stamp card",
        )
        return self.database.write(add_program, command).program_id

    def program(self, program_id: ProgramId | None = None) -> Program:
        """The shop's first program, or the one that is named."""
        programs = look(self.database, lambda tx: tx.programs_of(self.merchant_id))
        [found] = [each for each in programs if each.program_id == (program_id or self.program_id)]
        return found

    def merchant(self) -> Merchant:
        found = look(self.database, lambda tx: tx.merchant(self.merchant_id))
        assert found is not None
        return found

    def changes_merchant(self, **changes: Any) -> None:
        self.database.write(change_fields, editing(self.merchant(), **changes))

    def changes_terms(
        self, program_id: ProgramId | None = None, *, is_renamed: bool = False, **changes: Any
    ) -> None:
        """Makes a new version of the program."""
        command = replace(editing(self.program(program_id), **changes), is_renamed=is_renamed)
        self.database.write(change_fields, command)

    # The customers

    def joins(self, name: str = "Léa", account: Account | None = None) -> Joined:
        return self.database.write(join_store, self.joining(name, account or self.town.somebody()))

    def joining(self, name: str, account: Account) -> JoinStore:
        return JoinStore(
            account=account,
            name=name,
            merchant_id=self.merchant_id,
            store_id=self.store_id,
            card_id=CardId(self.database.ids()),
            card_token_hash=self.town.new_hash(),
            account_hash="",
        )

    def gives_card(self, name: str = "Léa", account: Account | None = None) -> Holder:
        account = account or self.town.somebody()
        command = self.joining(name, account)
        state = self.database.write(join_store, command).held.state
        return Holder(
            account=account,
            card_id=state.card_id,
            number=state.card_number,
            token_hash=command.card_token_hash,
        )

    def gives_another_card(self, holder: Holder, program_id: ProgramId) -> Holder:
        """Gives a holder a card of another program."""
        command = JoinProgram(
            account=holder.account,
            merchant_id=self.merchant_id,
            program_id=program_id,
            card_id=CardId(self.database.ids()),
            card_token_hash=self.town.new_hash(),
            account_hash="",
        )
        state = self.database.write(join_program, command).held.state
        return Holder(
            account=holder.account,
            card_id=state.card_id,
            number=state.card_number,
            token_hash=command.card_token_hash,
        )

    def prints(self, count: int = 1, **how: Any) -> Sequence[Blank]:
        """A sheet of so many cards, printed by the operator."""
        command = PrintCards(
            merchant_id=self.merchant_id,
            account=None,
            sheet_id=SheetId(self.database.ids()),
            card_hash=lambda card_id, rotation: TokenHash(f"code of {card_id} in {rotation}"),
            count=count,
        )
        return self.database.write(print_cards, replace(command, **how)).blanks

    def guest(self, actor: Actor, stamps: int = 1) -> Holder:
        """A new guest: a printed card that was stamped once."""
        [blank] = self.prints()
        self.stamps(actor, CardRef("token", blank.token_hash), stamps)
        _, customer, _ = self.found(CardRef("id", blank.card_id))
        return Holder(
            account=customer.account,
            card_id=blank.card_id,
            number=blank.number,
            token_hash=blank.token_hash,
        )

    def mails(self, actor: Actor | None, address: str = "lea@example.lu", **how: Any) -> CardToMail:
        """Mails a card to a customer's address."""
        return self.database.write(mail_card, self.card_to_mail(actor, address, **how))

    def card_to_mail(self, actor: Actor | None, address: str = "lea@example.lu", **how: Any) -> MailCard:
        command = MailCard(
            merchant_id=self.merchant_id,
            store_id=self.store_id,
            bot_id=BOT,
            actor=actor,
            card_id=CardId(self.database.ids()),
            card_hash=self.town.new_hash(),
            address=address,
            address_mark=f"mark of {address}",
        )
        return replace(command, **how)

    def mailed_guest(self, actor: Actor, address: str = "lea@example.lu") -> Holder:
        """A new guest who was mailed a card and has shown it at the counter."""
        token_hash = self.town.new_hash()
        made = self.mails(actor, address, card_hash=token_hash)
        assert made.held is not None
        self.stamps(actor, CardRef("token", token_hash))
        _, customer, _ = self.found(CardRef("token", token_hash))
        state = made.held.state
        return Holder(
            account=customer.account, card_id=state.card_id, number=state.card_number, token_hash=token_hash
        )

    def takes_over(self, actor: Actor, holder: Holder | CardRef, count: int, **how: Any) -> Posted:
        """Takes over stamps of a paper card."""
        asked: Asked[TakeOver] = self._asks(TakeOver, actor, holder, how, count=count)
        return self.database.write(take_over_paper, asked)

    def asks_for(self, guest: Holder, account: Account | None = None, name: str = "Noa") -> AdoptionId:
        """An account asks for a guest's card, after scanning it."""
        command = AskAdoption(
            account=account or self.town.somebody(),
            name=name,
            merchant_id=self.merchant_id,
            card_id=guest.card_id,
        )
        self.database.write(ask_adoption, command)
        card = self.card(guest)
        adoption = look(self.database, lambda tx: tx.adoption(card))
        assert adoption is not None
        return adoption.adoption_id

    def confirms(
        self, actor: Actor, guest: Holder, adoption: AdoptionId, *, pin_typed: bool = False
    ) -> Adopted:
        act = Adopt(card=guest.card, adoption=adoption)
        command = ConfirmAdoption(
            asked=Asked(act=act, actor=actor, pin_typed=pin_typed),
            card_hash=lambda card_id, rotation: TokenHash(f"code of {card_id} in {rotation}"),
            account_hash=lambda account, _: f"hash of {account.user_id}",
        )
        return self.database.write(confirm_adoption, command)

    def moves_card(self, holder: Holder) -> Holder:
        """Moves a card: the holder agrees, and another account of theirs opens the link."""
        moved = replace(holder, account=self.town.somebody(), token_hash=self.town.new_hash())
        begin = BeginMove(
            merchant_id=self.merchant_id, account=None, card=holder.card, token_hash=self.town.new_hash()
        )
        move = self.database.write(begin_move, begin).move
        assert move is not None
        which: dict[str, Any] = {"merchant_id": self.merchant_id, "move_id": move.move_id}
        self.database.write(answer_move, AnswerMove(account=holder.account, is_allowed=True, **which))
        opened = OpenMove(account=moved.account, name="", card_hash=lambda *_: moved.token_hash, **which)
        self.database.write(open_move, opened)
        return moved

    def merges(self, actor: Actor, holder: Holder, other: Holder, **how: Any) -> Posted:
        """Merges the other holder's card into the first's, with the yes of who has a chat."""
        command = self.merging(actor, holder, other, **how)
        done = self.database.write(merge_cards, command)
        if isinstance(done, MergeWaiting):
            self.answers_merge(done, other.account)
            merged = self.database.write(merge_cards, command)
            assert isinstance(merged, Posted)
            return replace(merged, replayed=False)
        return done

    def asks_to_merge(self, actor: Actor, holder: Holder, other: Holder, **how: Any) -> MergeWaiting:
        """Asks the other holder whether their card may be merged into the first's."""
        waiting = self.database.write(merge_cards, self.merging(actor, holder, other, **how))
        assert isinstance(waiting, MergeWaiting)
        return waiting

    def answers_merge(self, waiting: MergeWaiting, account: Account, *, is_allowed: bool = True) -> None:
        move = waiting.move
        answer = AnswerMove(
            account=account, merchant_id=move.merchant_id, move_id=move.move_id, is_allowed=is_allowed
        )
        self.database.write(answer_move, answer)

    def merging(self, actor: Actor, holder: Holder, other: Holder, **how: Any) -> Asked[MergeCards]:
        return self._asks(
            MergeCards, actor, CardRef("id", holder.card_id), how, other=CardRef("id", other.card_id)
        )

    def history(self, holder: Holder) -> Sequence[Entry]:
        """The entries of a card, with those of cards merged into it."""
        card = self.card(holder)
        return look(self.database, lambda tx: tx.history_of(card))

    def card(self, holder: Holder) -> Card:
        return self.found(holder.card)[0]

    def found(self, ref: CardRef) -> tuple[Card, Customer, Program]:
        found = look(self.database, lambda tx: tx.card(self.merchant_id, ref))
        assert found is not None
        return found

    def entries(self, holder: Holder, *, newest: int | None = None) -> Sequence[Entry]:
        card = self.card(holder)
        return look(self.database, lambda tx: tx.entries_of(card, newest=newest))

    # At the counter

    def stamps(self, actor: Actor, holder: Holder | CardRef, count: int = 1, **how: Any) -> Posted:
        return self.database.write(stamp_card, self.stamping(actor, holder, count, **how))

    def redeems(self, actor: Actor, holder: Holder | CardRef, **how: Any) -> Posted:
        return self.database.write(redeem_reward, self.redeeming(actor, holder, **how))

    def voids(self, actor: Actor, holder: Holder | CardRef, **how: Any) -> Posted:
        """Takes back an ``entry`` or a ``count`` of stamps; neither is the newest act."""
        return self.database.write(void_act, self.voiding(actor, holder, **how))

    def undoes(self, actor: Actor, holder: Holder | CardRef, entry: EntryId, **how: Any) -> Posted:
        return self.voids(actor, holder, entry=entry, is_undo=True, **how)

    def earns(self, actor: Actor, holder: Holder | CardRef, amount_minor: int = 1000, **how: Any) -> Posted:
        asked: Asked[EarnPoints] = self._asks(EarnPoints, actor, holder, how, amount_minor=amount_minor)
        return self.database.write(earn_points, asked)

    def hands_out(self, actor: Actor, holder: Holder | CardRef, position: int = 0, **how: Any) -> Posted:
        """Hands out an interim reward."""
        card, _, program = self.found(_ref(holder))
        every = interim_rewards(card, program)
        stamps = how.pop("stamps", every[position].stamps if position < len(every) else 0)
        asked = self._asks(RedeemInterim, actor, holder, how, position=position, stamps=stamps)
        return self.database.write(redeem_interim, asked)

    def redeems_points(self, actor: Actor, holder: Holder | CardRef, position: int = 0, **how: Any) -> Posted:
        """Redeems the reward at this position of the list, for its present price unless ``cost`` is given."""
        if "cost" not in how:
            how["cost"] = self.program().point_rewards[position].cost
        asked: Asked[RedeemPoints] = self._asks(RedeemPoints, actor, holder, how, position=position)
        return self.database.write(redeem_points, asked)

    def redeems_any(self, actor: Actor, holder: Holder | CardRef, **how: Any) -> Posted:
        asked: Asked[RedeemAny] = self._asks(RedeemAny, actor, holder, how)
        return self.database.write(redeem_any, asked)

    def adjusts(self, actor: Actor, holder: Holder | CardRef, points: int, **how: Any) -> Posted:
        how = {"reason": "put right"} | how
        asked: Asked[AdjustPoints] = self._asks(AdjustPoints, actor, holder, how, points=points)
        return self.database.write(adjust_points, asked)

    def asks_manager(self, actor: Actor, holder: Holder | CardRef, **how: Any) -> Requested:
        """Asks for a ``count`` of stamps, or that an ``entry`` is taken back."""
        asked: Asked[AskManager] = self._asks(AskManager, actor, holder, {"reason": "in a hurry"} | how)
        return self.database.write(ask_manager, asked)

    def asks_customer(self, actor: Actor, holder: Holder | CardRef, **how: Any) -> Requested:
        """Asks for the customer's yes to the reward for a full card, if no other is given."""
        how = {"redeems": EntryKind.STAMP_REDEEMED} | how
        asked: Asked[AskCustomer] = self._asks(AskCustomer, actor, holder, how)
        return self.database.write(ask_customer, asked)

    def decides(
        self, actor: Actor, requested: Requested, *, is_approved: bool = True, pin_typed: bool = False
    ) -> Decided:
        approval = requested.approval
        act = Decide(
            card=CardRef("id", approval.card_id), approval=approval.approval_id, is_approved=is_approved
        )
        return self.database.write(decide_approval, Asked(act=act, actor=actor, pin_typed=pin_typed))

    def stamping(self, actor: Actor, holder: Holder | CardRef, count: int = 1, **how: Any) -> Asked[Stamp]:
        return self._asks(Stamp, actor, holder, how, count=count)

    def redeeming(self, actor: Actor, holder: Holder | CardRef, **how: Any) -> Asked[RedeemReward]:
        return self._asks(RedeemReward, actor, holder, how)

    def voiding(self, actor: Actor, holder: Holder | CardRef, **how: Any) -> Asked[TakeBack]:
        return self._asks(TakeBack, actor, holder, how)

    def _asks(
        self,
        act: type[Change] | type[AskManager] | type[AskCustomer],
        actor: Actor,
        holder: Holder | CardRef,
        how: dict[str, Any],
        **what: Any,
    ) -> Asked[Any]:
        """``how`` has further fields of the act, its ``key`` if it is not a new one, and ``pin_typed``."""
        origin = Origin(account=actor.account, chat_id=int(actor.account.user_id), message_id=None)
        fields: dict[str, Any] = {"card": _ref(holder), "key": self.town.new_key()} | how | what
        pin_typed = fields.pop("pin_typed", False)
        return Asked(act=act(**fields), actor=actor, origin=origin, pin_typed=pin_typed)


def count_of(done: Posted) -> int:
    """How many stamps or points an act moved, whichever way."""
    return abs(done.entry.delta(done.entry.unit))


def shortfall_of(done: Posted) -> int:
    return done.entry.shortfall(done.entry.unit)


def pin_holder(actor: Actor) -> PinHolder:
    return PinHolder(account=actor.account, merchant_id=actor.merchant_id, staff_id=actor.staff_id)


def _ref(holder: Holder | CardRef) -> CardRef:
    return holder.card if isinstance(holder, Holder) else holder

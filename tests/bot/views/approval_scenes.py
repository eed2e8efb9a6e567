"""What members ask managers for, with facts to show."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.views import approvals, cards, counter, messages, taking_back, using
from bot.views.card_parts import usable
from domain.approval import Approval, ApprovalState
from domain.ids import ApprovalId, MessageId, OperationKey, StoreId
from domain.kinds import EntryKind
from domain.messages import ApprovalAnswered, ApprovalAsked, ApprovalSettled, MessageKind
from domain.usecases.ask_manager import Requested
from domain.usecases.decide_approval import Decided
from domain.usecases.look_up_card import CardAtCounter
from domain.usecases.my_cards import HeldCard
from tests.bot.views.scenes import (
    ACCOUNT,
    CARD_ID,
    KEY,
    MERCHANT_ID,
    NOW,
    NUMBER,
    STAFF_ID,
    ZONE,
    Names,
    Scene,
    at_counter,
    entry,
    held,
    message,
    state,
    uuid,
)

APPROVAL_ID = ApprovalId(uuid(9))


def facts(names: Names, *, is_void: bool) -> ApprovalAsked:
    return ApprovalAsked(
        approval_id=APPROVAL_ID,
        card_id=CARD_ID,
        card_number=NUMBER,
        customer_name=names.customer,
        name=names.staff,
        store_name=names.store,
        entry_kind=EntryKind.STAMP_REDEEMED if is_void else EntryKind.STAMP_EARNED,
        stamps_delta=-10 if is_void else 2,
        points_delta=0,
        reason="Several purchases",
        lapses_at=NOW + timedelta(minutes=30),
        made_by=names.staff if is_void else "",
        made_at=NOW if is_void else None,
        limit=None if is_void else 2,
    )


def requested(names: Names, state: ApprovalState, *, is_void: bool = False, asked: int = 2) -> Requested:
    approval = Approval(
        merchant_id=MERCHANT_ID,
        approval_id=APPROVAL_ID,
        operation_key=OperationKey(KEY),
        card_id=CARD_ID,
        store_id=StoreId(uuid(7)),
        staff_id=STAFF_ID,
        account=ACCOUNT,
        stamps=2,
        about=None,
        reason="Several purchases",
        asked_at=NOW,
        lapses_at=NOW + timedelta(minutes=30),
        state=state,
    )
    return Requested(
        approval=approval,
        asked=facts(names, is_void=is_void),
        names=(names.staff,) * asked,
        by=names.staff,
    )


def at_the_limit(names: Names) -> CardAtCounter:
    card = replace(state(names), stamps_left_today=0)
    return replace(
        at_counter(names),
        card=card,
        askable=(entry(EntryKind.STAMP_REDEEMED, -10, names, 2),),
        approvers=(names.staff,),
    )


def decided(names: Names, state: ApprovalState) -> Decided:
    found = requested(names, state)
    return Decided(approval=found.approval, asked=found.asked)


def about_a_reward(names: Names, *, is_void: bool = False) -> ApprovalAsked:
    return replace(
        facts(names, is_void=is_void),
        entry_kind=EntryKind.STAMP_REDEEMED,
        stamps_delta=0,
        reason="",
        limit=None,
        merchant_name=names.merchant,
        reward=names.reward,
    )


def asked_customer(names: Names, state: ApprovalState) -> Requested:
    found = requested(names, state)
    approval = replace(found.approval, stamps=None, redeems=EntryKind.STAMP_REDEEMED, reason="")
    return Requested(approval=approval, asked=about_a_reward(names), names=(names.customer,))


def ready(names: Names) -> HeldCard:
    """A card with rewards, each of which needs the customer."""
    card = held(names, stamps=20, ready=2)
    return replace(card, state=replace(card.state, needs_customer=True))


APPROVAL_SCENES: Mapping[str, Scene] = {
    "panel: at the limit": lambda t, n: counter.panel(t, at_the_limit(n), ZONE),
    "panel: too many stamps": lambda t, n: counter.panel(t, at_the_limit(n), ZONE, t("Cancelled."), 20),
    "panel: at the limit, nobody reachable": lambda t, n: counter.panel(
        t, replace(at_the_limit(n), approvers=(), unreachable=(n.staff,)), ZONE
    ),
    "panel: at the limit, a sole owner": lambda t, n: counter.panel(
        t, replace(at_the_limit(n), approvers=(), manage_at=MERCHANT_ID), ZONE
    ),
    "void_list: with a manager": lambda t, n: taking_back.void_list(t, at_the_limit(n), ZONE),
    "why_more": lambda t, n: approvals.why_more(t, state(n), 2),
    "why_back": lambda t, n: approvals.why_back(t, state(n), entry(EntryKind.STAMP_EARNED, 1, n), ZONE),
    **{
        f"asked_manager: {each.value}": lambda t, n, s=each: approvals.asked_manager(  # type: ignore[misc]
            t, requested(n, s), ZONE
        )
        for each in ApprovalState
    },
    "asked_manager: of many": lambda t, n: approvals.asked_manager(
        t, requested(n, ApprovalState.ASKED, is_void=True, asked=7), ZONE
    ),
    "withdrawn": lambda t, n: approvals.withdrawn(t, facts(n, is_void=True), ZONE),
    **{
        f"asks: {name}": lambda t, n, v=is_void: messages.render(  # type: ignore[misc]
            t, message(MessageKind.APPROVAL_ASKED, facts(n, is_void=v)), ZONE
        )
        for name, is_void in (("stamps", False), ("void", True))
    },
    **{
        f"approval_settled: {each.value}": lambda t, n, s=each: messages.render(  # type: ignore[misc]
            t,
            message(
                MessageKind.APPROVAL_SETTLED,
                ApprovalSettled(asked=facts(n, is_void=True), state=s, by=n.staff, replaces=MessageId("m")),
            ),
            ZONE,
        )
        for each in ApprovalState
    },
    **{
        f"approval_answered: {each.value}": lambda t, n, s=each: messages.render(  # type: ignore[misc]
            t,
            message(
                MessageKind.APPROVAL_ANSWERED,
                ApprovalAnswered(asked=facts(n, is_void=False), state=s, by=None, message_id=1),
            ),
            ZONE,
        )
        for each in ApprovalState
    },
    **{
        f"asked_customer: {each.value}": lambda t, n, s=each: approvals.asked_manager(  # type: ignore[misc]
            t, asked_customer(n, s), ZONE
        )
        for each in ApprovalState
    },
    "asks: a reward": lambda t, n: messages.render(
        t, message(MessageKind.REDEEM_ASKED, about_a_reward(n)), ZONE
    ),
    **{
        f"redeem_settled: {each.value}": lambda t, n, s=each: messages.render(  # type: ignore[misc]
            t,
            message(
                MessageKind.REDEEM_SETTLED,
                ApprovalSettled(asked=about_a_reward(n), state=s, by=None, replaces=MessageId("m")),
            ),
            ZONE,
        )
        for each in ApprovalState
    },
    **{
        f"reward answered: {each.value}": lambda t, n, s=each: messages.render(  # type: ignore[misc]
            t,
            message(
                MessageKind.APPROVAL_ANSWERED,
                ApprovalAnswered(asked=about_a_reward(n), state=s, by=None, message_id=1),
            ),
            ZONE,
        )
        for each in ApprovalState
    },
    "card: a reward to use": lambda t, n: cards.card(t, ready(n), b""),
    "which_reward": lambda t, n: using.which_reward(t, ready(n), usable(ready(n))),
    "use_code": lambda t, n: using.use_code(t, ready(n), b"", usable(ready(n))[0]),
    "use_code_over": lambda t, n: using.use_code_over(t, ready(n), b""),
    "decided": lambda t, n: approvals.decided(t, decided(n, ApprovalState.APPROVED)),
    "decided: no": lambda t, n: approvals.decided(t, decided(n, ApprovalState.DECLINED)),
}

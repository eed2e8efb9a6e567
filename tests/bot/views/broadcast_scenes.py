"""What a shop writes to its customers, and what they allow."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.views import broadcasts, consent, messages
from domain.campaign import (
    CAPTION_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Campaign,
    CampaignOutcome,
    CampaignState,
    Segment,
)
from domain.ids import CampaignId
from domain.messages import Broadcast, MarketingAsked, Message, MessageKind
from domain.usecases.campaigns import AudienceCount, CampaignSeen, CampaignsSeen
from tests.bot.views.scenes import (
    LONGEST,
    MERCHANT_ID,
    NOW,
    STAFF_ID,
    ZONE,
    Names,
    Scene,
    message,
    offer,
    uuid,
)
from tests.bot.views.settings_scenes import shop

CAMPAIGN_ID = CampaignId(uuid(8))
MANY = AudienceCount(chosen=9_999, will_get=8_888, not_allowed=999, capped=99, unreachable=9)
ONE = AudienceCount(chosen=2, will_get=1, not_allowed=1)
OUTCOME = CampaignOutcome(reached_count=8_888, failed_count=12, came_back_count=1, stopped_count=3)
OVER = frozenset({CampaignState.DONE, CampaignState.CANCELLED})


def text(names: Names, length_max: int) -> str:
    """The text of a broadcast; as long as it may be where the names are the longest."""
    said = "<b>Cake</b> for everybody on Friday, from three o'clock."
    return said.ljust(length_max + len("<b></b>"), "x") if names == LONGEST else said


def campaign(names: Names, state: CampaignState, *, has_photo: bool = False) -> Campaign:
    return Campaign(
        merchant_id=MERCHANT_ID,
        campaign_id=CAMPAIGN_ID,
        staff_id=STAFF_ID,
        text=text(names, CAPTION_LENGTH_MAX if has_photo else TEXT_LENGTH_MAX),
        has_photo=has_photo,
        segment=Segment.ALL,
        store_id=None,
        state=state,
        created_at=NOW,
        planned_at=NOW + timedelta(hours=12) if state is CampaignState.SCHEDULED else None,
        started_at=None if state in (CampaignState.DRAFT, CampaignState.SCHEDULED) else NOW,
        expected_count=8_888,
        written_count=4_321,
        is_written=state in OVER,
        capped_count=99,
        unreachable_count=9,
    )


def seen(
    names: Names, state: CampaignState, *, has_photo: bool = False, of_store: bool = False
) -> CampaignSeen:
    found = campaign(names, state, has_photo=has_photo)
    if of_store:
        found = replace(found, segment=Segment.STORE, store_id=offer(names).store.store_id)
    return CampaignSeen(
        merchant=replace(shop(names).merchant, marketing_monthly_max=4),
        campaign=found,
        store=offer(names).store if of_store else None,
        owed_count=40,
        photo=b"jpeg" if has_photo else None,
    )


def everything(names: Names, everybody: AudienceCount) -> CampaignsSeen:
    return CampaignsSeen(
        merchant=seen(names, CampaignState.DRAFT).merchant,
        everybody=everybody,
        campaigns=[campaign(names, state) for state in CampaignState],
    )


def sent(names: Names, kind: MessageKind = MessageKind.BROADCAST) -> Message:
    said = text(names, TEXT_LENGTH_MAX)
    return message(kind, Broadcast(merchant_name=names.merchant, campaign_id=CAMPAIGN_ID, text=said))


def read(names: Names) -> str:
    """A broadcast as it stands in the chat when its reader presses a button below it."""
    return f"<b>Shop</b>\n{text(names, TEXT_LENGTH_MAX)}"


BROADCAST_SCENES: Mapping[str, Scene] = {
    "broadcasts_off": lambda t, n: broadcasts.broadcasts_off(t, shop(n).merchant),
    "broadcasts_home": lambda t, n: broadcasts.broadcasts_home(t, everything(n, MANY)),
    "broadcasts_home: just on": lambda t, n: broadcasts.broadcasts_home(
        t, replace(everything(n, ONE), campaigns=()), broadcasts.switched_on(t)
    ),
    "ask_broadcast": lambda t, n: broadcasts.ask_broadcast(t, campaign(n, CampaignState.DRAFT)),
    "ask_broadcast: photo alone": lambda t, n: broadcasts.ask_broadcast(
        t, replace(campaign(n, CampaignState.DRAFT), text="")
    ),
    "broadcast_preview": lambda t, n: broadcasts.broadcast_preview(t, seen(n, CampaignState.DRAFT), MANY),
    "broadcast_preview: photo": lambda t, n: broadcasts.broadcast_preview(
        t, seen(n, CampaignState.DRAFT, has_photo=True, of_store=True), ONE
    ),
    "broadcast_preview: to nobody": lambda t, n: broadcasts.broadcast_preview(
        t, seen(n, CampaignState.DRAFT), AudienceCount()
    ),
    "broadcast_segments": lambda t, n: broadcasts.broadcast_segments(
        t, seen(n, CampaignState.DRAFT), dict.fromkeys(list(Segment)[:-1], MANY), 2
    ),
    "broadcast_stores": lambda t, n: broadcasts.broadcast_stores(
        t, seen(n, CampaignState.DRAFT), [(offer(n).store, MANY)] * 3
    ),
    "broadcast_hours: today": lambda t, n: broadcasts.broadcast_hours(
        t, seen(n, CampaignState.DRAFT), 0, NOW - timedelta(hours=9)
    ),
    "broadcast_hours: tomorrow": lambda t, n: broadcasts.broadcast_hours(
        t, seen(n, CampaignState.DRAFT), 0, NOW
    ),
    "broadcast_meant": lambda t, n: broadcasts.broadcast_meant(
        t, seen(n, CampaignState.DRAFT), MANY, None, NOW - timedelta(hours=9)
    ),
    "broadcast_meant: at night": lambda t, n: broadcasts.broadcast_meant(
        t, seen(n, CampaignState.DRAFT), MANY, None, NOW
    ),
    "broadcast_meant: planned": lambda t, n: broadcasts.broadcast_meant(
        t, seen(n, CampaignState.DRAFT, of_store=True), ONE, NOW, NOW
    ),
    "broadcast_planned": lambda t, n: broadcasts.broadcast_planned(t, seen(n, CampaignState.SCHEDULED)),
    "broadcast_progress": lambda t, n: broadcasts.broadcast_progress(
        t, seen(n, CampaignState.SENDING, has_photo=True), 163
    ),
    "broadcast_progress: nearly": lambda t, n: broadcasts.broadcast_progress(
        t, seen(n, CampaignState.SENDING), 12
    ),
    "broadcast_progress: paused": lambda t, n: broadcasts.broadcast_progress(
        t, seen(n, CampaignState.PAUSED)
    ),
    "broadcast_result": lambda t, n: broadcasts.broadcast_result(t, seen(n, CampaignState.DONE), OUTCOME),
    "broadcast_result: ended": lambda t, n: broadcasts.broadcast_result(
        t, seen(n, CampaignState.CANCELLED, of_store=True), OUTCOME
    ),
    "broadcast": lambda t, n: messages.render(t, sent(n), ZONE),
    "broadcast: tried": lambda t, n: messages.render(t, sent(n, MessageKind.BROADCAST_TEST), ZONE),
    "asks_marketing": lambda t, n: messages.render(
        t,
        message(MessageKind.MARKETING_ASKED, MarketingAsked(merchant_name=n.merchant, monthly_max=4)),
        ZONE,
    ),
    "marketing_answered: yes": lambda t, n: consent.marketing_answered(t, shop(n).merchant, is_given=True),
    "marketing_answered: no": lambda t, n: consent.marketing_answered(t, shop(n).merchant, is_given=False),
    "no_more": lambda t, n: consent.no_more(t, shop(n).merchant, read(n)),
    "no_more: old": lambda t, n: consent.no_more(t, shop(n).merchant, ""),
    "marketing_stopped": lambda t, n: consent.marketing_stopped(t, [shop(n).merchant] * 2, NOW),
    "marketing_stopped: nobody": lambda t, _: consent.marketing_stopped(t, [], NOW),
    "marketing_again": lambda t, n: consent.marketing_again(t, [shop(n).merchant]),
    "marketing_again: nobody": lambda t, _: consent.marketing_again(t, []),
}

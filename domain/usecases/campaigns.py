"""Owners and managers write to many of their customers: a campaign is drafted, previewed, tried out, and sent at once
or at a planned time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.account import Account, Locale
from domain.campaign import Campaign, CampaignOutcome, CampaignState, Segment, Selection
from domain.ids import CampaignId, MerchantId
from domain.marketing import CAP_PERIOD, Hindrance
from domain.merchant import Merchant, Store
from domain.messages import Broadcast, MessageKind
from domain.ports import Tx
from domain.quick import dataclass, replace
from domain.refusals import (
    CampaignInPast,
    CampaignNotFound,
    CampaignOver,
    MarketingOff,
    NotAllowed,
    StoreNotFound,
)
from domain.rights import Right, entitled, may
from domain.rules.campaigns import check_text
from domain.usecases.asking import asked_by, known_merchant
from domain.usecases.manage_team import OfMember
from domain.usecases.send_campaign import hindered
from domain.usecases.sending import send

SHOWN_MAX = 8
ALL = 10_000
LATE_MAX = timedelta(minutes=1)
"""How long after its planned time a campaign may still be confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeCampaigns:
    """``account`` is None for the operator."""

    account: Account | None
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCampaign:
    """``account`` is None for the operator."""

    account: Account | None
    merchant_id: MerchantId
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCampaign:
    """Replaces the draft there is; ``photo`` is a JPEG. ``account`` is None for the operator."""

    account: Account | None
    merchant_id: MerchantId
    campaign_id: CampaignId
    text: str
    photo: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseSegment:
    account: Account
    merchant_id: MerchantId
    campaign_id: CampaignId
    selection: Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCampaign:
    """``planned_at`` is None for at once; ``expected_count`` is the number of recipients that was announced."""

    account: Account
    merchant_id: MerchantId
    campaign_id: CampaignId
    planned_at: datetime | None
    expected_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellProgress:
    """The message of the chat in which the progress is shown."""

    account: Account
    merchant_id: MerchantId
    campaign_id: CampaignId
    message_id: int
    has_picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceCount:
    """How many of ``chosen`` customers would get it, and how many would not, by reason."""

    chosen: int = 0
    will_get: int = 0
    not_allowed: int = 0
    capped: int = 0
    unreachable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignsSeen:
    """``everybody`` counts all customers; ``campaigns`` are the newest, newest first."""

    merchant: Merchant
    everybody: AudienceCount
    campaigns: Sequence[Campaign]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSeen:
    """``owed_count`` is how many messages are on their way; ``store`` is that of the segment."""

    merchant: Merchant
    campaign: Campaign
    store: Store | None
    owed_count: int
    photo: bytes | None


def see_campaigns(*, tx: Tx, query: SeeCampaigns) -> CampaignsSeen:
    """Raises NotAllowed, MerchantNotFound."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.BROADCAST)
    return CampaignsSeen(
        merchant=merchant,
        everybody=audience_of(tx, merchant, Selection()),
        campaigns=tx.campaigns_of(query.merchant_id, SHOWN_MAX),
    )


def list_campaigns(*, tx: Tx, query: MerchantId) -> Sequence[Campaign]:
    """All campaigns of a merchant, newest first, for the operator. Raises MerchantNotFound."""
    return tx.campaigns_of(known_merchant(tx, query).merchant_id, ALL)


def see_campaign(*, tx: Tx, query: OfCampaign) -> CampaignSeen:
    """Raises NotAllowed, MerchantNotFound, CampaignNotFound."""
    merchant, campaign = _found(tx, query)
    return _seen(tx, merchant, campaign)


def look_after(*, tx: Tx, query: tuple[MerchantId, CampaignId]) -> tuple[CampaignSeen, Locale] | None:
    """The campaign for the message that shows its progress, and the language of that message; None where the campaign
    is gone or has no such message, or who has the message may not send campaigns any more."""
    merchant, campaign = tx.merchant(query[0]), tx.campaign(*query)
    if merchant is None or campaign is None or campaign.told_account is None:
        return None
    member = tx.member(merchant.merchant_id, campaign.told_account)
    if member is None or not member.is_active or not may(member.role, Right.BROADCAST):
        return None
    person = tx.person(campaign.told_account)
    return _seen(
        tx, merchant, campaign
    ), person.locale if person and person.locale else merchant.default_locale


def planned_by(*, tx: Tx, query: OfMember) -> Sequence[datetime]:
    """For when campaigns are planned that the member wrote, the next one first: they are sent, whoever is on the team
    by then. Raises NotAllowed."""
    entitled(tx.member(query.merchant_id, query.account), Right.MANAGE_TEAM)
    campaigns = tx.campaigns_of(query.merchant_id, ALL)
    theirs = (each for each in campaigns if each.staff_id == query.staff_id)
    return sorted(each.planned_at for each in theirs if each.planned_at and not each.started_at)


def see_outcome(*, tx: Tx, query: OfCampaign) -> CampaignOutcome:
    """Raises NotAllowed, MerchantNotFound, CampaignNotFound."""
    return tx.campaign_outcome(_found(tx, query)[1])


def count_audience(*, tx: Tx, query: OfCampaign) -> AudienceCount:
    """For the segment that is chosen. Raises NotAllowed, MerchantNotFound, CampaignNotFound."""
    merchant, campaign = _found(tx, query)
    return audience_of(tx, merchant, campaign.selection)


def count_segments(*, tx: Tx, query: OfCampaign) -> Mapping[Segment, AudienceCount]:
    """For each segment that needs no store. Raises NotAllowed, MerchantNotFound, CampaignNotFound."""
    merchant, _ = _found(tx, query)
    return {
        segment: audience_of(tx, merchant, Selection(segment=segment))
        for segment in Segment
        if segment is not Segment.STORE
    }


def count_stores(*, tx: Tx, query: OfCampaign) -> Sequence[tuple[Store, AudienceCount]]:
    """For each store that is open. Raises NotAllowed, MerchantNotFound, CampaignNotFound."""
    merchant, _ = _found(tx, query)
    return [
        (store, audience_of(tx, merchant, Selection(segment=Segment.STORE, store_id=store.store_id)))
        for store in tx.stores_of(query.merchant_id)
        if store.active
    ]


def draft_campaign(*, tx: Tx, command: DraftCampaign) -> CampaignSeen:
    """Raises NotAllowed, MerchantNotFound, CampaignOver, and what ``check_text`` raises."""
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.BROADCAST)
    before = tx.campaign(command.merchant_id, command.campaign_id)
    text = check_text(command.text, has_photo=command.photo is not None)
    if before is not None and before.state is not CampaignState.DRAFT:
        raise CampaignOver
    if before is None:
        before = Campaign(
            merchant_id=command.merchant_id,
            campaign_id=command.campaign_id,
            staff_id=member.staff_id if member else None,
            text=text,
            has_photo=False,
            segment=Segment.ALL,
            store_id=None,
            state=CampaignState.DRAFT,
            created_at=tx.now,
        )
    campaign = replace(before, text=text, has_photo=command.photo is not None)
    tx.save_campaign(campaign)
    tx.save_campaign_photo(command.merchant_id, command.campaign_id, command.photo)
    return _seen(tx, merchant, campaign)


def choose_segment(*, tx: Tx, command: ChooseSegment) -> CampaignSeen:
    """Raises NotAllowed, MerchantNotFound, CampaignNotFound, CampaignOver, StoreNotFound."""
    merchant, campaign = _draft(tx, command)
    selection = command.selection
    if (selection.segment is Segment.STORE) != (selection.store_id is not None):
        raise StoreNotFound
    if selection.store_id is not None and tx.store(command.merchant_id, selection.store_id) is None:
        raise StoreNotFound
    campaign = replace(campaign, segment=selection.segment, store_id=selection.store_id)
    tx.save_campaign(campaign)
    return _seen(tx, merchant, campaign)


def try_campaign(*, tx: Tx, command: OfCampaign) -> None:
    """Sends it to the account that asks, as customers get it. Raises NotAllowed, MerchantNotFound,
    CampaignNotFound."""
    merchant, campaign = _found(tx, command)
    if command.account is None:
        raise NotAllowed
    facts = Broadcast(merchant_name=merchant.name, campaign_id=campaign.campaign_id)
    send(tx, merchant.merchant_id, command.account, MessageKind.BROADCAST_TEST, facts)


def start_campaign(*, tx: Tx, command: StartCampaign) -> CampaignSeen:
    """A campaign that was already started stays as it is. Raises NotAllowed, MerchantNotFound, CampaignNotFound,
    CampaignOver, CampaignInPast, MarketingOff."""
    merchant, campaign = _found(tx, command)
    if campaign.state in (CampaignState.SENDING, CampaignState.SCHEDULED, CampaignState.DONE):
        return _seen(tx, merchant, campaign)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignOver
    if merchant.marketing_monthly_max is None:
        raise MarketingOff
    if command.planned_at is not None and command.planned_at < tx.now - LATE_MAX:
        raise CampaignInPast
    is_at_once = command.planned_at is None
    campaign = replace(
        campaign,
        state=CampaignState.SENDING if is_at_once else CampaignState.SCHEDULED,
        planned_at=command.planned_at,
        started_at=tx.now if is_at_once else None,
        expected_count=command.expected_count,
    )
    tx.save_campaign(campaign)
    return _seen(tx, merchant, campaign)


def tell_progress(*, tx: Tx, command: TellProgress) -> None:
    """Raises NotAllowed, MerchantNotFound, CampaignNotFound."""
    _, campaign = _found(tx, command)
    told = replace(
        campaign,
        told_account=command.account,
        told_message_id=command.message_id,
        told_has_picture=command.has_picture,
    )
    tx.save_campaign(told)


def pause_campaign(*, tx: Tx, command: OfCampaign) -> CampaignSeen:
    """Messages on their way still arrive, no others are written. Raises NotAllowed, MerchantNotFound,
    CampaignNotFound, CampaignOver."""
    return _turned(tx, command, CampaignState.PAUSED, CampaignState.SENDING)


def resume_campaign(*, tx: Tx, command: OfCampaign) -> CampaignSeen:
    """Raises NotAllowed, MerchantNotFound, CampaignNotFound, CampaignOver, MarketingOff."""
    if _found(tx, command)[0].marketing_monthly_max is None:
        raise MarketingOff
    return _turned(tx, command, CampaignState.SENDING, CampaignState.PAUSED)


def cancel_campaign(*, tx: Tx, command: OfCampaign) -> CampaignSeen:
    """No more messages are written; those that arrived stay. A campaign that is only planned becomes a draft again.
    Raises NotAllowed, MerchantNotFound, CampaignNotFound, CampaignOver."""
    merchant, campaign = _found(tx, command)
    if campaign.state in (CampaignState.DRAFT, CampaignState.SCHEDULED):
        campaign = replace(campaign, state=CampaignState.DRAFT, planned_at=None)
        tx.save_campaign(campaign)
        return _seen(tx, merchant, campaign)
    return _turned(tx, command, CampaignState.CANCELLED, CampaignState.SENDING, CampaignState.PAUSED)


def discard_campaign(*, tx: Tx, command: OfCampaign) -> None:
    """Deletes a draft. Raises NotAllowed, MerchantNotFound, CampaignNotFound, CampaignOver."""
    tx.forget_campaign(_draft(tx, command)[1])


def audience_of(tx: Tx, merchant: Merchant, selection: Selection) -> AudienceCount:
    reasons: dict[Hindrance | None, int] = {}
    for standing, count in tx.count_candidates(merchant, selection, tx.now - CAP_PERIOD):
        reason = hindered(merchant, standing)
        reasons[reason] = reasons.get(reason, 0) + count
    return AudienceCount(
        chosen=sum(reasons.values()),
        will_get=reasons.get(None, 0),
        not_allowed=reasons.get(Hindrance.NOT_ALLOWED, 0),
        capped=reasons.get(Hindrance.CAPPED, 0),
        unreachable=reasons.get(Hindrance.UNREACHABLE, 0),
    )


def _seen(tx: Tx, merchant: Merchant, campaign: Campaign) -> CampaignSeen:
    has_begun = campaign.state not in (CampaignState.DRAFT, CampaignState.SCHEDULED)
    key = campaign.merchant_id, campaign.campaign_id
    return CampaignSeen(
        merchant=merchant,
        campaign=campaign,
        store=tx.store(campaign.merchant_id, campaign.store_id) if campaign.store_id else None,
        owed_count=tx.count_owed_of(campaign) if has_begun else 0,
        photo=tx.campaign_photo(*key) if campaign.has_photo else None,
    )


Known = OfCampaign | ChooseSegment | StartCampaign | TellProgress


def _found(tx: Tx, command: Known) -> tuple[Merchant, Campaign]:
    merchant, _ = asked_by(tx, command.merchant_id, command.account, Right.BROADCAST)
    campaign = tx.campaign(command.merchant_id, command.campaign_id)
    if campaign is None:
        raise CampaignNotFound
    return merchant, campaign


def _draft(tx: Tx, command: Known) -> tuple[Merchant, Campaign]:
    merchant, campaign = _found(tx, command)
    if campaign.state is not CampaignState.DRAFT:
        raise CampaignOver
    return merchant, campaign


def _turned(tx: Tx, command: OfCampaign, state: CampaignState, *before: CampaignState) -> CampaignSeen:
    """Nothing changes where the campaign already has the state."""
    merchant, campaign = _found(tx, command)
    if campaign.state is not state:
        if campaign.state not in before:
            raise CampaignOver
        ended_at = tx.now if state.is_over else None
        campaign = replace(campaign, state=state, ended_at=ended_at)
        tx.save_campaign(campaign)
    return _seen(tx, merchant, campaign)

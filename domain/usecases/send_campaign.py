"""A campaign on its way: a few more customers at a time, as fast as the dispatcher takes them.

The progress is saved in the campaign by the transaction that writes to the customers, so that a run that was killed
is continued with the next customer. A message that is written but not sent yet asks the campaign again
(``letter_for``), so that pausing or cancelling takes effect at once.
"""

from collections.abc import Sequence

from domain.campaign import Campaign, CampaignState, Standing
from domain.ids import BotId, CampaignId, MerchantId
from domain.marketing import CAP_PERIOD, Hindrance, hindrance
from domain.merchant import Merchant
from domain.messages import Broadcast, MessageKind
from domain.ports import Tx
from domain.quick import dataclass, replace
from domain.usecases.marketing import put_out

WAITING_MAX = 90
"""How many marketing messages may wait to be sent, about three seconds' worth. The later a message is written, the
better is known who may still be written to."""
LOOKED_AT_TOGETHER = 45
"""Customers in one transaction: few enough that acts at a counter come in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """``room`` is how many more may be written to now."""

    campaigns: Sequence[Campaign]
    room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteMore:
    merchant_id: MerchantId
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """``has_more`` says that there may be more customers to write to at once."""

    campaign: Campaign | None
    written: int = 0
    has_more: bool = False


def at_work(*, tx: Tx, query: BotId) -> AtWork:
    campaigns = tx.campaigns_at_work()
    room = WAITING_MAX - tx.count_marketing_due(query) if campaigns else 0
    return AtWork(campaigns=campaigns, room=max(0, room))


def write_more(*, tx: Tx, command: WriteMore) -> Wrote:
    """Begins a campaign that is due, and ends one that has nothing left to do. Where the shop has switched marketing
    off, the campaign is paused."""
    merchant, campaign = (
        tx.merchant(command.merchant_id),
        tx.campaign(command.merchant_id, command.campaign_id),
    )
    if merchant is None or campaign is None:
        return Wrote(campaign=None)
    if campaign.state is CampaignState.SCHEDULED and campaign.planned_at and campaign.planned_at <= tx.now:
        campaign = replace(campaign, state=CampaignState.SENDING, started_at=tx.now)
    if campaign.state is not CampaignState.SENDING:
        return Wrote(campaign=campaign)
    if merchant.marketing_monthly_max is None:
        campaign = replace(campaign, state=CampaignState.PAUSED)
    elif campaign.is_written:
        if tx.count_owed_of(campaign):
            return Wrote(campaign=campaign)
        campaign = replace(campaign, state=CampaignState.DONE, ended_at=tx.now)
    else:
        before = campaign.written_count
        campaign = _next_page(tx, merchant, campaign)
        tx.save_campaign(campaign)
        return Wrote(
            campaign=campaign, written=campaign.written_count - before, has_more=not campaign.is_written
        )
    tx.save_campaign(campaign)
    return Wrote(campaign=campaign)


def _next_page(tx: Tx, merchant: Merchant, campaign: Campaign) -> Campaign:
    counts: dict[Hindrance | None, int] = dict.fromkeys((None, *Hindrance), 0)
    facts = Broadcast(merchant_name=merchant.name, campaign_id=campaign.campaign_id)
    found, last = tx.candidates(
        merchant,
        campaign.selection,
        tx.now - CAP_PERIOD,
        campaign.looked_up_to,
        LOOKED_AT_TOGETHER,
    )
    for each in found:
        reason = hindered(merchant, each.standing)
        counts[reason] += 1
        if reason is None:
            put_out(tx, each.customer, MessageKind.BROADCAST, facts, campaign_id=campaign.campaign_id)
    return replace(
        campaign,
        looked_up_to=last or campaign.looked_up_to,
        is_written=last is None,
        written_count=campaign.written_count + counts[None],
        not_allowed_count=campaign.not_allowed_count + counts[Hindrance.NOT_ALLOWED],
        capped_count=campaign.capped_count + counts[Hindrance.CAPPED],
        unreachable_count=campaign.unreachable_count + counts[Hindrance.UNREACHABLE],
    )


def hindered(merchant: Merchant, standing: Standing) -> Hindrance | None:
    return hindrance(
        merchant.marketing_monthly_max,
        is_allowed=standing.is_allowed,
        offers_count=standing.offers_count,
        is_reachable=standing.is_reachable,
    )

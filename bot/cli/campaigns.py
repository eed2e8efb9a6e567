"""Broadcasts, on the command line."""

import click

from bot.cli.asking import read
from bot.cli.options import merchant_option
from bot.cli.printing import json_option, show, show_line
from domain.campaign import Campaign
from domain.ids import CampaignId, MerchantId
from domain.usecases.campaigns import OfCampaign, list_campaigns, see_campaign, see_outcome


@click.command()
@merchant_option
@json_option
def list_command(merchant: str, *, as_json: bool) -> None:
    """Print the broadcasts, the newest first, one a line."""
    for each in read(list_campaigns, MerchantId(merchant)):
        show_line(_facts(each), as_json=as_json)


@click.command()
@merchant_option
@click.option("--campaign", "campaign_id", required=True, help="Its id, as `campaign list` prints it.")
@json_option
def show_command(merchant: str, campaign_id: str, *, as_json: bool) -> None:
    """Print what a broadcast says, whom it was for, and what came of it."""
    query = OfCampaign(account=None, merchant_id=MerchantId(merchant), campaign_id=CampaignId(campaign_id))
    found, outcome = read(see_campaign, query), read(see_outcome, query)
    more = {
        "text": found.campaign.text,
        "has_photo": found.campaign.has_photo,
        "owed_count": found.owed_count,
        "reached_count": outcome.reached_count,
        "failed_count": outcome.failed_count,
        "came_back_count": outcome.came_back_count,
        "stopped_count": outcome.stopped_count,
    }
    show(_facts(found.campaign) | more, as_json=as_json)


def _facts(each: Campaign) -> dict[str, object]:
    return {
        "campaign_id": each.campaign_id,
        "state": each.state.value,
        "segment": each.segment.value,
        "store_id": each.store_id,
        "staff_id": each.staff_id,
        "planned_at": each.planned_at.isoformat() if each.planned_at else None,
        "started_at": each.started_at.isoformat() if each.started_at else None,
        "ended_at": each.ended_at.isoformat() if each.ended_at else None,
        "expected_count": each.expected_count,
        "written_count": each.written_count,
        "not_allowed_count": each.not_allowed_count,
        "capped_count": each.capped_count,
        "unreachable_count": each.unreachable_count,
    }

"""Broadcasts on the command line."""

from typing import Any

from bot.cli.asking import write
from domain.ids import CampaignId, MerchantId
from domain.usecases.campaigns import DraftCampaign, draft_campaign
from tests.cli.conftest import Stempel


def test_campaigns_are_listed_and_shown(stempel: Stempel, shop: dict[str, Any]) -> None:
    of_shop = ["--merchant", shop["merchant_id"], "--json"]
    assert stempel("campaign", "list", *of_shop).objects == []
    draft = DraftCampaign(
        account=None,
        merchant_id=MerchantId(shop["merchant_id"]),
        campaign_id=CampaignId("a"),
        text="Cake",
        photo=None,
    )
    write(draft_campaign, draft)
    [listed] = stempel("campaign", "list", *of_shop).objects
    assert (listed["campaign_id"], listed["state"], listed["segment"]) == ("a", "draft", "all")
    shown = stempel("campaign", "show", *of_shop, "--campaign", "a").object
    assert shown == listed | {
        "text": "Cake",
        "has_photo": False,
        "owed_count": 0,
        "reached_count": 0,
        "failed_count": 0,
        "came_back_count": 0,
        "stopped_count": 0,
    }
    told = stempel("campaign", "show", *of_shop, "--campaign", "b")
    assert (told.status, told.err) == (2, "There is no such broadcast here.\n")

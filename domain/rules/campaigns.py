"""What the text of a campaign must keep to, and who is near a reward."""

import re
from html import unescape

from domain.campaign import CAPTION_LENGTH_MAX, NEAR_POINTS_PERCENT, NEAR_STAMPS, TEXT_LENGTH_MAX
from domain.card import Card
from domain.merchant import Program
from domain.refusals import CampaignFillsNothingIn, CampaignTextEmpty, CampaignTextTooLong
from domain.rules.held import point_rewards
from domain.rules.rewards import progress
from domain.rules.wordings import check_markup

_PLACEHOLDER = re.compile(r"\{+ ?\w[\w .-]{0,30}\}+")


def check_text(text: str, *, has_photo: bool) -> str:
    """The text without surrounding space; it may be empty with a photo. Raises CampaignTextEmpty,
    WordingMarkupBroken, CampaignFillsNothingIn, CampaignTextTooLong."""
    text = text.replace("\r\n", "\n").strip()
    if not text and not has_photo:
        raise CampaignTextEmpty
    check_markup(text)
    length_max = CAPTION_LENGTH_MAX if has_photo else TEXT_LENGTH_MAX
    shown = unescape(re.sub(r"<[^<>]+>", "", text))
    placeholder = _PLACEHOLDER.search(shown)
    if placeholder is not None:
        raise CampaignFillsNothingIn(found=placeholder.group())
    if len(shown.encode("utf-16-le")) // 2 > length_max:
        raise CampaignTextTooLong(length_max=length_max)
    return text


def is_near_reward(card: Card, program: Program) -> bool:
    """Whether a card that is begun needs few more stamps, or its points are most of the price of the next reward."""
    if program.has_stamps and card.stamp_count:
        pile = progress(card, program)
        if 0 < pile.on_card < pile.target and pile.stamps_to_go <= NEAR_STAMPS:
            return True
    if program.has_points and card.points_balance:
        dearer = (each.cost for each in point_rewards(card, program) if each.cost > card.points_balance)
        cost = next(dearer, None)
        return cost is not None and card.points_balance * 100 >= cost * NEAR_POINTS_PERCENT
    return False

"""Campaigns on their way: writes a few more messages each second, and shows in the sender's chat how far they are."""

from collections import deque

from bot.jobs.means import Means
from bot.jobs.progress import Key, Progress
from bot.telegram.chat import Place
from bot.texts import texts
from bot.views import broadcasts as views
from domain.campaign import CampaignState
from domain.usecases.campaigns import CampaignSeen, OfCampaign, look_after, see_outcome
from domain.usecases.send_campaign import WriteMore, at_work, write_more

PAGES_A_RUN = 200
"""Pages of customers, most of whom may not be written to; what is left is for the next run, a second later."""


async def send_campaigns(means: Means) -> int:
    """Returns how many messages were written."""
    written = 0
    found = await means.database.read(at_work, means.bot_id)
    waiting, room = deque(found.campaigns), found.room
    means.progress.shown.update((each.merchant_id, each.campaign_id) for each in found.campaigns)
    for _ in range(PAGES_A_RUN):
        if not waiting:
            break
        campaign = waiting.popleft()
        if room <= 0 and not campaign.is_written:
            continue
        command = WriteMore(merchant_id=campaign.merchant_id, campaign_id=campaign.campaign_id)
        wrote = await means.database.write(write_more, command)
        written, room = written + wrote.written, room - wrote.written
        if wrote.has_more and wrote.campaign is not None:
            waiting.append(wrote.campaign)
    return written


async def tell_of_campaigns(means: Means) -> int:
    """Shows the senders how far the campaigns at work are, and once more how those stand that no longer are. Returns
    how many there were."""
    progress = means.progress
    keys = [*progress.shown]
    for key in keys:
        await _tell_of(means, key)
    return len(keys)


async def _tell_of(means: Means, key: Key) -> None:
    progress = means.progress
    found = await means.database.read(look_after, key)
    if found is None:
        progress.forget(key)
        return
    seen, locale = found
    campaign, t = seen.campaign, texts(locale)
    if campaign.state is CampaignState.SENDING:
        view = views.broadcast_progress(t, seen, _seconds_left(progress, key, seen))
    else:
        progress.forget(key)
        if campaign.state is CampaignState.DONE:
            query = OfCampaign(account=None, merchant_id=key[0], campaign_id=key[1])
            view = views.broadcast_result(t, seen, await means.database.read(see_outcome, query))
        elif campaign.state is CampaignState.PAUSED:
            view = views.broadcast_progress(t, seen)
        else:
            return
    if campaign.told_account is not None and campaign.told_message_id is not None:
        place = Place(campaign.told_account.user_id, campaign.told_message_id, campaign.told_has_picture)
        await means.chat.retire(place, view)


def _seconds_left(progress: Progress, key: Key, seen: CampaignSeen) -> float:
    campaign = seen.campaign
    sent, total = campaign.written_count - seen.owed_count, campaign.written_count
    if not campaign.is_written:
        total = max(total, campaign.expected_count)
    return (total - sent) / progress.pace_of(key, sent)

"""``/broadcast``: messages to the customers who allow them, and the results of earlier ones."""

from datetime import timedelta
from typing import ClassVar

from bot.kit.buttons import ButtonUnknown
from bot.kit.clock import new_id, new_key
from bot.owner.asking import is_prose, merchant_asked, merchant_pressed
from bot.owner.markup import typed_markup
from bot.screens import questions
from bot.screens.turn import Turn
from bot.views import broadcasts as views
from bot.views.view import View
from domain.campaign import CampaignState, Segment, Selection
from domain.fields import Target
from domain.ids import CampaignId, MerchantId, StoreId
from domain.refusals import NotAllowed
from domain.usecases.campaigns import (
    CampaignSeen,
    ChooseSegment,
    DraftCampaign,
    OfCampaign,
    SeeCampaigns,
    StartCampaign,
    TellProgress,
    cancel_campaign,
    choose_segment,
    count_audience,
    count_segments,
    count_stores,
    discard_campaign,
    draft_campaign,
    pause_campaign,
    resume_campaign,
    see_campaign,
    see_campaigns,
    see_outcome,
    start_campaign,
    tell_progress,
    try_campaign,
)
from domain.usecases.change_fields import ChangeFields, Edit, change_fields

FIELD = "marketing_monthly_max"


class BroadcastAsked(questions.Shown, frozen=True, tag="broadcast", kw_only=True):
    """What shall it say?"""

    patience: ClassVar[timedelta] = timedelta(hours=1)
    passed_over: ClassVar[bool] = True
    merchant_id: MerchantId
    campaign_id: CampaignId


async def broadcast_command(turn: Turn) -> None:
    await _home(turn, merchant_asked(turn))


async def broadcasts_button(turn: Turn) -> None:
    await _home(turn, merchant_pressed(turn))


async def on_button(turn: Turn) -> None:
    merchant_id = merchant_pressed(turn)
    membership = turn.caller.membership_at(merchant_id)
    if membership is None:
        raise NotAllowed
    found = await turn.read(see_campaigns, _seeing(turn, merchant_id))
    if found.merchant.marketing_monthly_max is None:
        command = ChangeFields(
            merchant_id=merchant_id,
            target_kind=Target.MERCHANT,
            target_id=merchant_id,
            staff_id=membership.staff.staff_id,
            edits={FIELD: Edit(seen=None, value=views.ON_BY_TAP)},
        )
        await turn.write(change_fields, command)
    await _home(turn, merchant_id, views.switched_on(turn.t))


async def text_sent(turn: Turn, question: BroadcastAsked) -> None:
    """Keeps the text or photo as the draft, instead of what the draft was. Raises what ``check_text`` raises; the
    question stays open then. Otherwise it ends last: the same message handled again changes nothing."""
    photo = None
    if turn.sent_file is not None:
        photo = await turn.services.studio.clean_photo(await turn.sent_picture())
    command = DraftCampaign(
        account=turn.account,
        merchant_id=question.merchant_id,
        campaign_id=question.campaign_id,
        text=typed_markup(turn.message) if turn.message else "",
        photo=photo,
    )
    found = await turn.write(draft_campaign, command)
    await turn.say(await _view_of(turn, found))
    await questions.forget(turn, turn.nonce)


async def broadcast_button(turn: Turn) -> None:
    """Shows a broadcast as it is now. If it is on its way, this message shows its progress from now on."""
    await _show(turn, await turn.read(see_campaign, _pressed(turn)))


async def text_button(turn: Turn) -> None:
    found = await turn.read(see_campaign, _pressed(turn))
    campaign = found.campaign
    question = BroadcastAsked(merchant_id=campaign.merchant_id, campaign_id=campaign.campaign_id)
    await questions.show(turn, question, new_key(), views.ask_broadcast(turn.t, campaign))


async def who_button(turn: Turn) -> None:
    query = _pressed(turn)
    found, counts = await turn.read(see_campaign, query), await turn.read(count_segments, query)
    stores = await turn.read(count_stores, query)
    await turn.show(views.broadcast_segments(turn.t, found, counts, len(stores)))


async def stores_button(turn: Turn) -> None:
    query = _pressed(turn)
    found, counts = await turn.read(see_campaign, query), await turn.read(count_stores, query)
    await turn.show(views.broadcast_stores(turn.t, found, counts))


async def to_button(turn: Turn) -> None:
    query, segment = _pressed(turn), turn.pressed.one_of(Segment, 2)
    store_id: StoreId | None = None
    if segment is Segment.STORE:
        stores, number = await turn.read(count_stores, query), turn.pressed.number(3)
        if number >= len(stores):
            raise ButtonUnknown
        store_id = stores[number][0].store_id
    command = ChooseSegment(
        account=turn.account,
        merchant_id=query.merchant_id,
        campaign_id=query.campaign_id,
        selection=Selection(segment=segment, store_id=store_id),
    )
    await _show(turn, await turn.write(choose_segment, command))


async def try_button(turn: Turn) -> None:
    await turn.write(try_campaign, _pressed(turn))
    await turn.answer(views.tried(turn.t))


async def hours_button(turn: Turn) -> None:
    found = await turn.read(see_campaign, _pressed(turn))
    if await _is_outdated(turn, found, 3):
        return
    await turn.show(
        views.broadcast_hours(turn.t, found, min(1, turn.pressed.number(2)), turn.services.clock())
    )


async def meant_button(turn: Turn) -> None:
    query = _pressed(turn)
    found, audience = await turn.read(see_campaign, query), await turn.read(count_audience, query)
    if found.campaign.state is not CampaignState.DRAFT:
        await _show(turn, found)
    elif not await _is_outdated(turn, found, 3):
        planned_at = views.planned_for(turn.pressed.number(2))
        await turn.show(views.broadcast_meant(turn.t, found, audience, planned_at, turn.services.clock()))


async def send_button(turn: Turn) -> None:
    query = _pressed(turn)
    audience = await turn.read(count_audience, query)
    command = StartCampaign(
        account=turn.account,
        merchant_id=query.merchant_id,
        campaign_id=query.campaign_id,
        planned_at=views.planned_for(turn.pressed.number(2)),
        expected_count=audience.will_get,
    )
    await _show(turn, await turn.write(start_campaign, command))


async def pause_button(turn: Turn) -> None:
    turned = pause_campaign if turn.pressed.number(2) else resume_campaign
    await _show(turn, await turn.write(turned, _pressed(turn)))


async def end_button(turn: Turn) -> None:
    """Says so when a planned campaign becomes a draft again, because its page then looks as it did before."""
    found = await turn.write(cancel_campaign, _pressed(turn))
    if found.campaign.state is CampaignState.DRAFT:
        await turn.answer(views.called_off(turn.t))
    await _show(turn, found)


async def discard_button(turn: Turn) -> None:
    query = _pressed(turn)
    if await _is_outdated(turn, await turn.read(see_campaign, query), 2):
        return
    await turn.write(discard_campaign, query)
    await _home(turn, query.merchant_id, views.discarded(turn.t))


async def _is_outdated(turn: Turn, found: CampaignSeen, place: int) -> bool:
    """Whether the pressed button is of a preview with another text or picture than the draft has now: shows the draft
    in its place then. ``place`` is where the button carries which one that was; buttons of before carry nothing."""
    carried = turn.pressed.arguments[place:]
    if not carried or carried[0] == views.words_of(found):
        return False
    await turn.answer(views.changed_meanwhile(turn.t))
    await _show(turn, found)
    return True


async def sample_button(turn: Turn) -> None:
    await turn.answer(views.sample(turn.t), alert=True)


async def _home(turn: Turn, merchant_id: MerchantId, said: str = "") -> None:
    """Shows all broadcasts; what is sent next becomes the draft of a new one."""
    found = await turn.read(see_campaigns, _seeing(turn, merchant_id))
    if found.merchant.marketing_monthly_max is None:
        await turn.show_instead(views.broadcasts_off(turn.t, found.merchant))
        return
    question = BroadcastAsked(merchant_id=merchant_id, campaign_id=CampaignId(new_id()))
    await turn.show_instead(views.broadcasts_home(turn.t, found, said))
    await questions.remember(turn, question, new_key())


async def _show(turn: Turn, found: CampaignSeen) -> None:
    view = await _view_of(turn, found)
    if view.photo is not None or found.campaign.state.is_over:
        await turn.show_instead(view)
        return
    place = await turn.show(view)
    if found.campaign.state is not CampaignState.DRAFT:
        told = TellProgress(
            account=turn.account,
            merchant_id=found.campaign.merchant_id,
            campaign_id=found.campaign.campaign_id,
            message_id=place.message_id,
            has_picture=place.has_picture,
        )
        await turn.write(tell_progress, told)


async def _view_of(turn: Turn, found: CampaignSeen) -> View:
    query = OfCampaign(
        account=turn.account,
        merchant_id=found.campaign.merchant_id,
        campaign_id=found.campaign.campaign_id,
    )
    match found.campaign.state:
        case CampaignState.DRAFT:
            return views.broadcast_preview(turn.t, found, await turn.read(count_audience, query))
        case CampaignState.SCHEDULED:
            return views.broadcast_planned(turn.t, found)
        case CampaignState.SENDING | CampaignState.PAUSED:
            return views.broadcast_progress(turn.t, found)
        case CampaignState.DONE | CampaignState.CANCELLED:
            return views.broadcast_result(turn.t, found, await turn.read(see_outcome, query))


def _pressed(turn: Turn) -> OfCampaign:
    """Raises NotStaff, ButtonUnknown."""
    return OfCampaign(
        account=turn.account, merchant_id=merchant_pressed(turn), campaign_id=CampaignId(turn.pressed.id(1))
    )


def _seeing(turn: Turn, merchant_id: MerchantId) -> SeeCampaigns:
    return SeeCampaigns(account=turn.account, merchant_id=merchant_id)


def _is_text_or_photo(turn: Turn, _question: BroadcastAsked) -> bool:
    return turn.sent_file is not None or is_prose(turn)


questions.add(BroadcastAsked, text_sent, _is_text_or_photo, of_files=True, of_texts=True)

"""Broadcasts: the owner's views to write and send them, and the message as customers read it."""

import html
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zlib import crc32

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated, mark, plain
from bot.views.settings import to_home
from bot.views.view import Button, Style, View, grid, keyboard, row
from domain.campaign import Campaign, CampaignOutcome, CampaignState, Segment
from domain.ids import MerchantId
from domain.merchant import Merchant, Store
from domain.messages import Broadcast, Message, MessageKind
from domain.rules.days import at_hour, local_date, local_hour
from domain.usecases.campaigns import AudienceCount, CampaignSeen, CampaignsSeen

ON_BY_TAP = 4
"""The limit that the button sets which switches broadcasts on: messages to a customer in thirty days."""
GIST_LENGTH_MAX = 28
FIRST_HOUR, LAST_HOUR = 8, 21
AT_ONCE = 0
BARS = 10
SEGMENT_NAMES: Mapping[Segment, str] = {
    Segment.ALL: mark("Everybody"),
    Segment.ACTIVE: mark("Here within 60 days"),
    Segment.LAPSED: mark("Not here for 60 days"),
    Segment.NEAR_REWARD: mark("Close to a reward"),
    Segment.STORE: mark("Of one store"),
    Segment.BIRTHDAY: mark("Birthday this month"),
}
_MARKS: Mapping[CampaignState, str] = {
    CampaignState.DRAFT: "✏️",
    CampaignState.SCHEDULED: "🕐",
    CampaignState.SENDING: "📣",
    CampaignState.PAUSED: "⏸",
    CampaignState.DONE: "✅",
    CampaignState.CANCELLED: "✖️",
}


def broadcast(t: Texts, facts: Broadcast, message: Message, *_: object) -> View:
    """The message as customers get it. Their stop button is added by ``messages.render``; a test to the owner has a
    sample of it, which only explains what it would do."""
    is_trial = message.kind is MessageKind.BROADCAST_TEST
    text = _as_read(t, facts.merchant_name, facts.text)
    return View(text=text, buttons=keyboard(row(sample_button(t) if is_trial else None)))


def sample_button(t: Texts) -> Button:
    return Button(text=t("🔕 No more of these"), data=press(Verb.BROADCAST_SAMPLE))


def sample(t: Texts) -> str:
    return t("With this button your customers stop these messages.")


def broadcasts_off(t: Texts, merchant: Merchant) -> View:
    said = t.n(
        "<b>Broadcasts of {merchant}</b>\n"
        "They are off. Once on, each customer is asked, once and after a visit, whether you may write. Only who says"
        " yes is written to, at most {count} time in 30 days.",
        "<b>Broadcasts of {merchant}</b>\n"
        "They are off. Once on, each customer is asked, once and after a visit, whether you may write. Only who says"
        " yes is written to, at most {count} times in 30 days.",
        ON_BY_TAP,
        merchant=merchant.name,
    )
    on = Button(
        text=t("Switch them on"),
        data=press(Verb.BROADCAST_ON, short_id(merchant.merchant_id)),
        style=Style.SUCCESS,
    )
    return View(text=said, buttons=keyboard(row(on), row(to_home(t, merchant.merchant_id))))


def broadcasts_home(t: Texts, found: CampaignsSeen, said: str = "") -> View:
    """The broadcasts of a shop. The text or photo that the owner sends next becomes a new one. ``said`` tells what
    was just done."""
    merchant, everybody = found.merchant, found.everybody
    allowed = everybody.chosen - everybody.not_allowed
    lines = [
        t("<b>Broadcasts of {merchant}</b>", merchant=merchant.name),
        t.n(
            "{count} of {all} customers allows them.",
            "{count} of {all} customers allow them.",
            allowed,
            all=t.number(everybody.chosen),
        ),
        t("For a new one, send the text now, or a photo with its text."),
    ]
    one_each = (
        row(Button(text=f"{_MARKS[each.state]} {gist(t, each)}", data=_page(each)))
        for each in found.campaigns
    )
    up = to_home(t, merchant.merchant_id)
    return View(
        text="\n\n".join(filter(None, [said, "\n".join(lines)])),
        buttons=keyboard(*one_each, row(up)),
        spare=up,
    )


def switched_on(t: Texts) -> str:
    return t("✅ Broadcasts are on. Customers are asked from now on, after their next visit.")


def ask_broadcast(t: Texts, campaign: Campaign) -> View:
    said = t("<b>What shall it say?</b>\nSend the text, or a photo with its text. So far:")
    so_far = f"<code>{html.escape(campaign.text, quote=False)}</code>" if campaign.text else "🖼"
    back = Button(text=t("‹ Back"), data=_page(campaign))
    return View(text=f"{said}\n\n{so_far}", buttons=keyboard(row(back)))


def broadcast_preview(t: Texts, found: CampaignSeen, audience: AudienceCount) -> View:
    """A draft as customers read it, and what the owner may do with it."""
    campaign, to = found.campaign, _to(t, found)
    count = t.number(audience.will_get)

    def leading(verb: Verb, text: str, *more: str | int, style: Style | None = None) -> Button:
        return Button(text=text, data=press(verb, *_ids(campaign), *more), style=style)

    words = words_of(found)
    send = leading(Verb.BROADCAST_MEANT, t("📣 Send now …"), AT_ONCE, words) if audience.will_get else None
    later = leading(Verb.BROADCAST_HOURS, t("🕐 Later …"), 0, words)
    back = _back_to_all(t, campaign.merchant_id)
    return View(
        text=_as_read(t, found.merchant.name, campaign.text),
        photo=found.photo,
        buttons=keyboard(
            row(sample_button(t)),
            row(leading(Verb.BROADCAST_WHO, f"👥 {to} · {count}")),
            row(leading(Verb.BROADCAST_TEXT, t("✏️ Change")), leading(Verb.BROADCAST_TRY, t("📲 Test to me"))),
            row(send, later),
            row(back, leading(Verb.BROADCAST_DISCARD, t("Discard"), words, style=Style.DANGER)),
        ),
        spare=back,
    )


def broadcast_segments(
    t: Texts, found: CampaignSeen, counts: Mapping[Segment, AudienceCount], stores: int
) -> View:
    campaign = found.campaign
    limit = found.merchant.marketing_monthly_max or 0
    said = t.n(
        "<b>To whom?</b>\nSo many would get it now: they allow it, can be reached, and were written to less than"
        " {count} time in 30 days.",
        "<b>To whom?</b>\nSo many would get it now: they allow it, can be reached, and were written to less than"
        " {count} times in 30 days.",
        limit,
    )
    one_each = (
        row(
            Button(
                text=f"{t(SEGMENT_NAMES[segment])} · {t.number(audience.will_get)}",
                data=press(Verb.BROADCAST_TO, *_ids(campaign), segment),
            )
        )
        for segment, audience in counts.items()
    )
    of_store = Button(text=t("Of one store …"), data=press(Verb.BROADCAST_STORES, *_ids(campaign), 0))
    back = Button(text=t("‹ Back"), data=_page(campaign))
    return View(
        text=said,
        buttons=keyboard(*one_each, row(of_store if stores > 1 else None), row(back)),
        spare=back,
    )


def broadcast_stores(t: Texts, found: CampaignSeen, counts: Sequence[tuple[Store, AudienceCount]]) -> View:
    campaign = found.campaign
    one_each = (
        row(
            Button(
                text=f"{isolated(store.name)} · {t.number(audience.will_get)}",
                data=press(Verb.BROADCAST_TO, *_ids(campaign), Segment.STORE, number),
            )
        )
        for number, (store, audience) in enumerate(counts)
    )
    back = Button(text=t("‹ Back"), data=press(Verb.BROADCAST_WHO, *_ids(campaign)))
    return View(
        text=t("<b>Customers of which store?</b>\nWho joined there, or was there."),
        buttons=keyboard(*one_each, row(back)),
    )


def broadcast_hours(t: Texts, found: CampaignSeen, days_ahead: int, now: datetime) -> View:
    """The hours of today or tomorrow that are still to come; tomorrow's if today has none left."""
    campaign, timezone = found.campaign, found.merchant.timezone
    today = local_date(now, timezone)
    if not days_ahead and not _hours_of(today, timezone, now):
        days_ahead = 1
    day = today + timedelta(days=days_ahead)
    one_each = [
        Button(
            text=t.time(moment, timezone), data=press(Verb.BROADCAST_MEANT, *_ids(campaign), _minutes(moment))
        )
        for moment in _hours_of(day, timezone, now)
    ]
    other = 0 if days_ahead else 1
    said = t("Tomorrow ›") if other else t("‹ Today")
    turn = Button(text=said, data=press(Verb.BROADCAST_HOURS, *_ids(campaign), other))
    has_other = other or _hours_of(today, timezone, now)
    back = Button(text=t("‹ Back"), data=_page(campaign))
    return View(
        text=t(
            "<b>Send it when?</b>\n{day}. It goes to those who allow it by then.",
            day=t.day_of_week(day),
        ),
        buttons=keyboard(*grid(one_each, 4), row(back, turn if has_other else None)),
    )


def broadcast_meant(
    t: Texts, found: CampaignSeen, audience: AudienceCount, planned_at: datetime | None, now: datetime
) -> View:
    campaign, count = found.campaign, audience.will_get
    limit = found.merchant.marketing_monthly_max or 0
    if planned_at is None:
        asked = t.n("<b>Send it to {count} person now?</b>", "<b>Send it to {count} people now?</b>", count)
    else:
        when = _day_and_hour(t, planned_at, found.merchant.timezone)
        asked = t.n(
            "<b>Send it on {when}?</b>\nTo {count} person, as things are now.",
            "<b>Send it on {when}?</b>\nTo {count} people, as things are now.",
            count,
            when=when,
        )
    label = t("📣 Send to {count}", count=t.number(count)) if planned_at is None else t("🕐 Plan it")
    minutes = _minutes(planned_at) if planned_at else AT_ONCE
    send = Button(
        text=plain(label), data=press(Verb.BROADCAST_SEND, *_ids(campaign), minutes), style=Style.SUCCESS
    )
    back = Button(text=t("‹ Back"), data=_page(campaign))
    lines = [asked, f"👥 {html.escape(_to(t, found), quote=False)}", *_left_out(t, audience, limit)]
    if planned_at is None:
        lines += _at_night(t, now, found.merchant.timezone)
    return View(text="\n".join(lines), buttons=keyboard(row(send), row(back)), spare=back)


def _at_night(t: Texts, now: datetime, timezone: str) -> list[str]:
    if FIRST_HOUR <= local_hour(now, timezone) <= LAST_HOUR:
        return []
    time = t.time(now, timezone)
    return [t("🌙 It is {time}: their phones ring now. “Later …” offers hours of the day.", time=time)]


def _day_and_hour(t: Texts, moment: datetime, timezone: str) -> str:
    """ "Tuesday, 16 June at 17:00": as the screen of the hours says it."""
    return t(
        "{day} at {time}", day=t.day_of_week(local_date(moment, timezone)), time=t.time(moment, timezone)
    )


def broadcast_planned(t: Texts, found: CampaignSeen) -> View:
    campaign = found.campaign
    when = _day_and_hour(t, campaign.planned_at or campaign.created_at, found.merchant.timezone)
    said = t.n(
        "🕐 <b>Planned for {when}</b>\nTo about {count} person.",
        "🕐 <b>Planned for {when}</b>\nTo about {count} people.",
        campaign.expected_count,
        when=when,
    )
    return _with_end(t, found, f"{said}\n\n{_quoted(t, campaign)}", t("Call it off"))


def broadcast_progress(t: Texts, found: CampaignSeen, seconds_left: float | None = None) -> View:
    """How much of a broadcast is sent, while it goes out or is paused."""
    campaign = found.campaign
    sent = max(0, campaign.written_count - found.owed_count)
    total = max(campaign.written_count, campaign.expected_count)
    if campaign.is_written:
        total = campaign.written_count
    full = BARS * sent // total if total else BARS
    bar = "▓" * full + "░" * (BARS - full)
    count = t("{sent} of {count}", sent=t.number(sent), count=t.number(total))
    is_paused = campaign.state is CampaignState.PAUSED
    head = t("⏸ <b>Paused</b>") if is_paused else t("📣 <b>On its way</b>")
    line = f"{bar} {count}"
    if seconds_left is not None and not is_paused:
        line += f" · {_left(t, seconds_left)}"
    turn = Button(
        text=t("▶️ Go on") if is_paused else t("⏸ Pause"),
        data=press(Verb.BROADCAST_PAUSE, *_ids(campaign), 0 if is_paused else 1),
    )
    view = _with_end(t, found, f"{head}\n{line}\n\n{_quoted(t, campaign)}", t("End it"))
    return View(text=view.text, buttons=keyboard(row(turn), *view.buttons), spare=view.spare)


def broadcast_result(t: Texts, found: CampaignSeen, outcome: CampaignOutcome) -> View:
    """How many a finished broadcast reached, and what they did."""
    campaign = found.campaign
    is_done = campaign.state is CampaignState.DONE
    head = t("✅ <b>Sent</b>") if is_done else t("✖️ <b>Ended early</b>")
    started = campaign.started_at
    lines = [head if started is None else f"{head} · {t.moment(started, found.merchant.timezone)}"]
    lines.append(
        t("Reached: {count}", count=t.number(outcome.reached_count))
        + f" · {html.escape(_to(t, found), quote=False)}"
    )
    lines.append(t("Came within 7 days: {count}", count=t.number(outcome.came_back_count)))
    lines.append(t("Want no more: {count}", count=t.number(outcome.stopped_count)))
    failed = outcome.failed_count if is_done else 0
    if unreached := campaign.unreachable_count + failed:
        lines.append(t("Not reachable: {count}", count=t.number(unreached)))
    limit = found.merchant.marketing_monthly_max
    if campaign.capped_count and limit is not None:
        lines.append(
            t("Had {limit} within 30 days: {count}", limit=limit, count=t.number(campaign.capped_count))
        )
    back = _back_to_all(t, campaign.merchant_id)
    text = "\n".join(lines)
    return View(text=f"{text}\n\n{_quoted(t, campaign)}", buttons=keyboard(row(back)), spare=back)


def gist(t: Texts, campaign: Campaign) -> str:
    said = " ".join(plain(campaign.text).split()) or t("Photo")
    return isolated(said if len(said) <= GIST_LENGTH_MAX else f"{said[: GIST_LENGTH_MAX - 1].rstrip()}…")


def words_of(found: CampaignSeen) -> str:
    """Tells one text and picture of a draft from another, in a few characters."""
    return f"{crc32(found.campaign.text.encode() + (found.photo or b'')):x}"


def changed_meanwhile(t: Texts) -> str:
    return t("It was changed meanwhile: this is how it reads now.")


def tried(t: Texts) -> str:
    return t("It comes to you below.")


def called_off(t: Texts) -> str:
    return t("✅ Called off. It is still here, and goes to nobody.")


def discarded(t: Texts) -> str:
    return t("✅ Discarded.")


def planned_for(minutes: int) -> datetime | None:
    """The time that the button of ``broadcast_meant`` carries; None means at once."""
    from_epoch = timedelta(minutes=minutes)
    return None if minutes == AT_ONCE else datetime.fromisoformat("1970-01-01T00:00:00+00:00") + from_epoch


def _as_read(t: Texts, merchant_name: str, text: str) -> str:
    return "\n".join(filter(None, [t("<b>{merchant}</b>", merchant=merchant_name), text]))


def _left_out(t: Texts, audience: AudienceCount, limit: int) -> list[str]:
    """Who does not get it, and why."""
    lines = []
    if audience.not_allowed:
        count = audience.not_allowed
        lines.append(t.n("{count} has not said yes", "{count} have not said yes", count))
    if audience.capped:
        lines.append(t("{count} had {limit} within 30 days", count=t.number(audience.capped), limit=limit))
    if audience.unreachable:
        lines.append(t.n("{count} is not reachable", "{count} are not reachable", audience.unreachable))
    return [t("Not to: {reasons}", reasons=", ".join(map(plain, lines)))] if lines else []


def _left(t: Texts, seconds: float) -> str:
    if seconds < 60:
        return t("less than a minute left")
    return t.n("about {count} minute left", "about {count} minutes left", round(seconds / 60))


def _quoted(t: Texts, campaign: Campaign) -> str:
    return html.escape(gist(t, campaign), quote=False)


def _to(t: Texts, found: CampaignSeen) -> str:
    return isolated(found.store.name) if found.store else t(SEGMENT_NAMES[found.campaign.segment])


def _with_end(t: Texts, found: CampaignSeen, text: str, label: str) -> View:
    ids, back = _ids(found.campaign), _back_to_all(t, found.campaign.merchant_id)
    end = Button(text=label, data=press(Verb.BROADCAST_END, *ids), style=Style.DANGER)
    return View(text=text, buttons=keyboard(row(end), row(back)), spare=back)


def _hours_of(day: date, timezone: str, now: datetime) -> list[datetime]:
    moments = (at_hour(day, hour, timezone) for hour in range(FIRST_HOUR, LAST_HOUR + 1))
    return [moment for moment in moments if moment > now]


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _ids(campaign: Campaign) -> tuple[str, str]:
    return short_id(campaign.merchant_id), short_id(campaign.campaign_id)


def _page(campaign: Campaign) -> str:
    return press(Verb.BROADCAST, *_ids(campaign))


def _back_to_all(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("‹ Broadcasts"), data=press(Verb.BROADCASTS, short_id(merchant_id)))

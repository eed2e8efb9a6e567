"""Messages of shops to many of their customers: whom they are for, and what became of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from domain.account import Account
from domain.campaign import (
    ACTIVE_FOR,
    CAME_BACK_WITHIN,
    NEAR_STAMPS,
    Campaign,
    CampaignOutcome,
    CampaignState,
    Candidate,
    Segment,
    Selection,
    Standing,
)
from domain.card import Card
from domain.ids import BotId, CampaignId, CustomerId, MerchantId
from domain.kinds import KINDS
from domain.merchant import Merchant, Program
from domain.rules.campaigns import is_near_reward
from domain.rules.days import local_date
from storage import rows, tables
from storage.base import TxBase, readable
from storage.clauses import ALL, LIMIT, find, has, is_any_of, is_one, joins
from storage.people import gone_among
from storage.statements import Row
from storage.terms import is_present
from storage.upsert import upsert

NOT_ALLOWED = Standing(is_allowed=False, is_reachable=True, offers_count=0)

_campaigns, _photos, _offers = tables.campaigns, tables.campaign_photos, tables.offers
_customers, _cards, _entries = tables.customers, tables.cards, tables.entries
_birthdays = tables.birthdays
_consents, _deliveries = tables.consents, tables.deliveries
_programs, _versions = tables.programs, tables.program_versions

SAVE_CAMPAIGN = upsert(_campaigns)
SELECT_CAMPAIGN = find(rows.CAMPAIGN, "merchant_id", "campaign_id")
DELETE_CAMPAIGN = delete(_campaigns).where(has(_campaigns, "merchant_id", "campaign_id"))
SELECT_CAMPAIGNS = find(rows.CAMPAIGN, "merchant_id").order_by(_campaigns.c.campaign_id.desc()).limit(LIMIT)
_is_sending = _campaigns.c.state == CampaignState.SENDING.value
_is_due = and_(
    _campaigns.c.state == CampaignState.SCHEDULED.value, _campaigns.c.planned_at <= bindparam("now")
)
SELECT_AT_WORK = select(*rows.CAMPAIGN).where(or_(_is_sending, _is_due)).order_by(_campaigns.c.campaign_id)
SAVE_PHOTO = upsert(_photos)
DELETE_PHOTO = delete(_photos).where(has(_photos, "merchant_id", "campaign_id"))
SELECT_PHOTO = find([_photos.c.photo], "merchant_id", "campaign_id")


def _is_visit(entries: FromClause) -> ColumnElement[bool]:
    return is_any_of(entries.c.kind, (kind for kind, what in KINDS.items() if what.is_visit))


_own_cards = and_(
    has(_cards, "merchant_id"),
    joins(_cards, _customers),
    is_one(_cards.c.customer_id, _customers.c.customer_id),
)
_in_use = and_(_own_cards, _cards.c.active == 1, _cards.c.merged_into.is_(None))
_holds_a_card = exists().where(_in_use).correlate(_customers)

_entries_of_card = and_(
    has(_entries, "merchant_id"), joins(_entries, _cards), is_one(_entries.c.card_id, _cards.c.card_id)
)


def _visited(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the customer has such a visit on any of their cards."""
    on_card = exists().where(_entries_of_card, _is_visit(_entries), *conditions).correlate(_cards)
    return exists().where(_own_cards, on_card).correlate(_customers)


_was_there = _visited(_entries.c.occurred_at + 0 > bindparam("seen_since"))
_with_terms = _cards.join(_programs, joins(_programs, _cards, "program_id")).join(_versions, is_present)
_target = _versions.c.stamps_target
_may_be_near = or_(
    _cards.c.points_balance > 0,
    _cards.c.held_cards.is_not(None),
    _cards.c.stamp_count - (_cards.c.stamp_count // _target) * _target >= _target - NEAR_STAMPS,
)
SEGMENTS: Mapping[Segment, ColumnElement[bool]] = {
    Segment.ALL: true(),
    Segment.ACTIVE: _was_there,
    Segment.LAPSED: and_(_customers.c.joined_at <= bindparam("seen_since"), not_(_was_there)),
    Segment.NEAR_REWARD: exists().select_from(_with_terms).where(_in_use, _may_be_near).correlate(_customers),
    Segment.STORE: or_(
        _customers.c.joined_store_id == bindparam("store_id"),
        _visited(_entries.c.store_id == bindparam("store_id")),
    ),
    Segment.BIRTHDAY: exists()
    .where(joins(_birthdays, _customers, "customer_id"), _birthdays.c.month == bindparam("month"))
    .correlate(_customers),
}
"""Which customers belong to a segment; of NEAR_REWARD, which may belong: ``is_near_reward`` decides."""
_offers_count = (
    select(func.count())
    .where(
        has(_offers, "merchant_id"),
        joins(_offers, _customers, "customer_id"),
        _offers.c.written_at > bindparam("written_since"),
    )
    .scalar_subquery()
)


_source = _customers.outerjoin(_consents, joins(_consents, _customers, "customer_id"))
_is_given = func.coalesce(_consents.c.is_given, literal_column("0"))


def _candidates(segment: Segment) -> Select[tuple[object, ...]]:
    return (
        select(*rows.CUSTOMER, _is_given, _offers_count)
        .select_from(_source)
        .where(
            has(_customers, "merchant_id"),
            _customers.c.customer_id > bindparam("after"),
            _holds_a_card,
            SEGMENTS[segment],
        )
        .order_by(_customers.c.customer_id)
        .limit(LIMIT)
    )


def _members(what: Sequence[ColumnElement[Any]], segment: Segment, *, allow_it: int) -> Select[Any]:
    is_member = and_(has(_customers, "merchant_id"), _holds_a_card, SEGMENTS[segment])
    return select(*what).select_from(_source).where(is_member, _is_given == literal_column(str(allow_it)))


_COUNTED = [segment for segment in Segment if segment is not Segment.NEAR_REWARD]
_ALLOWED = [_customers.c.bot_id, _customers.c.user_id, _offers_count]
SELECT_CANDIDATES = {segment: _candidates(segment) for segment in Segment}
SELECT_ALLOWED = {segment: _members(_ALLOWED, segment, allow_it=1) for segment in _COUNTED}
COUNT_NOT_ALLOWED = {segment: _members([func.count()], segment, allow_it=0) for segment in _COUNTED}
SELECT_CARDS_BETWEEN = (
    select(*rows.CARD, *rows.PROGRAM)
    .select_from(_cards.join(_programs, joins(_programs, _cards, "program_id")).join(_versions, is_present))
    .where(
        has(_cards, "merchant_id"),
        _cards.c.customer_id > bindparam("after"),
        _cards.c.customer_id <= bindparam("last"),
        _cards.c.active == 1,
        _cards.c.merged_into.is_(None),
        _may_be_near,
    )
)
_is_owed = and_(
    _deliveries.c.delivered_at.is_(None), _deliveries.c.failed_at.is_(None), _deliveries.c.held_at.is_(None)
)
_marketing_owed = (
    select(func.count())
    .select_from(_deliveries)
    .where(_is_owed, has(_deliveries, "bot_id"), _deliveries.c.is_marketing == 1)
)
COUNT_MARKETING_DUE = _marketing_owed.where(_deliveries.c.due_at <= bindparam("now"))
COUNT_OWED_OF = (
    select(func.count())
    .select_from(_deliveries)
    .where(
        _is_owed,
        _deliveries.c.is_marketing == 1,
        exists().where(joins(_offers, _deliveries, "message_id"), has(_offers, "merchant_id", "campaign_id")),
    )
)
_until = _deliveries.c.delivered_at + bindparam("within")
_came_back = (
    exists()
    .where(
        has(_cards, "merchant_id"),
        joins(_cards, _offers),
        is_one(_cards.c.customer_id, _offers.c.customer_id),
        exists()
        .where(
            _entries_of_card,
            _is_visit(_entries),
            _entries.c.occurred_at + 0 > _deliveries.c.delivered_at,
            _entries.c.occurred_at + 0 <= _until,
        )
        .correlate(_cards, _deliveries),
    )
    .correlate(_offers, _deliveries)
)
_stopped = (
    exists()
    .where(
        has(_consents, "merchant_id"),
        joins(_consents, _offers, "customer_id"),
        _consents.c.is_given == 0,
        _consents.c.answered_at > _deliveries.c.delivered_at,
        _consents.c.answered_at <= _until,
    )
    .correlate(_offers, _deliveries)
)


def _count_written(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Counts the messages of a campaign that have a delivery for which the conditions hold."""
    delivery = exists().where(joins(_deliveries, _offers, "message_id"), *conditions).correlate(_offers)
    return (
        select(func.count()).select_from(_offers).where(has(_offers, "merchant_id", "campaign_id"), delivery)
    )


_is_delivered = _deliveries.c.delivered_at.is_not(None)
COUNT_REACHED = _count_written(_is_delivered)
COUNT_FAILED = _count_written(_deliveries.c.failed_at.is_not(None))
COUNT_CAME_BACK = _count_written(_is_delivered, _came_back)
COUNT_STOPPED = _count_written(_is_delivered, _stopped)


class CampaignRows(TxBase):
    def campaign(self, merchant_id: MerchantId, campaign_id: CampaignId) -> Campaign | None:
        return self._one(rows.campaign, SELECT_CAMPAIGN, merchant_id=merchant_id, campaign_id=campaign_id)

    def save_campaign(self, campaign: Campaign) -> None:
        self.session.run(SAVE_CAMPAIGN, rows.campaign_row(campaign))

    def forget_campaign(self, campaign: Campaign) -> None:
        self.session.run(DELETE_PHOTO, **_key_of(campaign))
        self.session.run(DELETE_CAMPAIGN, **_key_of(campaign))

    def campaigns_of(self, merchant_id: MerchantId, limit: int) -> Sequence[Campaign]:
        return self._readable(rows.campaign, SELECT_CAMPAIGNS, merchant_id=merchant_id, limit=limit)

    def campaigns_at_work(self) -> Sequence[Campaign]:
        return self._readable(rows.campaign, SELECT_AT_WORK, now=rows.to_instant(self.now))

    def campaign_photo(self, merchant_id: MerchantId, campaign_id: CampaignId) -> bytes | None:
        row = self.session.one(SELECT_PHOTO, merchant_id=merchant_id, campaign_id=campaign_id)
        return row[0] if row else None

    def save_campaign_photo(
        self, merchant_id: MerchantId, campaign_id: CampaignId, photo: bytes | None
    ) -> None:
        key = {"merchant_id": merchant_id, "campaign_id": campaign_id}
        if photo is None:
            self.session.run(DELETE_PHOTO, **key)
        else:
            self.session.run(SAVE_PHOTO, key, photo=photo)

    def candidates(
        self,
        merchant: Merchant,
        selection: Selection,
        written_since: datetime,
        after: CustomerId | None,
        limit: int,
    ) -> tuple[Sequence[Candidate], CustomerId | None]:
        begin = {"merchant_id": merchant.merchant_id, "after": after or ""}
        looked_at = self.session.all(
            SELECT_CANDIDATES[selection.segment],
            **begin,
            store_id=selection.store_id,
            written_since=rows.to_instant(written_since),
            seen_since=rows.to_instant(self.now - ACTIVE_FOR),
            month=local_date(self.now, merchant.timezone).month,
            limit=limit,
        )
        if not looked_at:
            return (), None
        last = CustomerId(looked_at[-1][_CUSTOMER_ID])
        more = last if len(looked_at) == limit else None
        found = self._standing(readable(_candidate, looked_at))
        if selection.segment is Segment.NEAR_REWARD:
            held = self._readable(_card_held, SELECT_CARDS_BETWEEN, **begin, last=last)
            near = {card.customer_id for card, program in held if is_near_reward(card, program)}
            return [each for each in found if each.customer.customer_id in near], more
        return found, more

    def count_candidates(
        self, merchant: Merchant, selection: Selection, written_since: datetime
    ) -> Sequence[tuple[Standing, int]]:
        if selection.segment is Segment.NEAR_REWARD:
            found, _ = self.candidates(merchant, selection, written_since, None, ALL)
            return [*Counter(each.standing for each in found).items()]
        chosen = {
            "merchant_id": merchant.merchant_id,
            "store_id": selection.store_id,
            "seen_since": rows.to_instant(self.now - ACTIVE_FOR),
            "month": local_date(self.now, merchant.timezone).month,
        }
        since = rows.to_instant(written_since)
        allowed = self.session.all(SELECT_ALLOWED[selection.segment], **chosen, written_since=since)
        accounts = [Account(bot_id=bot_id, user_id=user_id) for bot_id, user_id, _ in allowed]
        gone = gone_among(self.session, accounts)
        counted = Counter(
            Standing(is_allowed=True, is_reachable=account not in gone, offers_count=offers_count)
            for account, (_, _, offers_count) in zip(accounts, allowed, strict=True)
        )
        return [
            (NOT_ALLOWED, self._count(COUNT_NOT_ALLOWED[selection.segment], **chosen)),
            *counted.items(),
        ]

    def _standing(self, found: Sequence[Candidate]) -> Sequence[Candidate]:
        gone = gone_among(self.session, (each.customer.account for each in found))
        return [
            replace(each, standing=replace(each.standing, is_reachable=False))
            if each.customer.account in gone
            else each
            for each in found
        ]

    def count_marketing_due(self, bot_id: BotId) -> int:
        return self._count(COUNT_MARKETING_DUE, bot_id=bot_id, now=rows.to_instant(self.now))

    def count_owed_of(self, campaign: Campaign) -> int:
        return self._count(COUNT_OWED_OF, **_key_of(campaign))

    def campaign_outcome(self, campaign: Campaign) -> CampaignOutcome:
        of = {**_key_of(campaign), "within": rows.to_microseconds(CAME_BACK_WITHIN)}
        return CampaignOutcome(
            reached_count=self._count(COUNT_REACHED, **of),
            failed_count=self._count(COUNT_FAILED, **of),
            came_back_count=self._count(COUNT_CAME_BACK, **of),
            stopped_count=self._count(COUNT_STOPPED, **of),
        )

    def _count(self, statement: Select[Any], **values: object) -> int:
        [[count]] = self.session.all(statement, **values)
        return int(count)


_CUSTOMER, _STANDING = rows.slices(rows.CUSTOMER, range(2))
_CUSTOMER_ID = [column.name for column in rows.CUSTOMER].index("customer_id")
_CARD, _PROGRAM = rows.slices(rows.CARD, rows.PROGRAM)


def _candidate(row: Row) -> Candidate:
    is_given, offers_count = row[_STANDING]
    standing = Standing(is_allowed=bool(is_given), is_reachable=True, offers_count=offers_count)
    return Candidate(customer=rows.customer(row[_CUSTOMER]), standing=standing)


def _card_held(row: Row) -> tuple[Card, Program]:
    return rows.card(row[_CARD]), rows.program(row[_PROGRAM])


def _key_of(campaign: Campaign) -> dict[str, object]:
    return {"merchant_id": campaign.merchant_id, "campaign_id": campaign.campaign_id}

"""Days that were written before figures were net are read as they were told."""

from domain.kinds import EntryKind
from domain.messages import MESSAGES, DailySummary, MessageKind
from domain.summary import DaySummary, Figures
from storage import codec

A_DAY = (
    '{"local_date":"2026-06-15","begins_at":"2026-06-14T18:00:00Z","ends_at":"2026-06-15T18:00:00Z",'
    '"has_stamps":true,"has_points":true,'
    '"figures":{"stamps":6,"points":60,"redemptions":1,"voids":2,"cards":2},'
    '"before":{"stamps":6,"points":60,"redemptions":1,"voids":2,"cards":2},'
    '"new_customers":0,"returning_customers":2,"rewards_outstanding":3,"undelivered":0,'
    '"stores":[{"name":"Gare","figures":{"stamps":6,"points":60,"redemptions":1,"voids":2,"cards":2}}],'
    '"staff":[{"name":"Anna","figures":{"stamps":4,"points":60,"redemptions":1,"voids":1,"cards":2}},'
    '{"name":"Bob","figures":{"stamps":2,"points":0,"redemptions":0,"voids":1,"cards":1}}],'
    '"voids":[{"staff_name":"Anna","store_name":"Gare","card_number":"434640978","kind":"redemption_voided",'
    '"stamps_delta":3,"points_delta":0,"reason":null,"occurred_at":"2026-06-15T08:00:00Z"},'
    '{"staff_name":"Bob","store_name":"Gare","card_number":"202466334","kind":"stamp_voided",'
    '"stamps_delta":-2,"points_delta":0,"reason":"a slip","occurred_at":"2026-06-15T08:00:00Z"}]}'
)
"""As version 0001 of the schema holds it in ``summaries.summary``."""
MISSED = (
    '{"local_date":"2026-06-14","begins_at":"2026-06-13T18:00:00Z","ends_at":"2026-06-14T18:00:00Z",'
    '"has_stamps":true,"has_points":true,'
    '"figures":{"stamps":0,"points":0,"redemptions":0,"voids":0,"cards":0},"before":null,'
    '"new_customers":0,"returning_customers":0,"rewards_outstanding":3,"undelivered":0,'
    '"stores":[],"staff":[],"voids":[]}'
)
TOLD = f'{{"merchant_name":"Café Knätsch","day":{A_DAY},"missed":[{MISSED}]}}'
"""And as the facts of a message."""


def test_day_of_before_keeps_its_figures() -> None:
    day = codec.decode(A_DAY, DaySummary)
    assert day.figures == day.before == Figures(stamps=6, points=60, redemptions=1, voids=2, cards=2)
    assert [share.figures.stamps for share in (*day.stores, *day.staff)] == [6, 4, 2]
    assert [void.kind for void in day.voids] == [EntryKind.REDEMPTION_VOIDED, EntryKind.STAMP_VOIDED]


def test_message_of_before_is_read() -> None:
    told = codec.decode(TOLD, MESSAGES[MessageKind.DAILY_SUMMARY].facts)
    assert isinstance(told, DailySummary)
    assert (told.day, [day.figures.is_quiet for day in told.missed]) == (
        codec.decode(A_DAY, DaySummary),
        [True],
    )

"""Whether the process that owns or has leased something is still at work. The rows of ``instances`` are written by
``storage.postgres.presence`` alone."""

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal_column, select

from storage.tables import instances

CHANNEL = "stempel"
"""The channel of NOTIFY on which the processes of one database call each other."""
CALL = select(
    func.pg_notify(literal_column(f"'{CHANNEL}'"), bindparam("whom", type_=instances.c.instance_id.type))
)


def is_left_by_the_dead(leased_by: ColumnElement[str | None]) -> ColumnElement[bool]:
    return and_(leased_by.is_not(None), ~is_at_work(leased_by))


def is_at_work(who: ColumnElement[str] | ColumnElement[str | None]) -> ColumnElement[bool]:
    return exists().where(instances.c.instance_id == who)

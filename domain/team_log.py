"""What the log of changes tells of the team, and of the closing of a shop, beside what is a field."""

from enum import StrEnum

from domain.ids import FieldName

CLOSING = FieldName("closing")
"""The field name of a shop's end in the log of changes: its date, or empty while it stays open."""


class TeamChange(StrEnum):
    """What happened to a member: the field name in the log of changes, whose target is the member. Before and after
    are roles, names or the stores' ids, empty where there is none."""

    JOINED = "team.joined"
    ROLE = "team.role"
    STORES = "team.stores"
    NAME = "team.name"
    REMOVED = "team.removed"
    PIN_RESET = "team.pin"


_CHANGES = {FieldName(change): change for change in TeamChange}


def team_change(field: FieldName) -> TeamChange | None:
    """None for a change of anything else."""
    return _CHANGES.get(field)

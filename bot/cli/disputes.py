"""What customers dispute, and what came of it."""

import click

from bot.cli.asking import read, write
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show, show_line
from domain.dispute import DisputeOutcome
from domain.ids import EntryId, MerchantId, StaffId
from domain.usecases.operate_disputes import SettleByOperator, list_disputes, settle_by_operator

OUTCOMES = click.Choice([outcome.value for outcome in DisputeOutcome])


@click.command()
@merchant_option
@click.option("--open", "only_open", is_flag=True, help="Only those that nobody has settled.")
@json_option
def list_command(merchant: str, *, only_open: bool, as_json: bool) -> None:
    """Print the disputes, oldest first, one a line."""
    for line in read(list_disputes, MerchantId(merchant)):
        if line.outcome is None or not only_open:
            show_line(line, as_json=as_json)


@click.command()
@merchant_option
@click.option("--entry", required=True, help="The entry's id, as `dispute list` prints it.")
@click.option("--outcome", type=OUTCOMES, required=True)
@click.option("--staff", "member", default=None, help="The owner or manager who takes the act back, by id.")
@click.option(
    "--reason", default="disputed by the customer", show_default=True, help="Kept with what is taken back."
)
@json_option
def settle_command(
    merchant: str, entry: str, outcome: str, member: str | None, reason: str, *, as_json: bool
) -> None:
    """Say what came of a dispute; the customer is told, and so is whoever was alarmed."""
    if DisputeOutcome(outcome) is DisputeOutcome.TAKEN_BACK and member is None:
        raise TermMalformed("Say with --staff which owner or manager takes the act back.")
    command = SettleByOperator(
        merchant_id=MerchantId(merchant),
        entry_id=EntryId(entry),
        outcome=DisputeOutcome(outcome),
        staff_id=StaffId(member) if member else None,
        reason=reason,
    )
    show(write(settle_by_operator, command), as_json=as_json)

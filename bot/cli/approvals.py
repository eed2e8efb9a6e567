"""What members asked managers to allow, and what came of it."""

import click

from bot.cli.asking import read, write
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show, show_line
from domain.approval import ApprovalState
from domain.ids import ApprovalId, MerchantId, StaffId
from domain.usecases.operate_approvals import SettleApproval, list_approvals, settle_approval

DECISIONS = click.Choice([ApprovalState.APPROVED.value, ApprovalState.DECLINED.value])


@click.command()
@merchant_option
@click.option("--open", "only_open", is_flag=True, help="Only those that nobody has answered.")
@json_option
def list_command(merchant: str, *, only_open: bool, as_json: bool) -> None:
    """Print what was asked for, oldest first, one a line."""
    for line in read(list_approvals, MerchantId(merchant)):
        if line.state is ApprovalState.ASKED or not only_open:
            show_line(line, as_json=as_json)


@click.command()
@merchant_option
@click.option("--approval", "approval_id", required=True, help="Its id, as `approval list` prints it.")
@click.option("--decision", type=DECISIONS, required=True)
@click.option("--staff", "member", default=None, help="The owner or manager who decides, by id.")
@json_option
def settle_command(
    merchant: str, approval_id: str, decision: str, member: str | None, *, as_json: bool
) -> None:
    """Say yes or no; who asked is told, and so is whoever was asked."""
    is_approved = ApprovalState(decision) is ApprovalState.APPROVED
    if is_approved and member is None:
        raise TermMalformed("Say with --staff which owner or manager approves it.")
    command = SettleApproval(
        merchant_id=MerchantId(merchant),
        approval_id=ApprovalId(approval_id),
        staff_id=StaffId(member) if member else None,
        is_approved=is_approved,
    )
    show(write(settle_approval, command), as_json=as_json)

"""What happens to a guest's mailbox when the guest's card goes to somebody else."""

from typing import Protocol

from domain.account import Account
from domain.delivery import ChannelKind
from domain.mailbox import Mailbox, Ways
from domain.ports import Mailboxes, Outbox
from domain.quick import replace


class Boxes(Outbox, Mailboxes, Protocol):
    """Mailboxes, and the outbox."""


def mailbox_of_guest(tx: Boxes, guest: Account) -> Mailbox | None:
    """None also where no mail is sent, or the mailbox takes none."""
    post = tx.post_of(guest) if ChannelKind.EMAIL in tx.channels_on else None
    return post.mailbox if post is not None and post.mailbox.takes_mail else None


def pass_on_mailbox(tx: Boxes, guest: Account, heir: Account, *, is_theirs: bool) -> None:
    """Forgets the guest's mailbox. ``is_theirs`` says that the heir has proved it: it becomes the heir's, unless they
    have one."""
    post = tx.post_of(guest) if guest.is_guest else None
    if post is None:
        return
    if is_theirs and tx.post_of(heir) is None:
        ways = Ways.MAIL if heir.is_guest else Ways.BOTH
        tx.save_mailbox(replace(post.mailbox, account=heir, ways=ways, verified_at=tx.now))
    tx.forget_mailbox(guest)

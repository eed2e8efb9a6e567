"""An owner, or the operator, exports the shop's books as a file."""

from domain.account import Account
from domain.ids import MerchantId
from domain.ports import Days
from domain.quick import dataclass
from domain.report import DateRange
from domain.rights import Right
from domain.rules.days import local_date
from domain.usecases.asking import asked_by
from domain.usecases.see_report import Books, books_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """``account`` is None for the operator."""

    merchant_id: MerchantId
    account: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeBooks:
    """The books from the first day to today; ``entries`` is the number of entries."""

    books: Books
    entries: int


def open_whole_books(*, tx: Days, query: Export) -> WholeBooks:
    """Raises NotAllowed, MerchantNotFound."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.EXPORT)
    entries, first, last = tx.count_entries(query.merchant_id)
    today = local_date(tx.now, merchant.timezone)
    dates = DateRange(min(first or today, today), max(last or today, today))
    return WholeBooks(books=books_of(tx, merchant, dates), entries=entries)

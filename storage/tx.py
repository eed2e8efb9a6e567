"""One transaction, from all its parts."""

from collections.abc import Callable, Collection
from datetime import datetime

from domain import ports
from domain.crew import ALONE, Crew
from domain.delivery import ALWAYS_ON, ChannelKind
from storage.ahead import AheadRows
from storage.approvals import ApprovalRows
from storage.base import Session
from storage.campaigns import CampaignRows
from storage.coming_back import ComingBackRows
from storage.customers import CustomerRows
from storage.directory import DirectoryRows
from storage.expiries import ExpiryRows
from storage.flags import FlagRows
from storage.inbox import InboxRows
from storage.jobs import JobRows
from storage.ledger import LedgerRows
from storage.mailboxes import MailboxRows
from storage.marketing import MarketingRows
from storage.outbox import OutboxRows
from storage.people import PeopleRows
from storage.personal import PersonalRows
from storage.printed import PrintedRows
from storage.summaries import SummaryRows
from storage.takings import TakingsRows
from storage.team import TeamRows
from storage.terms import TermsRows
from storage.wallets import WalletRows
from storage.wordings import WordingRows


class Tx(
    LedgerRows,
    CustomerRows,
    PrintedRows,
    ExpiryRows,
    SummaryRows,
    TermsRows,
    TeamRows,
    DirectoryRows,
    PeopleRows,
    OutboxRows,
    FlagRows,
    ApprovalRows,
    TakingsRows,
    MarketingRows,
    CampaignRows,
    ComingBackRows,
    MailboxRows,
    WalletRows,
    WordingRows,
    InboxRows,
    JobRows,
    AheadRows,
    PersonalRows,
):
    """Implements ``domain.ports.Tx`` on one session, one transaction after the other.

    ``lock_card`` and ``lock_counter`` only read here, which is enough where a writing transaction has the database to
    itself. An engine that runs several writing transactions at once overrides them: it locks the card, then reads.
    """

    def __init__(
        self,
        session: Session,
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        channels_on: Collection[ChannelKind] = ALWAYS_ON,
        crew: Callable[[], Crew] = lambda: ALONE,
    ) -> None:
        self.session = session
        self.new_id = new_id
        self.chance_below = chance_below
        self.channels_on = channels_on
        self.enqueued = 0
        self._crew = crew

    def confirm(self) -> None:
        """To be called after a command, and after one that has failed: looks whether what it presumed is so, where an
        engine presumes anything. Raises MustRunAgain."""

    def begin(self, now: datetime) -> ports.Tx:
        """Starts a transaction, whose moment is ``now``."""
        self.now = now
        self.crew = self._crew()
        self.enqueued = 0
        return self

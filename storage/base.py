"""What every part of a transaction shares."""

from datetime import datetime

from storage.statements import Session


class TxBase:
    """One transaction on one session."""

    session: Session
    now: datetime

"""All faults, by the room they are planted in."""

from tests.planted.faults.approvals import FAULTS as APPROVALS
from tests.planted.faults.bot import FAULTS as BOT
from tests.planted.faults.coming_back import FAULTS as COMING_BACK
from tests.planted.faults.confirming import FAULTS as CONFIRMING
from tests.planted.faults.domain import FAULTS as DOMAIN
from tests.planted.faults.earning import FAULTS as EARNING
from tests.planted.faults.google import FAULTS as GOOGLE
from tests.planted.faults.lots import FAULTS as LOTS
from tests.planted.faults.mail import FAULTS as MAIL
from tests.planted.faults.marketing import FAULTS as MARKETING
from tests.planted.faults.merging import FAULTS as MERGING
from tests.planted.faults.operating import FAULTS as OPERATING
from tests.planted.faults.postgres import FAULTS as POSTGRES
from tests.planted.faults.printed import FAULTS as PRINTED
from tests.planted.faults.privacy import FAULTS as PRIVACY
from tests.planted.faults.processes import FAULTS as PROCESSES
from tests.planted.faults.storage import FAULTS as STORAGE
from tests.planted.faults.summary import FAULTS as SUMMARY
from tests.planted.faults.waiting import FAULTS as WAITING
from tests.planted.faults.wallets import FAULTS as WALLETS
from tests.planted.faults.wordings import FAULTS as WORDINGS

FAULTS = (
    *(*DOMAIN, *STORAGE, *BOT, *SUMMARY, *WORDINGS, *APPROVALS),
    *(
        *EARNING,
        *LOTS,
        *PRIVACY,
        *MARKETING,
        *OPERATING,
        *COMING_BACK,
        *MAIL,
        *WALLETS,
        *GOOGLE,
        *PRINTED,
        *WAITING,
        *CONFIRMING,
        *MERGING,
        *POSTGRES,
        *PROCESSES,
    ),
)

"""Trying the relay for e-mail, and taking reports of mail that came back."""

import asyncio
import json
import sys
from typing import Any, BinaryIO

import click

from bot.app.database import existing_database
from bot.app.secret_key import agreed_secret
from bot.delivery.bounces import SIZE_MAX_BYTES, Bounces
from bot.delivery.mailer import Envelope, mailer_of
from bot.kit.clock import new_id, system_clock
from bot.kit.links import Links
from bot.kit.metrics import BotMetrics, Metrics
from bot.kit.settings import Settings, SettingsProblem, load_settings
from bot.kit.tokens import Tokens
from bot.telegram.username import find_username
from bot.texts import texts
from bot.views.mails import trial_mail
from domain.delivery import Delivered, Later, Refused
from domain.mailbox import parse_address
from domain.plumbing.bounces import Returned
from domain.refusals import MailAddressMistyped
from domain.steps import untraced

SWITCHED_OFF = "SMTP_URL is missing: without it no e-mail is sent."


@click.command()
@click.option("--to", required=True, metavar="ADDRESS", help="Who gets it.")
@click.option("--json", "as_json", is_flag=True)
def try_command(*, to: str, as_json: bool) -> None:
    """Send one, and say what the relay made of it."""
    address = parse_address(to)
    if address is None:
        raise MailAddressMistyped
    said = asyncio.run(_try(load_settings(), address))
    click.echo(json.dumps(said) if as_json else " ".join(map(str, said.values())))
    if said["outcome"] != "delivered":
        sys.exit(1)


async def _try(settings: Settings, address: str) -> dict[str, Any]:
    mailer = mailer_of(settings)
    if mailer is None:
        raise SettingsProblem(SWITCHED_OFF)
    envelope = Envelope(to=address, sender="Stempel", message_id=new_id(), sent_at=system_clock())
    match await mailer.send(trial_mail(texts(settings.default_locale)), envelope):
        case Delivered(reference=reference):
            return {"outcome": "delivered", "message_id": reference}
        case Later(reason=reason):
            return {"outcome": "later", "reason": reason, "said": mailer.said}
        case Refused(reason=reason):
            return {"outcome": "refused", "reason": reason, "said": mailer.said}
        case other:
            return {"outcome": "unreachable", "reason": other.reason, "said": mailer.said}


@click.command()
@click.argument("report", type=click.File("rb"), default="-")
@click.option("--json", "as_json", is_flag=True)
def returned_command(*, report: BinaryIO, as_json: bool) -> None:
    """Take a report of mail that came back from REPORT, or from what is piped in: for a relay on this machine."""
    returned = asyncio.run(_take(load_settings(), report.read(SIZE_MAX_BYTES)))
    outcome = returned.value if returned else "no_failure"
    click.echo(json.dumps({"outcome": outcome}) if as_json else outcome)


async def _take(settings: Settings, raw: bytes) -> Returned | None:
    async with existing_database(settings) as database:
        tokens = Tokens(await agreed_secret(settings, database))
        bounces = Bounces(
            bot_id=settings.bot_id,
            database=database,
            links=Links(await find_username(settings, database), tokens),
            metrics=BotMetrics(Metrics(), settings.bot_id, untraced),
        )
        return await bounces.take(raw)

"""Trying the relay for e-mail."""

import asyncio
import json
import sys
from typing import Any

import click

from bot.delivery.mailer import Envelope, mailer_of
from bot.kit.clock import new_id, system_clock
from bot.kit.settings import Settings, SettingsProblem, load_settings
from bot.texts import texts
from bot.views.mails import trial_mail
from domain.delivery import Delivered, Later, Refused
from domain.mailbox import parse_address
from domain.refusals import MailAddressMistyped

SWITCHED_OFF = "SMTP_URL is missing: without it no e-mail is sent."


@click.group()
def mail() -> None:
    """E-mail by way of the relay of SMTP_URL."""


@mail.command("try")
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
            return {"outcome": "later", "reason": reason}
        case Refused(reason=reason):
            return {"outcome": "refused", "reason": reason}
        case other:
            return {"outcome": "unreachable", "reason": other.reason}


COMMANDS = (mail,)

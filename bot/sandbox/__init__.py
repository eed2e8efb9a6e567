"""A small, strict Telegram on loopback, for trying the bot without a token and for tests over real HTTP."""

from bot.sandbox.deep_links import LinkError
from bot.sandbox.faults import Fault, FaultKind, ScheduledFault
from bot.sandbox.limits import Limits
from bot.sandbox.messages import Answer, CallbackQuery, Message
from bot.sandbox.people import CannotDo, Person
from bot.sandbox.sandbox import TOKEN, Sandbox
from bot.sandbox.server import Call
from bot.sandbox.stage import Action, GuideStep

__all__ = [
    "TOKEN",
    "Action",
    "Answer",
    "Call",
    "CallbackQuery",
    "CannotDo",
    "Fault",
    "FaultKind",
    "GuideStep",
    "Limits",
    "LinkError",
    "Message",
    "Person",
    "Sandbox",
    "ScheduledFault",
]

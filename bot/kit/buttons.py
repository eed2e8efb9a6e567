"""What a button carries: a verb and a few short arguments, at most 64 bytes
(https://core.telegram.org/bots/api#inlinekeyboardbutton).

It is a hint, never a right: whoever presses may have forged it, so everything is looked up again.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from domain.ids import OperationKey
from domain.quick import dataclass

EnumT = TypeVar("EnumT", bound=StrEnum)

LENGTH_MAX_BYTES = 64
_SHORT_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_KEY = re.compile(r"[A-Za-z0-9_-]{11}")


class Reach(StrEnum):
    """How far a press goes: it changes something, it is a step towards that, it types, or it only shows."""

    EFFECT = "effect"
    STEP = "step"
    KEY = "key"
    LOOK = "look"


class Verb(StrEnum):
    """What a button asks for, and how far that goes. After a press that goes further than showing, no button with an
    effect comes up under the finger (``bot/views/places.py``, docs/decisions/0031)."""

    reach: Reach

    def __new__(cls, word: str, reach: Reach) -> "Verb":
        verb = str.__new__(cls, word)
        verb._value_ = word
        verb.reach = reach
        return verb

    STAMP = "s", Reach.EFFECT
    REDEEM = "r", Reach.EFFECT
    REDEEM_POINTS = "o", Reach.EFFECT
    REWARD_LIST = "i", Reach.STEP
    PURCHASE = "e", Reach.STEP
    AMOUNT_KEY = "m", Reach.KEY
    AMOUNT_SURE = "sure", Reach.EFFECT
    UNDO = "u", Reach.EFFECT
    VOID = "v", Reach.EFFECT
    VOID_WHY = "y", Reach.STEP
    VOID_LIST = "w", Reach.STEP
    PANEL = "p", Reach.LOOK
    KEY = "k", Reach.KEY
    STORE = "d", Reach.EFFECT
    STAND_HERE = "t", Reach.STEP
    LEAVE = "x", Reach.STEP
    LOCK = "lock", Reach.STEP
    RESET_PIN = "z", Reach.EFFECT
    SHOW_CARD = "c", Reach.LOOK
    HISTORY = "h", Reach.LOOK
    BALANCE = "b", Reach.LOOK
    REWARDS = "g", Reach.LOOK
    NEW_CODE = "q", Reach.STEP
    NEW_CODE_MEANT = "newcode", Reach.EFFECT
    NOT_ME = "n", Reach.EFFECT
    DISPUTABLE = "which_not_me", Reach.STEP
    JOIN = "j", Reach.EFFECT
    JOIN_PROGRAM = "also", Reach.EFFECT
    LANGUAGE = "l", Reach.EFFECT
    OPEN_CARD = "f", Reach.STEP
    SETTLE = "a", Reach.EFFECT
    SETTLE_LISTED = "al", Reach.EFFECT
    DAY = "day", Reach.LOOK
    UNDO_RESET = "unreset", Reach.EFFECT
    OWN_PIN = "mypin", Reach.STEP
    WHICH = "which", Reach.EFFECT
    POSTER = "poster", Reach.LOOK
    PROGRAM_POSTERS = "pposts", Reach.LOOK
    PROGRAM_POSTER = "ppost", Reach.LOOK
    NEW_PROGRAM = "prog_new", Reach.STEP
    PROGRAM_STEP = "prog", Reach.STEP
    PROGRAM_MEANT = "prog_add", Reach.EFFECT
    SETTINGS = "settings", Reach.LOOK
    FIELDS = "fields", Reach.LOOK
    FIELD = "field", Reach.LOOK
    SET_FIELD = "setf", Reach.EFFECT
    CHANGES = "changes", Reach.LOOK
    CHANGE_BACK = "changeback", Reach.LOOK
    STORES = "stores", Reach.LOOK
    STORE_PAGE = "at", Reach.LOOK
    STORE_NEW = "at_new", Reach.STEP
    STORE_NAME = "at_name", Reach.STEP
    STORE_CLOSE = "at_close", Reach.STEP
    STORE_SET = "at_set", Reach.EFFECT
    TEAM = "team", Reach.LOOK
    MEMBER = "member", Reach.LOOK
    MEMBER_NAME = "mname", Reach.STEP
    MEMBER_ROLE = "mrole", Reach.STEP
    MEMBER_STORES = "mstores", Reach.STEP
    SET_ROLE = "setrole", Reach.EFFECT
    SET_STORE = "setstore", Reach.EFFECT
    INVITE = "hire", Reach.STEP
    INVITE_AS = "hire_as", Reach.STEP
    INVITE_AT = "hire_at", Reach.STEP
    CHOOSE_PERSON = "hire_who", Reach.STEP
    NEW_LINK = "relink", Reach.EFFECT
    CHOOSE_AGAIN = "rehire", Reach.STEP
    JOIN_TEAM = "hired", Reach.EFFECT
    NOT_JOINING = "nothired", Reach.EFFECT
    WITHDRAW = "unhire", Reach.EFFECT
    HAND_OVER = "handover", Reach.STEP
    HAND_OVER_MEANT = "handed", Reach.EFFECT
    TAKE_OVER = "takeover", Reach.EFFECT
    REMOVE = "remove", Reach.STEP
    REMOVE_MEANT = "off", Reach.EFFECT
    FOUND = "find", Reach.LOOK
    CARD_PAGE = "page", Reach.LOOK
    CARD_PAST = "past", Reach.LOOK
    NOTE = "note", Reach.STEP
    BLOCK = "block", Reach.STEP
    BLOCK_MEANT = "blocked", Reach.EFFECT
    UNBLOCK = "unblock", Reach.EFFECT
    NEW_SHOP = "shop", Reach.STEP
    NEW_SHOP_MEANT = "shop_open", Reach.EFFECT
    REPORT = "report", Reach.LOOK
    REPORT_DATES = "dates", Reach.STEP
    LINES = "lines", Reach.LOOK
    EXPORTS = "files", Reach.LOOK
    EXPORT = "export", Reach.STEP
    MOVE = "move", Reach.STEP
    MOVE_MEANT = "mv_go", Reach.EFFECT
    MOVE_VOUCH = "mv_vouch", Reach.STEP
    MOVE_VOUCHED = "mv_vow", Reach.EFFECT
    MOVE_ANSWER = "mv_me", Reach.EFFECT
    MERGE = "merge", Reach.STEP
    MERGE_SWAP = "mg_swap", Reach.STEP
    MERGE_MEANT = "mg_go", Reach.EFFECT
    MERGE_UNASK = "mg_unask", Reach.EFFECT
    FLAGS = "flags", Reach.LOOK
    FLAG_RIGHT = "fine", Reach.EFFECT
    DISPUTE = "disputed", Reach.LOOK
    WORDINGS = "kinds", Reach.LOOK
    WORDING = "words", Reach.LOOK
    WORDING_WHOSE = "wwho", Reach.LOOK
    WORDING_CHANGE = "wask", Reach.STEP
    WORDING_RESET = "wback", Reach.STEP
    WORDING_SAVE = "wsave", Reach.EFFECT
    WORDING_ANEW = "wanew", Reach.STEP
    ASK_MORE = "more", Reach.STEP
    ASK_MORE_FOR = "morefor", Reach.EFFECT
    ASK_BACK = "askback", Reach.STEP
    ASK_BACK_FOR = "bk", Reach.EFFECT
    DECIDE = "decide", Reach.EFFECT
    UNASK = "unask", Reach.EFFECT
    HOLIDAYS = "hols", Reach.LOOK
    HOLIDAY = "hol", Reach.LOOK
    HOLIDAY_NEW = "hol_new", Reach.STEP
    HOLIDAY_DATES = "hol_at", Reach.STEP
    HOLIDAY_MEANT = "hol_in", Reach.EFFECT
    HOLIDAY_OFF = "hol_off", Reach.STEP
    HOLIDAY_OFF_MEANT = "hol_gone", Reach.EFFECT
    TAKINGS = "till", Reach.STEP
    TAKINGS_AT = "till_at", Reach.STEP
    TAKINGS_MEANT = "till_ok", Reach.EFFECT
    LOGO = "logo", Reach.LOOK
    LOGO_NEW = "logo_new", Reach.STEP
    LOGO_OFF = "logo_off", Reach.EFFECT
    REDEEM_INTERIM = "way", Reach.EFFECT
    PRIVACY = "me", Reach.LOOK
    MY_DATA = "me_data", Reach.STEP
    ERASE = "me_off", Reach.STEP
    ERASE_MEANT = "me_gone", Reach.EFFECT
    SHOP_CLOSE = "shop_off", Reach.STEP
    SHOP_CLOSE_MEANT = "shop_ends", Reach.EFFECT
    SHOP_KEEP = "shop_on", Reach.EFFECT
    CONSENT = "ads", Reach.EFFECT
    NO_MORE = "ads_no", Reach.EFFECT
    CONSENT_SWITCH = "ads_set", Reach.EFFECT
    ALLOW_AGAIN = "ads_back", Reach.EFFECT
    BROADCASTS = "bcs", Reach.LOOK
    BROADCAST = "bc", Reach.LOOK
    BROADCAST_ON = "bc_on", Reach.EFFECT
    BROADCAST_TEXT = "bc_text", Reach.STEP
    BROADCAST_WHO = "bc_who", Reach.LOOK
    BROADCAST_STORES = "bc_at", Reach.LOOK
    BROADCAST_TO = "bc_to", Reach.STEP
    BROADCAST_TRY = "bc_try", Reach.EFFECT
    BROADCAST_HOURS = "bc_when", Reach.LOOK
    BROADCAST_MEANT = "bc_sure", Reach.STEP
    BROADCAST_SEND = "bc_go", Reach.EFFECT
    BROADCAST_PAUSE = "bc_hold", Reach.EFFECT
    BROADCAST_END = "bc_end", Reach.EFFECT
    BROADCAST_DISCARD = "bc_off", Reach.EFFECT
    BROADCAST_SAMPLE = "bc_eg", Reach.LOOK
    BIRTHDAY = "bday", Reach.LOOK
    BIRTHDAY_CHANGE = "bday_new", Reach.LOOK
    BIRTHDAY_MONTH = "bday_m", Reach.LOOK
    BIRTHDAY_DAY = "bday_d", Reach.STEP
    BIRTHDAY_MEANT = "bday_ok", Reach.EFFECT
    BIRTHDAY_OFF = "bday_off", Reach.EFFECT
    BIRTHDAY_ALLOW = "bday_yes", Reach.EFFECT
    BRING_FRIEND = "friend", Reach.LOOK
    MAIL = "mail", Reach.LOOK
    MAIL_WAYS = "mailby", Reach.EFFECT
    MAIL_NEW = "mailnew", Reach.STEP
    MAIL_OFF = "mailoff", Reach.STEP
    MAIL_OFF_MEANT = "mailgone", Reach.EFFECT
    WALLET = "wallet", Reach.LOOK
    SHEETS = "sheets", Reach.LOOK
    SHEET = "sheet", Reach.LOOK
    SHEET_PRINT = "sh_print", Reach.EFFECT
    SHEET_OFF = "sh_off", Reach.STEP
    SHEET_OFF_MEANT = "sh_gone", Reach.EFFECT
    ADOPT = "mine", Reach.EFFECT
    ADOPT_MEANT = "theirs", Reach.EFFECT
    PAPER = "paper", Reach.STEP
    PAPER_MEANT = "paper_in", Reach.EFFECT
    USE = "use", Reach.STEP
    USE_ONE = "use_it", Reach.STEP
    REDEEM_ANSWER = "use_ok", Reach.EFFECT


_VERBS: Mapping[str, Verb] = {verb.value: verb for verb in Verb}


class ButtonUnknown(Exception):
    """Not data that this program puts on buttons."""


@dataclass(frozen=True, slots=True)
class Pressed:
    verb: Verb
    arguments: tuple[str, ...]

    def id(self, position: int) -> str:
        """The argument as a full id. Raises ButtonUnknown."""
        return long_id(self.text(position))

    def number(self, position: int) -> int:
        """Raises ButtonUnknown."""
        text = self.text(position)
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise ButtonUnknown
        return int(text)

    def key(self, position: int) -> OperationKey:
        """Raises ButtonUnknown."""
        text = self.text(position)
        if not _KEY.fullmatch(text):
            raise ButtonUnknown
        return OperationKey(text)

    def one_of(self, kind: type[EnumT], position: int) -> EnumT:
        """The argument as a value of the enum. Raises ButtonUnknown."""
        try:
            return kind(self.text(position))
        except ValueError as error:
            raise ButtonUnknown from error

    def text(self, position: int) -> str:
        """Raises ButtonUnknown."""
        if position >= len(self.arguments):
            raise ButtonUnknown
        return self.arguments[position]


def press(verb: Verb, *arguments: str | int) -> str:
    """The data of a button. Raises ValueError when it is too long for Telegram."""
    data = ":".join([verb.value, *map(str, arguments)])
    if len(data.encode()) > LENGTH_MAX_BYTES:
        raise ValueError(f"callback data of {len(data.encode())} bytes: {data}")
    return data


def parse_press(data: str) -> Pressed:
    """Raises ButtonUnknown."""
    word, *arguments = data.split(":")
    if word not in _VERBS:
        raise ButtonUnknown
    return Pressed(_VERBS[word], tuple(arguments))


@lru_cache(maxsize=4096)
def reach_of(data: str | None) -> Reach:
    """What a button with this data does; one that opens a link or copies a text only shows."""
    try:
        return parse_press(data or "").verb.reach
    except ButtonUnknown:
        return Reach.LOOK


@lru_cache(maxsize=4096)
def short_id(uuid: str) -> str:
    """22 characters for a UUID."""
    return urlsafe_b64encode(bytes.fromhex(uuid.replace("-", ""))).decode().rstrip("=")


def long_id(text: str) -> str:
    """The UUID of a ``short_id``. Raises ButtonUnknown."""
    if not _SHORT_ID.fullmatch(text):
        raise ButtonUnknown
    return str(UUID(bytes=urlsafe_b64decode(text + "==")))

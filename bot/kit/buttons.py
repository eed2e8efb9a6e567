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


class Verb(StrEnum):
    STAMP = "s"
    REDEEM = "r"
    REDEEM_POINTS = "o"
    REWARD_LIST = "i"
    PURCHASE = "e"
    AMOUNT_KEY = "m"
    AMOUNT_SURE = "sure"
    UNDO = "u"
    VOID = "v"
    VOID_WHY = "y"
    VOID_LIST = "w"
    PANEL = "p"
    KEY = "k"
    STORE = "d"
    STAND_HERE = "t"
    LEAVE = "x"
    LOCK = "lock"
    RESET_PIN = "z"
    SHOW_CARD = "c"
    HISTORY = "h"
    BALANCE = "b"
    REWARDS = "g"
    NEW_CODE = "q"
    NEW_CODE_MEANT = "newcode"
    NOT_ME = "n"
    DISPUTABLE = "which_not_me"
    JOIN = "j"
    JOIN_PROGRAM = "also"
    LANGUAGE = "l"
    OPEN_CARD = "f"
    SETTLE = "a"
    DAY = "day"
    UNDO_RESET = "unreset"
    WHICH = "which"
    POSTER = "poster"
    PROGRAM_POSTERS = "pposts"
    PROGRAM_POSTER = "ppost"
    NEW_PROGRAM = "prog_new"
    PROGRAM_STEP = "prog"
    PROGRAM_MEANT = "prog_add"
    SETTINGS = "settings"
    FIELDS = "fields"
    FIELD = "field"
    SET_FIELD = "setf"
    CHANGES = "changes"
    CHANGE_BACK = "changeback"
    STORES = "stores"
    STORE_PAGE = "at"
    STORE_NEW = "at_new"
    STORE_NAME = "at_name"
    STORE_CLOSE = "at_close"
    STORE_SET = "at_set"
    TEAM = "team"
    MEMBER = "member"
    MEMBER_NAME = "mname"
    MEMBER_ROLE = "mrole"
    MEMBER_STORES = "mstores"
    SET_ROLE = "setrole"
    SET_STORE = "setstore"
    INVITE = "hire"
    INVITE_AS = "hire_as"
    INVITE_AT = "hire_at"
    WITHDRAW = "unhire"
    HAND_OVER = "handover"
    HAND_OVER_MEANT = "handed"
    TAKE_OVER = "takeover"
    REMOVE = "remove"
    REMOVE_MEANT = "off"
    FOUND = "find"
    CARD_PAGE = "page"
    CARD_PAST = "past"
    NOTE = "note"
    BLOCK = "block"
    BLOCK_MEANT = "blocked"
    UNBLOCK = "unblock"
    NEW_SHOP = "shop"
    NEW_SHOP_MEANT = "shop_open"
    REPORT = "report"
    REPORT_DATES = "dates"
    LINES = "lines"
    EXPORTS = "files"
    EXPORT = "export"
    MOVE = "move"
    MOVE_MEANT = "mv_go"
    MOVE_VOUCH = "vouch"
    MOVE_VOUCHED = "vouched"
    MOVE_ANSWER = "mv_me"
    MERGE = "merge"
    MERGE_SWAP = "mg_swap"
    MERGE_MEANT = "mg_go"
    FLAGS = "flags"
    FLAG_RIGHT = "fine"
    WORDINGS = "kinds"
    WORDING = "words"
    WORDING_WHOSE = "wwho"
    WORDING_CHANGE = "wask"
    WORDING_RESET = "wback"
    WORDING_SAVE = "wsave"
    WORDING_ANEW = "wanew"
    ASK_MORE = "more"
    ASK_MORE_FOR = "morefor"
    ASK_BACK = "askback"
    ASK_BACK_FOR = "bk"
    DECIDE = "decide"
    UNASK = "unask"
    HOLIDAYS = "hols"
    HOLIDAY = "hol"
    HOLIDAY_NEW = "hol_new"
    HOLIDAY_DATES = "hol_at"
    HOLIDAY_MEANT = "hol_in"
    HOLIDAY_OFF = "hol_off"
    HOLIDAY_OFF_MEANT = "hol_gone"
    TAKINGS = "till"
    TAKINGS_AT = "till_at"
    TAKINGS_MEANT = "till_ok"
    LOGO = "logo"
    LOGO_NEW = "logo_new"
    LOGO_OFF = "logo_off"
    REDEEM_INTERIM = "way"
    PRIVACY = "me"
    MY_DATA = "me_data"
    ERASE = "me_off"
    ERASE_MEANT = "me_gone"
    SHOP_CLOSE = "shop_off"
    SHOP_CLOSE_MEANT = "shop_ends"
    SHOP_KEEP = "shop_on"
    CONSENT = "ads"
    NO_MORE = "ads_no"
    CONSENT_SWITCH = "ads_set"
    ALLOW_AGAIN = "ads_back"
    BROADCASTS = "bcs"
    BROADCAST = "bc"
    BROADCAST_ON = "bc_on"
    BROADCAST_TEXT = "bc_text"
    BROADCAST_WHO = "bc_who"
    BROADCAST_STORES = "bc_at"
    BROADCAST_TO = "bc_to"
    BROADCAST_TRY = "bc_try"
    BROADCAST_HOURS = "bc_when"
    BROADCAST_MEANT = "bc_sure"
    BROADCAST_SEND = "bc_go"
    BROADCAST_PAUSE = "bc_hold"
    BROADCAST_END = "bc_end"
    BROADCAST_DISCARD = "bc_off"
    BROADCAST_SAMPLE = "bc_eg"
    BIRTHDAY = "bday"
    BIRTHDAY_CHANGE = "bday_new"
    BIRTHDAY_MONTH = "bday_m"
    BIRTHDAY_DAY = "bday_d"
    BIRTHDAY_MEANT = "bday_ok"
    BIRTHDAY_OFF = "bday_off"
    BIRTHDAY_ALLOW = "bday_yes"
    BRING_FRIEND = "friend"
    MAIL = "mail"
    MAIL_WAYS = "mailby"
    MAIL_NEW = "mailnew"
    MAIL_OFF = "mailoff"
    MAIL_OFF_MEANT = "mailgone"
    WALLET = "wallet"
    SHEETS = "sheets"
    SHEET = "sheet"
    SHEET_PRINT = "sh_print"
    SHEET_OFF = "sh_off"
    SHEET_OFF_MEANT = "sh_gone"
    ADOPT = "mine"
    ADOPT_MEANT = "theirs"
    PAPER = "paper"
    PAPER_MEANT = "paper_in"


class Reach(StrEnum):
    """How far a press goes: it changes something, it is a step towards that, it types, or it only shows."""

    EFFECT = "effect"
    STEP = "step"
    KEY = "key"
    LOOK = "look"


REACH: Mapping[Verb, Reach] = {
    Verb.STAMP: Reach.EFFECT,
    Verb.REDEEM: Reach.EFFECT,
    Verb.REDEEM_POINTS: Reach.EFFECT,
    Verb.REWARD_LIST: Reach.STEP,
    Verb.PURCHASE: Reach.STEP,
    Verb.AMOUNT_KEY: Reach.KEY,
    Verb.AMOUNT_SURE: Reach.EFFECT,
    Verb.UNDO: Reach.EFFECT,
    Verb.VOID: Reach.EFFECT,
    Verb.VOID_WHY: Reach.STEP,
    Verb.VOID_LIST: Reach.STEP,
    Verb.PANEL: Reach.LOOK,
    Verb.KEY: Reach.KEY,
    Verb.STORE: Reach.EFFECT,
    Verb.STAND_HERE: Reach.STEP,
    Verb.LEAVE: Reach.STEP,
    Verb.LOCK: Reach.STEP,
    Verb.RESET_PIN: Reach.EFFECT,
    Verb.SHOW_CARD: Reach.LOOK,
    Verb.HISTORY: Reach.LOOK,
    Verb.BALANCE: Reach.LOOK,
    Verb.REWARDS: Reach.LOOK,
    Verb.NEW_CODE: Reach.STEP,
    Verb.NEW_CODE_MEANT: Reach.EFFECT,
    Verb.NOT_ME: Reach.EFFECT,
    Verb.DISPUTABLE: Reach.STEP,
    Verb.JOIN: Reach.EFFECT,
    Verb.JOIN_PROGRAM: Reach.EFFECT,
    Verb.LANGUAGE: Reach.EFFECT,
    Verb.OPEN_CARD: Reach.STEP,
    Verb.SETTLE: Reach.EFFECT,
    Verb.DAY: Reach.LOOK,
    Verb.UNDO_RESET: Reach.EFFECT,
    Verb.WHICH: Reach.EFFECT,
    Verb.POSTER: Reach.LOOK,
    Verb.PROGRAM_POSTERS: Reach.LOOK,
    Verb.PROGRAM_POSTER: Reach.LOOK,
    Verb.NEW_PROGRAM: Reach.STEP,
    Verb.PROGRAM_STEP: Reach.STEP,
    Verb.PROGRAM_MEANT: Reach.EFFECT,
    Verb.SETTINGS: Reach.LOOK,
    Verb.FIELDS: Reach.LOOK,
    Verb.FIELD: Reach.LOOK,
    Verb.SET_FIELD: Reach.EFFECT,
    Verb.CHANGES: Reach.LOOK,
    Verb.CHANGE_BACK: Reach.LOOK,
    Verb.STORES: Reach.LOOK,
    Verb.STORE_PAGE: Reach.LOOK,
    Verb.STORE_NEW: Reach.STEP,
    Verb.STORE_NAME: Reach.STEP,
    Verb.STORE_CLOSE: Reach.STEP,
    Verb.STORE_SET: Reach.EFFECT,
    Verb.TEAM: Reach.LOOK,
    Verb.MEMBER: Reach.LOOK,
    Verb.MEMBER_NAME: Reach.STEP,
    Verb.MEMBER_ROLE: Reach.STEP,
    Verb.MEMBER_STORES: Reach.STEP,
    Verb.SET_ROLE: Reach.EFFECT,
    Verb.SET_STORE: Reach.EFFECT,
    Verb.INVITE: Reach.STEP,
    Verb.INVITE_AS: Reach.STEP,
    Verb.INVITE_AT: Reach.STEP,
    Verb.WITHDRAW: Reach.EFFECT,
    Verb.HAND_OVER: Reach.STEP,
    Verb.HAND_OVER_MEANT: Reach.EFFECT,
    Verb.TAKE_OVER: Reach.EFFECT,
    Verb.REMOVE: Reach.STEP,
    Verb.REMOVE_MEANT: Reach.EFFECT,
    Verb.FOUND: Reach.LOOK,
    Verb.CARD_PAGE: Reach.LOOK,
    Verb.CARD_PAST: Reach.LOOK,
    Verb.NOTE: Reach.STEP,
    Verb.BLOCK: Reach.STEP,
    Verb.BLOCK_MEANT: Reach.EFFECT,
    Verb.UNBLOCK: Reach.EFFECT,
    Verb.NEW_SHOP: Reach.STEP,
    Verb.NEW_SHOP_MEANT: Reach.EFFECT,
    Verb.REPORT: Reach.LOOK,
    Verb.REPORT_DATES: Reach.STEP,
    Verb.LINES: Reach.LOOK,
    Verb.EXPORTS: Reach.LOOK,
    Verb.EXPORT: Reach.STEP,
    Verb.MOVE: Reach.STEP,
    Verb.MOVE_MEANT: Reach.EFFECT,
    Verb.MOVE_VOUCH: Reach.STEP,
    Verb.MOVE_VOUCHED: Reach.EFFECT,
    Verb.MOVE_ANSWER: Reach.EFFECT,
    Verb.MERGE: Reach.STEP,
    Verb.MERGE_SWAP: Reach.STEP,
    Verb.MERGE_MEANT: Reach.EFFECT,
    Verb.FLAGS: Reach.LOOK,
    Verb.FLAG_RIGHT: Reach.EFFECT,
    Verb.WORDINGS: Reach.LOOK,
    Verb.WORDING: Reach.LOOK,
    Verb.WORDING_WHOSE: Reach.LOOK,
    Verb.WORDING_CHANGE: Reach.STEP,
    Verb.WORDING_RESET: Reach.STEP,
    Verb.WORDING_SAVE: Reach.EFFECT,
    Verb.WORDING_ANEW: Reach.STEP,
    Verb.ASK_MORE: Reach.STEP,
    Verb.ASK_MORE_FOR: Reach.EFFECT,
    Verb.ASK_BACK: Reach.STEP,
    Verb.ASK_BACK_FOR: Reach.EFFECT,
    Verb.DECIDE: Reach.EFFECT,
    Verb.UNASK: Reach.EFFECT,
    Verb.HOLIDAYS: Reach.LOOK,
    Verb.HOLIDAY: Reach.LOOK,
    Verb.HOLIDAY_NEW: Reach.STEP,
    Verb.HOLIDAY_DATES: Reach.STEP,
    Verb.HOLIDAY_MEANT: Reach.EFFECT,
    Verb.HOLIDAY_OFF: Reach.STEP,
    Verb.HOLIDAY_OFF_MEANT: Reach.EFFECT,
    Verb.TAKINGS: Reach.STEP,
    Verb.TAKINGS_AT: Reach.STEP,
    Verb.TAKINGS_MEANT: Reach.EFFECT,
    Verb.LOGO: Reach.LOOK,
    Verb.LOGO_NEW: Reach.STEP,
    Verb.LOGO_OFF: Reach.EFFECT,
    Verb.REDEEM_INTERIM: Reach.EFFECT,
    Verb.PRIVACY: Reach.LOOK,
    Verb.MY_DATA: Reach.STEP,
    Verb.ERASE: Reach.STEP,
    Verb.ERASE_MEANT: Reach.EFFECT,
    Verb.SHOP_CLOSE: Reach.STEP,
    Verb.SHOP_CLOSE_MEANT: Reach.EFFECT,
    Verb.SHOP_KEEP: Reach.EFFECT,
    Verb.CONSENT: Reach.EFFECT,
    Verb.NO_MORE: Reach.EFFECT,
    Verb.CONSENT_SWITCH: Reach.EFFECT,
    Verb.ALLOW_AGAIN: Reach.EFFECT,
    Verb.BROADCASTS: Reach.LOOK,
    Verb.BROADCAST: Reach.LOOK,
    Verb.BROADCAST_ON: Reach.EFFECT,
    Verb.BROADCAST_TEXT: Reach.STEP,
    Verb.BROADCAST_WHO: Reach.LOOK,
    Verb.BROADCAST_STORES: Reach.LOOK,
    Verb.BROADCAST_TO: Reach.STEP,
    Verb.BROADCAST_TRY: Reach.EFFECT,
    Verb.BROADCAST_HOURS: Reach.LOOK,
    Verb.BROADCAST_MEANT: Reach.STEP,
    Verb.BROADCAST_SEND: Reach.EFFECT,
    Verb.BROADCAST_PAUSE: Reach.EFFECT,
    Verb.BROADCAST_END: Reach.EFFECT,
    Verb.BROADCAST_DISCARD: Reach.EFFECT,
    Verb.BROADCAST_SAMPLE: Reach.LOOK,
    Verb.BIRTHDAY: Reach.LOOK,
    Verb.BIRTHDAY_CHANGE: Reach.LOOK,
    Verb.BIRTHDAY_MONTH: Reach.LOOK,
    Verb.BIRTHDAY_DAY: Reach.STEP,
    Verb.BIRTHDAY_MEANT: Reach.EFFECT,
    Verb.BIRTHDAY_OFF: Reach.EFFECT,
    Verb.BIRTHDAY_ALLOW: Reach.EFFECT,
    Verb.BRING_FRIEND: Reach.LOOK,
    Verb.MAIL: Reach.LOOK,
    Verb.MAIL_WAYS: Reach.EFFECT,
    Verb.MAIL_NEW: Reach.STEP,
    Verb.MAIL_OFF: Reach.STEP,
    Verb.MAIL_OFF_MEANT: Reach.EFFECT,
    Verb.WALLET: Reach.LOOK,
    Verb.SHEETS: Reach.LOOK,
    Verb.SHEET: Reach.LOOK,
    Verb.SHEET_PRINT: Reach.EFFECT,
    Verb.SHEET_OFF: Reach.STEP,
    Verb.SHEET_OFF_MEANT: Reach.EFFECT,
    Verb.ADOPT: Reach.EFFECT,
    Verb.ADOPT_MEANT: Reach.EFFECT,
    Verb.PAPER: Reach.STEP,
    Verb.PAPER_MEANT: Reach.EFFECT,
}
"""After a press that goes further than showing, no button with an effect comes up under the finger
(``bot/views/places.py``, docs/decisions/0031)."""


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
    verb, *arguments = data.split(":")
    try:
        return Pressed(Verb(verb), tuple(arguments))
    except ValueError as error:
        raise ButtonUnknown from error


@lru_cache(maxsize=4096)
def reach_of(data: str | None) -> Reach:
    """What a button with this data does; one that opens a link or copies a text only shows."""
    try:
        return REACH[parse_press(data or "").verb]
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

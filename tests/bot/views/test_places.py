"""Where the finger is after a tap, nothing else that has an effect comes up: for every pair of views that a tap can
lead through. ``pytest -s`` prints the table."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import product

import pytest

from bot.kit.buttons import Reach, Verb, parse_press, reach_of
from bot.texts import texts
from bot.views import keypad
from bot.views.places import SPARES_MAX, Place, out_of_reach, places, under
from bot.views.view import Button, Keyboard, View, row
from domain.account import Locale
from tests.bot.views.scenes import ORDINARY
from tests.bot.views.test_views import SCENES
from tests.support.each import for_each

ASKED = ("ask_pin", "ask_old_pin", "choose_pin", "who_stands_here")
REFUSED = ("panel",)
OPENED = ("panel", "stamped", "redeemed", "points_redeemed", "reward_list", "voided", "ask_amount", *ASKED)
LEADS_TO: Mapping[Verb, Sequence[str]] = {
    Verb.STAMP: ("stamped", *REFUSED, *ASKED),
    Verb.REDEEM: ("redeemed", "asked_customer", *REFUSED, *ASKED),
    Verb.REDEEM_INTERIM: ("redeemed", "asked_customer", "reward_list", *REFUSED, *ASKED),
    Verb.REDEEM_POINTS: ("points_redeemed", "asked_customer", "reward_list", *REFUSED, *ASKED),
    Verb.USE: ("use_code", "which_reward"),
    Verb.USE_ONE: ("use_code",),
    Verb.REDEEM_ANSWER: ("redeem_settled",),
    Verb.REWARD_LIST: ("reward_list", *REFUSED, *ASKED),
    Verb.PURCHASE: ("ask_amount", *REFUSED, *ASKED),
    Verb.AMOUNT_KEY: ("ask_amount", "earned", "doubt_amount", *REFUSED, *ASKED),
    Verb.AMOUNT_SURE: ("earned", *REFUSED, *ASKED),
    Verb.UNDO: ("voided", "void_list", *REFUSED, *ASKED),
    Verb.VOID: ("voided", "void_list", *REFUSED, *ASKED),
    Verb.VOID_WHY: ("void_reasons", *REFUSED, *ASKED),
    Verb.VOID_LIST: ("void_list", *REFUSED, *ASKED),
    Verb.WHICH: OPENED,
    Verb.KEY: (
        *OPENED,
        "earned",
        "doubt_amount",
        "confirmed",
        "adjusted",
        "void_list",
        "merged",
        "pin_chosen",
        "pin_changed",
        "pin_kept",
        "signed_in",
        "asked_manager",
        "decided",
        "from_paper",
        "adopted",
    ),
    Verb.STAND_HERE: ("ask_pin",),
    Verb.LEAVE: ("who_stands_here",),
    Verb.LOCK: ("panel", "today", *ASKED),
    Verb.STORE: ("store_chosen", *OPENED),
    Verb.RESET_PIN: ("pin_reset_link",),
    Verb.OWN_PIN: ("ask_old_pin", "choose_pin"),
    Verb.UNDO_RESET: ("reset_undone",),
    Verb.NEW_CODE: ("ask_new_code",),
    Verb.NEW_CODE_MEANT: ("card",),
    Verb.NOT_ME: (),
    Verb.DISPUTABLE: ("disputable",),
    Verb.JOIN: ("welcome", "card"),
    Verb.JOIN_PROGRAM: ("card",),
    Verb.LANGUAGE: (),
    Verb.OPEN_CARD: ("panel", *ASKED),
    Verb.SETTLE: ("confirmed", "voided", "void_list", "void_reasons", *REFUSED, *ASKED),
    Verb.SETTLE_LISTED: ("confirmed", "voided", "void_list", "void_reasons", *REFUSED, *ASKED),
    Verb.NEW_PROGRAM: ("ask_program",),
    Verb.PROGRAM_STEP: ("ask_program", "program_sure", "home"),
    Verb.PROGRAM_MEANT: ("program_added", "ask_program"),
    Verb.SET_FIELD: ("field_list", "confirm"),
    Verb.STORE_NEW: ("ask_store_name",),
    Verb.STORE_NAME: ("ask_store_name",),
    Verb.STORE_CLOSE: ("close_meant",),
    Verb.STORE_SET: ("store_page",),
    Verb.MEMBER_NAME: ("ask_member_name",),
    Verb.MEMBER_ROLE: ("member_role",),
    Verb.MEMBER_STORES: ("member_stores",),
    Verb.SET_ROLE: ("member",),
    Verb.SET_STORE: ("member",),
    Verb.INVITE: ("invite_role",),
    Verb.INVITE_AS: ("invite_store", "ask_invited_name"),
    Verb.INVITE_AT: ("ask_invited_name",),
    Verb.CHOOSE_PERSON: (),
    Verb.NEW_LINK: ("invited",),
    Verb.CHOOSE_AGAIN: (),
    Verb.NOT_JOINING: ("not_joining",),
    Verb.JOIN_TEAM: ("claimed", "poster_follows", "choose_pin"),
    Verb.WITHDRAW: ("team",),
    Verb.HAND_OVER: ("confirm_hand_over",),
    Verb.HAND_OVER_MEANT: ("member",),
    Verb.TAKE_OVER: ("taken_over", "declined"),
    Verb.REMOVE: ("confirm_removal",),
    Verb.REMOVE_MEANT: ("team",),
    Verb.NOTE: ("ask_note",),
    Verb.BLOCK: ("block_why",),
    Verb.BLOCK_MEANT: ("card_page",),
    Verb.UNBLOCK: ("card_page",),
    Verb.NEW_SHOP: ("ask_set_up", "set_up_sure", "set_up_stopped"),
    Verb.NEW_SHOP_MEANT: ("shop_opened", "claimed", "poster_follows", "for_the_team", "own_card", "card"),
    Verb.REPORT_DATES: ("ask_dates",),
    Verb.EXPORT: ("exporting", "export_done", "export_too_large"),
    Verb.MY_DATA: ("gathering", "data_page", "data_file"),
    Verb.ERASE: ("confirm_erasure",),
    Verb.ERASE_MEANT: ("erased",),
    Verb.SHOP_CLOSE: ("closing",),
    Verb.SHOP_CLOSE_MEANT: ("closing",),
    Verb.SHOP_KEEP: ("kept",),
    Verb.MOVE: ("move_offer",),
    Verb.MOVE_MEANT: ("card_page",),
    Verb.MOVE_VOUCH: ("vouch_why",),
    Verb.MOVE_VOUCHED: ("card_page",),
    Verb.MOVE_ANSWER: ("move_answered",),
    Verb.MERGE: ("ask_other",),
    Verb.MERGE_SWAP: ("offer",),
    Verb.MERGE_MEANT: ("merged", "waiting", *REFUSED, *ASKED),
    Verb.MERGE_UNASK: ("card_page",),
    Verb.FLAG_RIGHT: ("flags", "dismissed"),
    Verb.WORDING_CHANGE: ("ask_text",),
    Verb.WORDING_RESET: ("confirm_text",),
    Verb.WORDING_SAVE: ("kind_page", "confirm_text"),
    Verb.WORDING_ANEW: ("ask_text",),
    Verb.ASK_MORE: ("why_more",),
    Verb.ASK_MORE_FOR: ("asked_manager", *REFUSED, *ASKED),
    Verb.ASK_BACK: ("why_back",),
    Verb.ASK_BACK_FOR: ("asked_manager", *REFUSED, *ASKED),
    Verb.DECIDE: ("decided", *ASKED),
    Verb.UNASK: ("withdrawn",),
    Verb.HOLIDAY_NEW: ("ask_holidays",),
    Verb.HOLIDAY_DATES: ("ask_holidays",),
    Verb.HOLIDAY_MEANT: ("holidays",),
    Verb.HOLIDAY_OFF: ("withdrawal_meant",),
    Verb.HOLIDAY_OFF_MEANT: ("holidays",),
    Verb.LOGO_NEW: ("ask_logo",),
    Verb.LOGO_OFF: ("logo",),
    Verb.MAIL_WAYS: ("mailbox_page",),
    Verb.MAIL_NEW: ("ask_address",),
    Verb.MAIL_OFF: ("removal_meant",),
    Verb.MAIL_OFF_MEANT: ("removed",),
    Verb.TAKINGS: ("takings_day",),
    Verb.TAKINGS_AT: ("ask_takings",),
    Verb.TAKINGS_MEANT: ("takings_day", "takings_doubted"),
    Verb.CONSENT: ("marketing_answered",),
    Verb.NO_MORE: ("no_more", "marketing_answered"),
    Verb.CONSENT_SWITCH: ("privacy", "shop_or_whole"),
    Verb.ALLOW_AGAIN: ("marketing_again",),
    Verb.BROADCAST_ON: ("broadcasts_home",),
    Verb.BROADCAST_TEXT: ("ask_broadcast",),
    Verb.BROADCAST_TO: ("broadcast_preview",),
    Verb.BROADCAST_TRY: (),
    Verb.BROADCAST_MEANT: (
        "broadcast_meant",
        "broadcast_preview",
        "broadcast_planned",
        "broadcast_progress",
        "broadcast_result",
    ),
    Verb.BROADCAST_SEND: ("broadcast_planned", "broadcast_progress", "broadcast_result"),
    Verb.BROADCAST_PAUSE: ("broadcast_progress",),
    Verb.BROADCAST_END: ("broadcast_result", "broadcast_preview"),
    Verb.BROADCAST_DISCARD: ("broadcasts_home", "broadcast_preview"),
    Verb.BIRTHDAY_DAY: ("birthday_meant",),
    Verb.BIRTHDAY_MEANT: ("birthday",),
    Verb.BIRTHDAY_OFF: ("forgotten",),
    Verb.BIRTHDAY_ALLOW: ("birthday",),
    Verb.SHEET_PRINT: ("cards_follow",),
    Verb.SHEET_OFF: ("withdrawal_of_sheet",),
    Verb.SHEET_OFF_MEANT: ("sheets",),
    Verb.ADOPT: ("adoption_asked",),
    Verb.ADOPT_MEANT: ("adopted", *REFUSED, *ASKED),
    Verb.PAPER: ("paper_counts", *REFUSED, *ASKED),
    Verb.PAPER_MEANT: ("from_paper", *REFUSED, *ASKED),
}
"""The views, by the names of their functions and scenes, that the press of a button can bring up."""
VIEWS: Mapping[str, View] = {name: scene(texts(Locale.EN), ORDINARY) for name, scene in SCENES.items()}


def head(name: str) -> str:
    return name.partition(":")[0]


HEADS = [(name, head(name)) for name in VIEWS]
WIDTHS = [(Fraction(at, of), Fraction(at + 1, of)) for of in (1, 2) for at in range(of)]


@dataclass(frozen=True)
class Pair:
    before: str
    tapped: Button
    finger: Place
    after: str

    @cached_property
    def found_there(self) -> list[Button]:
        """What the view as it is written has where the finger is."""
        return under(self.finger, VIEWS[self.after].buttons)

    @cached_property
    def shown(self) -> Keyboard:
        return out_of_reach(VIEWS[self.after], self.finger).buttons

    def __str__(self) -> str:
        was = ", ".join(button.text for button in self.found_there)
        order = " / ".join("  ".join(button.text for button in buttons) for buttons in self.shown)
        finger = f"{self.finger.from_top} from the top, {self.finger.from_bottom} from the bottom"
        width = f"{self.finger.left} to {self.finger.right}"
        verdict = f"MOVED, was {was}: {order}" if was else "clean"
        return f"{self.before} | {self.tapped.text} | {finger}, {width} | {self.after} | {verdict}"


@cache
def pairs() -> tuple[Pair, ...]:
    """Every button that goes further than showing, with every view that its press can bring up."""
    return tuple(_pairs())


def _pairs() -> Iterator[Pair]:
    for before, view in VIEWS.items():
        for button, finger in places(view.buttons):
            if reach_of(button.data) is not Reach.LOOK:
                names = leads_to(before, button)
                yield from (Pair(before, button, finger, after) for after, begun in HEADS if begun in names)


def leads_to(before: str, button: Button) -> Sequence[str]:
    """A key that types leads to its own keypad."""
    pressed = parse_press(button.data or "")
    types = reach_of(button.data) is Reach.KEY and pressed.text(1) not in (keypad.ENTER, keypad.CANCEL)
    return [head(before)] if types else LEADS_TO[pressed.verb]


def test_every_verb_that_goes_further_than_showing_says_where_it_leads() -> None:
    assert set(LEADS_TO) == {verb for verb in Verb if verb.reach is not Reach.LOOK}
    known = set(map(head, SCENES))
    assert {name for names in LEADS_TO.values() for name in names} <= known


def test_no_tap_brings_up_another_effect_under_the_finger() -> None:
    found = pairs()
    moved = [pair for pair in found if pair.found_there]
    wrong = [pair for pair in found if under(pair.finger, pair.shown)]
    sys.stdout.write("\n".join(["", *(str(pair) for pair in found), ""]))
    counted = f"under the finger an effect would have come up in {len(moved)}, and comes up in {len(wrong)}"
    sys.stdout.write(f"{len(found)} pairs: {counted}\n")
    assert wrong == []
    assert moved, "the table would show nothing"


@pytest.mark.parametrize(
    ("before", "tapped", "after", "was"),
    [
        ("panel: no PIN", "+1", "stamped", "🎁 Redeem (2 rewards ready)"),
        ("panel: no PIN", "+2", "stamped: no reward yet", "Undo"),
        ("redeemed: the last", "Undo", "voided: redemption, its reward ready", "🎁 Redeem (1 reward ready)"),
        ("panel: points", "🎁 Redeem (3 possible)", "reward_list: points", "A coffee · 100 points"),
        ("ask_amount: typed", "✓", "earned", "Undo"),
    ],
)
def test_what_real_thumbs_ran_into(before: str, tapped: str, after: str, was: str) -> None:
    found = [
        pair for pair in pairs() if (pair.before, pair.tapped.text, pair.after) == (before, tapped, after)
    ]
    assert was in [button.text for pair in found for button in pair.found_there]
    assert [button.text for pair in found for button in under(pair.finger, pair.shown)] == []


@for_each("after", sorted({pair.after for pair in pairs()}))
def test_view_is_clear_of_every_finger_and_loses_no_button(after: str) -> None:
    """Wherever it was: also after lists that are longer or shorter than those of the table. Of all the places beyond
    the view and its spare rows one is enough: nothing is there."""
    view = VIEWS[after]
    rows = range(1, min(13, len(view.buttons) + SPARES_MAX + 1) + 1)
    arrangements = set()
    for from_top, from_bottom, (left, right) in product(rows, rows, WIDTHS):
        finger = Place(from_top, from_bottom, left, right)
        shown = out_of_reach(view, finger)
        assert under(finger, shown.buttons) == []
        arrangements.add(shown.buttons)
    for buttons in arrangements:
        assert Counter(buttons) - Counter([row(view.spare)] * SPARES_MAX) <= Counter(view.buttons)
        assert Counter(view.buttons) <= Counter(buttons)
        assert with_effect(buttons) == with_effect(view.buttons), "in the same order"


def with_effect(keyboard: Keyboard) -> list[Button]:
    return [button for buttons in keyboard for button in buttons if reach_of(button.data) is Reach.EFFECT]


def test_view_that_is_clear_stays_as_it_is() -> None:
    for pair in pairs():
        if not pair.found_there:
            assert pair.shown == VIEWS[pair.after].buttons


def test_keys_are_never_moved() -> None:
    for pair in pairs():
        if pair.after.startswith(("ask_", "choose_pin")):
            assert pair.shown == VIEWS[pair.after].buttons

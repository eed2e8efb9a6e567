"""PINs: asked for on a keypad, typed there or as text; a new PIN is typed twice.

Pressed keys are kept as positions on a keypad shuffled by the secret key, so that neither the buttons nor the
database tell the digits.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.kit.buttons import ButtonUnknown
from bot.kit.clock import new_key
from bot.screens import questions
from bot.screens.panels import EDITED_FOR
from bot.screens.questions import Question, Shown
from bot.screens.turn import Turn
from bot.staff.acting import carry_out, panel_again, show_panel
from bot.staff.dialogues import (
    AmountAsked,
    AnotherPinAsked,
    Keypad,
    NewPinAsked,
    OldPinAsked,
    PinAsked,
    WhoAsked,
)
from bot.telegram.chat import Place, place_of
from bot.telegram.updates import WITHHELD
from bot.views import keypad as views
from bot.views import team as team_views
from bot.views.view import View
from domain.acts import Act, EarnPoints
from domain.ids import MerchantId, StaffId
from domain.plumbing.people import BACKSPACE
from domain.refusals import DialogueOver, NotAllowed, PinBlocked, PinLocked, PinsDiffer, PinWrong, Refusal
from domain.rules.card_numbers import looks_like_card_number
from domain.rules.pins import DIGITS_MAX, check_pin_format
from domain.staff import Actor, Desk
from domain.usecases.choose_desk import LeaveTerminal, SeeTeamAt, TeamMember, leave_terminal, see_team
from domain.usecases.prove_pin import (
    ChoosePin,
    JudgedPin,
    PinHolder,
    accept_pin,
    begin_attempt,
    choose_pin,
    reject_pin,
)
from domain.usecases.reset_pin import SeeOwnPin, see_own_pin

LAPSED_FOR_SURE = EDITED_FOR + questions.PATIENCE
"""How old a message must be for any keypad in it to have lapsed: none is shown in one older than EDITED_FOR."""


async def ask_pin(turn: Turn, act: Act, shape: type[Keypad] = PinAsked) -> None:
    """Asks for the PIN of the member who stands here, before ``act``."""
    standing = turn.caller.standing
    if standing is None:
        raise NotAllowed
    await ask_pin_of(turn, shape, standing.merchant_id, standing.staff_id, standing.name, act)


async def ask_pin_of(
    turn: Turn,
    shape: type[Keypad],
    merchant_id: MerchantId,
    staff_id: StaffId,
    name: str,
    act: Act | None = None,
) -> None:
    asked_by = turn.update.update_id
    question = shape(merchant_id=merchant_id, staff_id=staff_id, name=name, act=act, asked_update_id=asked_by)
    await _open(turn, question)
    if isinstance(turn.question, NewPinAsked) and _is_earlier(turn, turn.question):
        await _say_cancelled(turn, turn.question)


async def own_pin_button(turn: Turn) -> None:
    """An owner or a manager wants another PIN: the present one is asked for first, where there is one."""
    turn.check_is_staff()
    merchant_id = MerchantId(turn.pressed.id(0))
    own = await turn.read(see_own_pin, SeeOwnPin(account=turn.account, merchant_id=merchant_id))
    staff = own.staff
    if staff.pin.hash is None:
        await ask_pin_of(turn, NewPinAsked, merchant_id, staff.staff_id, staff.name)
        return
    question = OldPinAsked(
        merchant_id=merchant_id,
        staff_id=staff.staff_id,
        name=staff.name,
        act=None,
        asked_update_id=turn.update.update_id,
        helpers=own.helpers,
    )
    await _open(turn, question)


async def ask_who(turn: Turn, act: Act | None) -> None:
    """Asks at a terminal who stands there. ``act`` waits for the answer and the PIN."""
    await turn.show(team_views.who_stands_here(turn.t, await _team(turn)))
    await questions.remember(turn, WhoAsked(act), new_key())
    await end_overtaken(turn)


async def end_overtaken(turn: Turn) -> None:
    """Ends the keypad that was open before this message or tap, where another act has come between: what is typed
    later is not meant for it."""
    question = turn.question
    if not isinstance(question, PinAsked | AmountAsked) or not _is_earlier(turn, question):
        return
    await questions.forget(turn, turn.nonce)
    await _say_cancelled(turn, question)


def _is_earlier(turn: Turn, question: Shown) -> bool:
    """Whether it was asked before this update. One that is handled again after a crash overtakes nothing that came
    after it."""
    asked = question.asked_update_id if isinstance(question, Keypad) else None
    return asked is None or asked < turn.update.update_id


async def _say_cancelled(turn: Turn, question: Shown) -> None:
    """In place of a keypad, unless it was there that something was just tapped: the answer stands there."""
    place = questions.place_of(turn, question)
    if turn.message is None or place_of(turn.message) != place:
        await turn.services.chat.retire(place, View(text=turn.t("Cancelled.")))


async def ends_long_after(turn: Turn, key: str) -> bool:
    """Ends a keypad on which a key is pressed so long after it lapsed that nothing can have come into its place: not
    even by enter pressed twice. Returns whether it did."""
    is_long_after = turn.services.clock() - turn.said_at >= LAPSED_FOR_SURE
    if key == views.ENTER or turn.message is None or not is_long_after:
        return False
    if isinstance(turn.question, Shown) and turn.question.message_id == turn.message.message_id:
        return False
    await turn.refuse(DialogueOver())
    await turn.services.chat.retire(place_of(turn.message), View(text=turn.t("Cancelled.")))
    return True


async def stand_here_button(turn: Turn) -> None:
    """A name was picked at a terminal."""
    staff_id = StaffId(turn.pressed.id(0))
    names = {member.staff_id: member.name for member in await _team(turn)}
    if staff_id not in names:
        raise NotAllowed
    act = _act_in_waiting(turn.question)
    await ask_pin_of(turn, PinAsked, _desk(turn).merchant_id, staff_id, names[staff_id], act)
    if isinstance(turn.question, PinAsked) and _is_earlier(turn, turn.question):
        await _say_cancelled(turn, turn.question)


async def leave_button(turn: Turn) -> None:
    """Somebody else wants to work at this terminal."""
    await turn.write(leave_terminal, LeaveTerminal(account=turn.account))
    await ask_who(turn, _act_in_waiting(turn.question))


async def key_button(turn: Turn) -> None:
    """A key of the keypad: a digit, backspace, enter or cancel."""
    nonce, key = turn.pressed.text(0), turn.pressed.text(1)
    if turn.nonce != nonce and await ends_long_after(turn, key):
        return
    question = questions.expected(turn, Keypad, nonce)
    if key == views.CANCEL:
        await questions.forget(turn, nonce)
        if isinstance(question, OldPinAsked | AnotherPinAsked):
            await turn.show(team_views.pin_kept(turn.t, question.merchant_id, question.staff_id))
        else:
            await _close(turn, question, turn.t("Cancelled."), _standing(turn))
    elif key == views.ENTER:
        order = turn.services.tokens.keypad(nonce)
        await _entered(turn, question, "".join(order[int(position)] for position in turn.keys))
    else:
        await _pressed(turn, question, key)


async def pin_typed(turn: Turn, question: Keypad) -> None:
    """The PIN as a text message, which is deleted at once."""
    if question.asked_update_id == turn.update.update_id:
        return  # an amount that waits for the PIN, handled again: the keypad is on the screen
    if turn.message is not None:
        await turn.services.chat.delete(turn.user.id, turn.message.message_id)
    await _entered(turn, question, turn.words)


def _is_pin(turn: Turn, question: Keypad) -> bool:
    if question.asked_update_id == turn.update.update_id:
        return isinstance(question.act, EarnPoints)
    may_be_one = turn.words.isdecimal() and not looks_like_card_number(turn.words)
    return may_be_one or turn.words == WITHHELD


questions.add(WhoAsked)
questions.add(PinAsked, pin_typed, _is_pin)
questions.add(OldPinAsked, pin_typed, _is_pin)
questions.add(NewPinAsked, pin_typed, _is_pin)
questions.add(AnotherPinAsked, pin_typed, _is_pin)


def _act_in_waiting(question: Question | None) -> Act | None:
    """The act that waits for a PIN at this terminal. When a tap is handled again after a crash, the question it
    answered may have been replaced by the next one, PinAsked, which has the same act."""
    return question.act if isinstance(question, WhoAsked | PinAsked) else None


async def _open(turn: Turn, question: Keypad, place: Place | None = None, said: str = "") -> None:
    """Shows an empty keypad below ``said``, and remembers what it is for."""
    nonce = new_key()
    view = _view(turn, question, nonce, typed=0)
    if said:
        view = View(text=f"{said}\n\n{view.text}", buttons=view.buttons)
    await questions.show(turn, question, nonce, view, place)


async def _pressed(turn: Turn, question: Keypad, key: str) -> None:
    if not (key == BACKSPACE or (len(key) == 1 and key in "0123456789")):
        raise ButtonUnknown
    keys = await questions.key_pressed(turn, turn.nonce, key, DIGITS_MAX)
    await turn.show(_view(turn, question, turn.nonce, typed=len(keys)))


async def _entered(turn: Turn, question: Keypad, digits: str) -> None:
    if question.judged_update_id == turn.update.update_id:
        await _answer_again(turn, question)
        return
    check_pin_format(digits)
    question = replace(question, judged_update_id=turn.update.update_id)
    if isinstance(question, NewPinAsked):
        await _new_pin_entered(turn, question, digits)
    elif isinstance(question, PinAsked):
        await _pin_entered(turn, question, digits)


async def _pin_entered(turn: Turn, question: PinAsked, digits: str) -> None:
    try:
        generation = await _prove(turn, _holder(turn, question), digits)
    except PinWrong as refusal:
        judged = replace(question, attempts_left=refusal.attempts_left)
        await questions.remember(turn, judged, turn.nonce)
        await _say_wrong(turn, judged)
    except (PinLocked, PinBlocked) as refusal:
        await _close(turn, question, turn.said(refusal), _standing(turn))
        await questions.forget(turn, turn.nonce)
    else:
        if isinstance(question, OldPinAsked):
            await _choose_another(turn, question, generation)
        else:
            await _go_on(turn, question)


async def _choose_another(turn: Turn, old: OldPinAsked, generation: int) -> None:
    question = AnotherPinAsked(
        merchant_id=old.merchant_id,
        staff_id=old.staff_id,
        name=old.name,
        act=None,
        message_id=old.message_id,
        has_picture=old.has_picture,
        judged_update_id=old.judged_update_id,
        asked_update_id=old.asked_update_id,
        replaces=generation,
    )
    await questions.remember(turn, question, turn.nonce)
    await _answer_again(turn, question)


async def _new_pin_entered(turn: Turn, question: NewPinAsked, digits: str) -> None:
    order = turn.services.tokens.keypad(turn.nonce)
    positions = "".join(str(order.index(digit)) for digit in digits)
    if question.first is None:
        question = replace(question, first=positions)
        await questions.remember(turn, question, turn.nonce)
        await _answer_again(turn, question)
    elif positions != question.first:
        await _refuse(turn, PinsDiffer(), replace(question, first=None))
    else:
        await _set_pin(turn, question, digits)
        await _go_on(turn, question)


async def _answer_again(turn: Turn, question: Keypad) -> None:
    """Answers what was entered: for the first time, or again because the answer was lost."""
    if isinstance(question, PinAsked):
        await _say_wrong(turn, question)
    else:
        view = _view(turn, question, turn.nonce, typed=0)
        await turn.show(view, questions.place_of(turn, question))


async def _say_wrong(turn: Turn, question: PinAsked) -> None:
    await _refuse(turn, PinWrong(attempts_left=question.attempts_left), question)


async def _refuse(turn: Turn, refusal: Refusal, question: Keypad) -> None:
    """Says it over the keypad that was pressed; on the keypad, where the PIN was typed as text. The keypad waits for
    the next try."""
    place, is_tap = questions.place_of(turn, question), turn.query is not None
    if is_tap:
        await turn.refuse(refusal)
    await _open(turn, question, place, "" if is_tap else turn.said(refusal))


async def _go_on(turn: Turn, question: Keypad) -> None:
    """After the right PIN: carries out the act that waited for it, in place of the keypad."""
    place = questions.place_of(turn, question)
    try:
        if question.act is None:
            await turn.show(_signed_in(turn, question), place)
        else:
            await carry_out(turn, question.act, _actor(turn, question), pin_typed=True, place=place)
    except Refusal as refusal:
        await _close(turn, question, turn.said(refusal), _actor(turn, question))
    await questions.forget(turn, turn.nonce)


async def _close(turn: Turn, question: Keypad, said: str, actor: Actor | None) -> None:
    """Shows ``said`` in place of the keypad, above the panel of the act's card where it can be shown."""
    found, place = None, questions.place_of(turn, question)
    if question.act is not None and actor is not None:
        found = await panel_again(turn, question.act.card, actor)
    if found is not None:
        await show_panel(turn, found, place, said)
    else:
        await turn.show(View(text=said), place)


def _standing(turn: Turn) -> Actor | None:
    """The member at this desk; None without a desk, and at a terminal at which nobody stands."""
    return turn.actor if turn.caller.desk is not None and not turn.caller.is_unattended else None


def _signed_in(turn: Turn, question: Keypad) -> View:
    if isinstance(question, AnotherPinAsked):
        return team_views.pin_changed(turn.t, question.merchant_id, question.staff_id)
    if isinstance(question, NewPinAsked):
        return team_views.pin_chosen(turn.t)
    return team_views.signed_in(turn.t, question.name)


async def _set_pin(turn: Turn, question: NewPinAsked, digits: str) -> None:
    """Sets the PIN. If there is another one already, as after a lost answer, the typed PIN must be the same."""
    holder, pin_hash = _holder(turn, question), await turn.services.pins.hash(digits)
    replaces = question.replaces if isinstance(question, AnotherPinAsked) else None
    command = ChoosePin(holder=holder, pin_hash=pin_hash, replaces=replaces)
    try:
        await turn.write(choose_pin, command)
    except NotAllowed:
        await _prove(turn, holder, digits)


async def _prove(turn: Turn, holder: PinHolder, digits: str) -> int:
    """Returns the generation of the PIN. Raises PinWrong, PinLocked, PinBlocked, PinNotSet, NotAllowed."""
    pin = await turn.write(begin_attempt, holder)
    judged = JudgedPin(holder=holder, generation=pin.generation)
    if pin.hash is not None and await turn.services.pins.verify(pin.hash, digits):
        await turn.write(accept_pin, judged)
        return pin.generation
    raise await turn.write(reject_pin, judged)


def _view(turn: Turn, question: Keypad, nonce: str, *, typed: int) -> View:
    t, name, positions = turn.t, question.name, turn.services.tokens.keypad(nonce)
    if isinstance(question, NewPinAsked):
        again = question.first is not None
        return views.choose_pin(t, name=name, nonce=nonce, positions=positions, typed=typed, again=again)
    if isinstance(question, OldPinAsked):
        return views.ask_old_pin(
            t, name=name, helpers=question.helpers, nonce=nonce, positions=positions, typed=typed
        )
    may_switch = turn.caller.is_terminal
    return views.ask_pin(t, name=name, nonce=nonce, positions=positions, typed=typed, may_switch=may_switch)


def _holder(turn: Turn, question: Keypad) -> PinHolder:
    return PinHolder(account=turn.account, merchant_id=question.merchant_id, staff_id=question.staff_id)


def _actor(turn: Turn, question: Keypad) -> Actor:
    return Actor(
        merchant_id=question.merchant_id,
        staff_id=question.staff_id,
        store_id=_desk(turn).store_id,
        account=turn.account,
    )


def _desk(turn: Turn) -> Desk:
    if turn.caller.desk is None:
        raise NotAllowed
    return turn.caller.desk


async def _team(turn: Turn) -> Sequence[TeamMember]:
    desk = _desk(turn)
    here = SeeTeamAt(account=turn.account, merchant_id=desk.merchant_id, store_id=desk.store_id)
    return await turn.read(see_team, here)

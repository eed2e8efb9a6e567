"""PINs: asked for on a keypad, typed there or as text, chosen twice.

What is pressed is kept as positions on a keypad shuffled by the secret key, so that neither the buttons nor the
database say which digits they were.
"""

from msgspec.structs import replace

from bot.kit.buttons import ButtonUnknown
from bot.kit.clock import new_key
from bot.screens.turn import Turn
from bot.staff.acting import carry_out
from bot.staff.acts import Act, AskAmount, Deed
from bot.staff.amount_keypad import open_keypad
from bot.staff.dialogues import (
    NewPinAsked,
    PinAsked,
    WhoAsked,
    forget,
    keypad_place,
    open_question,
    remember,
)
from bot.telegram.chat import Place
from bot.views import keypad as views
from bot.views import team as team_views
from bot.views.refusals import sentence
from bot.views.view import View
from domain.ids import MerchantId, StaffId, UpdateId
from domain.plumbing.people import BACKSPACE, PressKey, press_key
from domain.refusals import (
    DialogueOver,
    NotAllowed,
    PinBlocked,
    PinLocked,
    PinsDiffer,
    PinWrong,
    Refusal,
)
from domain.rules.pins import check_pin_format
from domain.staff import Actor, Desk
from domain.usecases.choose_desk import LeaveTerminal, SeeTeam, leave_terminal, see_team
from domain.usecases.prove_pin import (
    ChoosePin,
    JudgedPin,
    PinHolder,
    accept_pin,
    begin_attempt,
    choose_pin,
    reject_pin,
)

Keypad = PinAsked | NewPinAsked


async def ask_pin(turn: Turn, act: Act | None) -> None:
    """The PIN of the member who stands here, before ``act``."""
    standing = turn.caller.standing
    if standing is None:
        raise NotAllowed
    await _ask_pin_of(turn, standing.merchant_id, standing.staff_id, standing.name, act)


async def ask_new_pin(turn: Turn, act: Act | None) -> None:
    """The member who stands here has none yet."""
    standing = turn.caller.standing
    if standing is None:
        raise NotAllowed
    await offer_new_pin(turn, standing.merchant_id, standing.staff_id, standing.name, act)


async def offer_new_pin(
    turn: Turn, merchant_id: MerchantId, staff_id: StaffId, name: str, act: Act | None = None
) -> None:
    question = NewPinAsked(
        merchant_id=merchant_id,
        staff_id=staff_id,
        name=name,
        act=act,
        message_id=0,
        asked_update_id=turn.update.update_id,
    )
    await _open(turn, question, place=None)


async def ask_who(turn: Turn, act: Act | None) -> None:
    """At a terminal: the names of those who may work here."""
    desk = _desk(turn)
    team = await turn.read(
        see_team,
        SeeTeam(account=turn.account, merchant_id=desk.merchant_id, store_id=desk.store_id),
    )
    await turn.show(team_views.who_stands_here(turn.t, team))
    await remember(turn, WhoAsked(act), new_key())


async def stand_here_button(turn: Turn) -> None:
    """A name was picked at a terminal."""
    desk, staff_id = _desk(turn), StaffId(turn.pressed.id(0))
    team = await turn.read(
        see_team,
        SeeTeam(account=turn.account, merchant_id=desk.merchant_id, store_id=desk.store_id),
    )
    names = {member.staff_id: member.name for member in team}
    if staff_id not in names:
        raise NotAllowed
    await _ask_pin_of(turn, desk.merchant_id, staff_id, names[staff_id], _act_in_waiting(turn))


async def leave_button(turn: Turn) -> None:
    """Somebody else wants to work at this terminal."""
    act = _act_in_waiting(turn)
    await turn.write(leave_terminal, LeaveTerminal(account=turn.account))
    await ask_who(turn, act)


async def key_button(turn: Turn) -> None:
    """A key of the keypad: a digit, backspace, enter or cancel."""
    nonce, key = turn.pressed.text(0), turn.pressed.text(1)
    question, dialogue = open_question(turn), turn.caller.dialogue
    if not isinstance(question, Keypad) or dialogue is None or dialogue.nonce != nonce:
        raise DialogueOver
    if key == views.CANCEL:
        await forget(turn, nonce)
        await turn.show(View(text=turn.t("Cancelled.")))
    elif key == views.ENTER:
        order = turn.services.tokens.keypad(nonce)
        digits = "".join(order[int(position)] for position in dialogue.keys)
        await _entered(turn, question, nonce, digits)
    else:
        await _pressed(turn, question, nonce, key)


async def pin_typed(turn: Turn) -> None:
    """The PIN as a text message, which is deleted at once."""
    question, dialogue = open_question(turn), turn.caller.dialogue
    if not isinstance(question, Keypad) or dialogue is None:
        raise DialogueOver
    if turn.message is not None:
        await turn.services.chat.delete(turn.user.id, turn.message.message_id)
    await _entered(turn, question, dialogue.nonce, turn.words)


def expects_pin(turn: Turn) -> bool:
    question = open_question(turn)
    return isinstance(question, Keypad) and question.asked_update_id != turn.update.update_id


def _act_in_waiting(turn: Turn) -> Act | None:
    """What will happen at this terminal once a PIN is right: the same when a tap is handled again after a crash, and
    the question it answered has been followed by the next."""
    question = open_question(turn)
    return question.act if isinstance(question, WhoAsked | PinAsked) else None


async def _ask_pin_of(
    turn: Turn, merchant_id: MerchantId, staff_id: StaffId, name: str, act: Act | None
) -> None:
    question = PinAsked(
        merchant_id=merchant_id,
        staff_id=staff_id,
        name=name,
        act=act,
        message_id=0,
        asked_update_id=turn.update.update_id,
    )
    await _open(turn, question, place=None)


async def _open(turn: Turn, question: Keypad, place: Place | None) -> None:
    """Shows an empty keypad and remembers what it is for."""
    nonce = new_key()
    shown = await turn.show(_view(turn, question, nonce, typed=0), place)
    question = replace(question, message_id=shown.message_id, has_picture=shown.has_picture)
    await remember(turn, question, nonce)


async def _pressed(turn: Turn, question: Keypad, nonce: str, key: str) -> None:
    if not (key == BACKSPACE or (len(key) == 1 and key in "0123456789")):
        raise ButtonUnknown
    dialogue = await turn.write(
        press_key,
        PressKey(account=turn.account, nonce=nonce, key=key, update_id=UpdateId(turn.update.update_id)),
    )
    await turn.show(_view(turn, question, nonce, typed=len(dialogue.keys)))


async def _entered(turn: Turn, question: Keypad, nonce: str, digits: str) -> None:
    if question.judged_update_id == turn.update.update_id:
        await _answer_again(turn, question, nonce)
        return
    check_pin_format(digits)
    if isinstance(question, NewPinAsked):
        await _new_pin_entered(turn, question, nonce, digits)
    else:
        await _pin_entered(turn, question, nonce, digits)


async def _pin_entered(turn: Turn, question: PinAsked, nonce: str, digits: str) -> None:
    place = keypad_place(turn, question)
    try:
        await _prove(turn, _holder(turn, question), digits)
    except PinWrong as refusal:
        judged = replace(
            question, judged_update_id=turn.update.update_id, attempts_left=refusal.attempts_left
        )
        await remember(turn, judged, nonce)
        await _say_wrong(turn, judged)
        return
    except (PinLocked, PinBlocked) as refusal:
        await turn.show(View(text=sentence(turn.t, refusal, turn.timezone)), place)
        await forget(turn, nonce)
        return
    await _go_on(turn, question, nonce)


async def _new_pin_entered(turn: Turn, question: NewPinAsked, nonce: str, digits: str) -> None:
    order = turn.services.tokens.keypad(nonce)
    positions = "".join(str(order.index(digit)) for digit in digits)
    place = keypad_place(turn, question)
    question = replace(question, judged_update_id=turn.update.update_id)
    if question.first is None:
        question = replace(question, first=positions)
        await remember(turn, question, nonce)
        await turn.show(_view(turn, question, nonce, typed=0), place)
        return
    if positions != question.first:
        await turn.refuse(PinsDiffer())
        await _open(turn, replace(question, first=None), place)
        return
    await _set_pin(turn, _holder(turn, question), digits)
    await _go_on(turn, question, nonce)


async def _answer_again(turn: Turn, question: Keypad, nonce: str) -> None:
    """This update was taken in before and its answer was lost."""
    if isinstance(question, PinAsked):
        await _say_wrong(turn, question)
    else:
        await turn.show(_view(turn, question, nonce, typed=0), keypad_place(turn, question))


async def _say_wrong(turn: Turn, question: PinAsked) -> None:
    await turn.refuse(PinWrong(attempts_left=question.attempts_left))
    await _open(turn, question, keypad_place(turn, question))


async def _go_on(turn: Turn, question: Keypad, nonce: str) -> None:
    """The PIN is right: what it was typed for happens now, in the keypad's place."""
    place = keypad_place(turn, question)
    try:
        if isinstance(question.act, AskAmount):
            await open_keypad(turn, question.act.card, _actor(turn, question), place)
            return
        view = await _result(turn, question, question.act)
    except Refusal as refusal:
        view = View(text=sentence(turn.t, refusal, turn.timezone))
    await turn.show(view, place)
    await forget(turn, nonce)


async def _result(turn: Turn, question: Keypad, act: Deed | None) -> View:
    if act is not None:
        return await carry_out(turn, act, _actor(turn, question), pin_typed=True)
    if isinstance(question, NewPinAsked):
        return team_views.pin_chosen(turn.t)
    return team_views.signed_in(turn.t, question.name)


async def _set_pin(turn: Turn, holder: PinHolder, digits: str) -> None:
    """A PIN that is there already, as after a lost answer, must be the same."""
    pin_hash = await turn.services.pins.hash(digits)
    try:
        await turn.write(choose_pin, ChoosePin(holder=holder, pin_hash=pin_hash))
    except NotAllowed:
        await _prove(turn, holder, digits)


async def _prove(turn: Turn, holder: PinHolder, digits: str) -> None:
    """Raises PinWrong, PinLocked, PinBlocked, PinNotSet, NotAllowed."""
    pin = await turn.write(begin_attempt, holder)
    judged = JudgedPin(holder=holder, generation=pin.generation)
    if pin.hash is not None and await turn.services.pins.verify(pin.hash, digits):
        await turn.write(accept_pin, judged)
    else:
        raise await turn.write(reject_pin, judged)


def _view(turn: Turn, question: Keypad, nonce: str, *, typed: int) -> View:
    positions = turn.services.tokens.keypad(nonce)
    if isinstance(question, PinAsked):
        return views.ask_pin(
            turn.t,
            name=question.name,
            nonce=nonce,
            positions=positions,
            typed=typed,
            may_switch=turn.caller.is_terminal,
        )
    return views.choose_pin(
        turn.t,
        name=question.name,
        nonce=nonce,
        positions=positions,
        typed=typed,
        again=question.first is not None,
    )


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

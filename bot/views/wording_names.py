"""The names of the messages that owners may put into their own words."""

from collections.abc import Mapping, Sequence

from bot.texts import Texts, mark
from domain.messages import MessageKind
from domain.quick import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """``when`` says when the message is sent; ``start`` has the lines of a template to start from, close to our
    text."""

    name: str
    when: str
    start: Sequence[str]


_EXPIRING = (
    mark("⏳ <b>{count}: good until {date}.</b>"),
    mark("We look forward to seeing you at {merchant}."),
)
_EXPIRED = (mark("⌛ <b>Expired at {merchant}: {count}.</b>"), mark("Still on your card: {balance}."))
_READY = (
    mark("🎉 <b>Your reward is ready: {reward}</b>"),
    mark("{merchant}: show your card at the counter."),
)
_NEW_CODE = (
    mark(
        "🔑 <b>Your card at {merchant} has a new code.</b>\n"
        "Show the new one from now on: the code on an old picture is refused."
    ),
)
_BLOCKED = (
    mark(
        "⛔️ <b>Your card at {merchant} was blocked.</b>\n"
        "Nothing can be collected or redeemed with it; what is on it stays. Please ask at the counter."
    ),
)

NAMED: Mapping[MessageKind, Named] = {
    MessageKind.WELCOME_BONUS: Named(
        mark("Welcome bonus"),
        mark("When a new card starts with something on it."),
        (mark("🎁 <b>{merchant} gives you {count} to start with.</b>"),),
    ),
    MessageKind.RECEIPT: Named(
        mark("Receipt"),
        mark("After each act at the counter, also when something is taken back."),
        ("{what}", "{progress}", "<b>{merchant}</b> · {store}"),
    ),
    MessageKind.REWARD_READY: Named(
        mark("Reward ready"), mark("When what is on a card is enough for a reward."), _READY
    ),
    MessageKind.STAMPS_EXPIRING: Named(
        mark("Stamps expire soon"), mark("At least two weeks before stamps expire."), _EXPIRING
    ),
    MessageKind.STAMPS_EXPIRED: Named(mark("Stamps expired"), mark("When stamps have expired."), _EXPIRED),
    MessageKind.POINTS_EXPIRING: Named(
        mark("Points expire soon"), mark("At least two weeks before points expire."), _EXPIRING
    ),
    MessageKind.POINTS_EXPIRED: Named(mark("Points expired"), mark("When points have expired."), _EXPIRED),
    MessageKind.REWARD_EXPIRING: Named(
        mark("Reward expires soon"),
        mark("At least two weeks before a reward that is ready expires."),
        (
            mark("⏳ <b>Your reward is still waiting: {reward}</b>"),
            mark("Get it at {merchant} by {date}. After that its stamps expire."),
        ),
    ),
    MessageKind.REWARD_EXPIRED: Named(
        mark("Reward expired"),
        mark("When nobody came for a reward in time."),
        (mark("⌛ <b>Your reward has expired: {reward}</b>"),),
    ),
    MessageKind.NEW_CODE: Named(
        mark("New code"), mark("When somebody draws the code of a card anew."), _NEW_CODE
    ),
    MessageKind.CARD_BLOCKED: Named(mark("Card blocked"), mark("When you block a card."), _BLOCKED),
    MessageKind.BIRTHDAY: Named(
        mark("Birthday bonus"),
        mark("On the birthday of who told it to you and wants news and offers."),
        (mark("🎂 <b>Happy birthday! {count} for you.</b>"), mark("Good at {merchant} until {date}.")),
    ),
    MessageKind.WIN_BACK: Named(
        mark("Missed"),
        mark("When somebody who wants news and offers has not come for a while."),
        (
            mark("👋 <b>We have not seen you at {merchant} for a while.</b>"),
            mark("Come by again: we look forward to it."),
        ),
    ),
    MessageKind.REFERRAL_REWARD: Named(
        mark("Friend brought"),
        mark("When a friend whom somebody brought first collects something."),
        (mark("🎉 <b>Your friend came to {merchant}: {count} for you.</b>"),),
    ),
    MessageKind.REFERRAL_WELCOME: Named(
        mark("For the friend"),
        mark("The same, to the friend."),
        (mark("🎁 <b>{count} more from {merchant}, because a friend invited you.</b>"),),
    ),
    MessageKind.CARD_UNBLOCKED: Named(
        mark("Card unblocked"),
        mark("When you unblock a card."),
        (mark("✅ <b>Your card at {merchant} works again.</b>"),),
    ),
}


def name_of(t: Texts, kind: MessageKind) -> str:
    return t(NAMED[kind].name)


def start_of(t: Texts, kind: MessageKind) -> str:
    """A template to start from, in the language of ``t``, which is that of the wording."""
    return "\n".join(map(t, NAMED[kind].start))

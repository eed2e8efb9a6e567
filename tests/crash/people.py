"""The people of the crash tests: they know nothing of crashes, wait for their answers and keep their own book."""

from collections.abc import Callable

from bot.sandbox import CallbackQuery, Message, Person, Sandbox
from bot.sandbox.api_types import InlineKeyboardButton
from bot.sandbox.messages import Answer
from bot.sandbox.qr import read_qr
from tests.crash.book import Book, CardPage, Line, says
from tests.support.patience import PATIENCE_S

"""More than three crashes and a slow machine need."""
PIN = "2580"
ENTER = "✓"
NOT_ME = "Not me"


class Somebody:
    """A person with a phone. ``steps`` counts the answers that came, to see that things go on."""

    def __init__(self, sandbox: Sandbox, book: Book, person: Person) -> None:
        self.sandbox = sandbox
        self.book = book
        self.person = person
        self.steps = 0

    @property
    def name(self) -> str:
        return self.person.name

    async def asks(self, text: str, start: str, *, messages: int = 1) -> Message:
        """Sends a text that the bot owes so many messages for; waits for the one with this start."""
        self.book.owes(self.person.id, messages)
        await self.person.sends(text)
        return await self.sees(lambda message: says(start, message))

    async def opens(self, link: str, wanted: Callable[[Message], bool], *, messages: int = 1) -> Message:
        self.book.owes(self.person.id, messages)
        await self.person.opens(link)
        return await self.sees(wanted)

    async def sees(self, wanted: Callable[[Message], bool]) -> Message:
        """Waits for a message that came or changed after this person's last action."""
        found = await self.person.sees(wanted, new=True, timeout=PATIENCE_S)
        self._is_served()
        return found

    async def taps(self, message: Message, label: str, *, times: int = 1) -> list[Answer]:
        """Taps the same button so many times in a row, faster than any bot answers; waits for every answer."""
        button = _button(message, label)
        queries = [await self.person.taps_button(message, button) for _ in range(times)]
        return [await self._answered(query) for query in queries if isinstance(query, CallbackQuery)]

    async def until(self, check: Callable[[], bool]) -> None:
        """Waits for something other than an answer."""
        await self.sandbox.until(check, timeout=PATIENCE_S)

    async def _answered(self, query: CallbackQuery) -> Answer:
        queries = self.sandbox.world.queries
        try:
            answer = await self.sandbox.until(lambda: queries[query.id].answer, timeout=PATIENCE_S)
        except TimeoutError:
            raise AssertionError(f"the tap of {self.name} on {query.data} was never answered") from None
        self._is_served()
        return answer

    def _is_served(self) -> None:
        self.steps += 1


class Guest(Somebody):
    """A customer."""

    async def joins(self, merchant: str, link: str, target: int, reward: str) -> CardPage:
        """Opens the poster's link and gets two messages: what is agreed to, and the card. After a crash in between
        there may be four, none of which says *Welcome back*."""
        shown = await self.opens(link, lambda message: message.photo is not None, messages=2)
        for message in self.person.messages:
            assert not says("Welcome back", message), f"{self.name} was never told what is agreed to"
        assert any(says(f"Welcome to {merchant}!", message) for message in self.person.messages)
        page = CardPage(
            merchant=merchant,
            holder=self.name,
            number=_copied(shown).replace(" ", ""),
            link=read_qr(shown.photo or b"") or "",
            target=target,
            reward=reward,
        )
        self.book.cards.append(page)
        return page

    async def shows(self, card: CardPage) -> None:
        """Sends ``/card`` and sees the picture with the stamps that the card must have now."""
        await self.asks("/card", f"{card.merchant}\n{card.progress}\nReward: {card.reward}")

    async def reads(self, card: CardPage) -> None:
        await self.asks("/balance", f"{card.merchant}\n{card.progress}")
        await self.asks("/history", f"{card.merchant} · history")
        shown = await self.asks("/rewards", f"{card.merchant}: {card.reward}")
        self.book.owes(self.person.id)
        await self.taps(shown, "‹ Card")
        await self.sees(lambda message: message.photo is not None)

    async def disputes(self) -> None:
        """Taps *Not me* twice on the newest receipt; the owner must hear of it once."""
        receipt = await self.person.sees(lambda message: NOT_ME in message.button_texts, timeout=PATIENCE_S)
        self.book.disputed.add(_button(receipt, NOT_ME).callback_data or "")
        await self.taps(receipt, NOT_ME, times=2)


def is_welcome(message: Message) -> bool:
    """Whether this welcomes a member, or the owner, to a shop."""
    return says("Welcome to ", message) or " is yours.\n" in message.content.body.text


class Clerk(Somebody):
    """A member of a team. ``pin`` says that every act but an undo takes a PIN."""

    def __init__(self, sandbox: Sandbox, book: Book, person: Person, *, pin: bool) -> None:
        super().__init__(sandbox, book, person)
        self.pin = pin

    async def starts_work(self, link: str, *, messages: int) -> None:
        """Opens the invite and chooses a PIN, where one has to be."""
        await self.opens(link, is_welcome, messages=messages)
        start = f"{self.name}, choose a PIN"
        await self.person.sees(lambda message: says(start, message), timeout=PATIENCE_S)
        if self.pin:
            await self._types_pin(lambda message: says("✅ Your PIN is set.", message), since=0)

    async def types_stamps(self, card: CardPage, *counts: int) -> Message:
        """Sends ``/stamp`` once for each count, one right after the other. Returns the last confirmation."""
        starts = []
        for count in counts:
            starts.append(card.stamps(count, self.name))
            self.book.owes(self.person.id)
            sent = await self.person.sends(f"/stamp {card.spaced} {count}")
        for start in starts:
            done = await self._is_told(start, since=sent.id)
        return done

    async def types_redeem(self, card: CardPage) -> Message:
        """Sends ``/redeem``. Without a reward it is refused, but only after the PIN was right."""
        refusal = f"Not enough stamps: {card.count} of {card.target}."
        start = card.redeems(self.name) if card.count >= card.target else refusal
        self.book.owes(self.person.id)
        sent = await self.person.sends(f"/redeem {card.number}")
        return await self._is_told(start, since=sent.id)

    async def types_void(self, card: CardPage, line: Line) -> Message:
        """Sends ``/void``, which takes back the newest act: ``line``."""
        self.book.owes(self.person.id)
        sent = await self.person.sends(f"/void {card.spaced}")
        return await self._is_told(card.takes_back(line, self.name), since=sent.id)

    async def is_asked_which_card(self, card: CardPage) -> Message:
        """Sends ``/stamp`` alone, then the number that the bot asks for."""
        await self.asks("/stamp", "Which card?")
        self.book.owes(self.person.id)
        sent = await self.person.sends(card.spaced)
        return await self._is_told(card.stamps(1, self.name), since=sent.id)

    async def types_stamps_among_others(self, card: CardPage, count: int) -> None:
        """Stamps a card on which others act at the same time, so that its balance cannot be told in advance."""
        card.stamps(count, self.name)
        self.book.owes(self.person.id)
        await self.person.sends(f"/stamp {card.number} {count}")
        await self.sees(
            lambda message: (
                says("✅ ", message) and f"\n+{count} stamp" in message.text and card.spaced in message.text
            )
        )

    async def scans(self, card: CardPage) -> Message:
        """Scans a card and gets its panel."""
        return await self.opens(
            card.link, lambda message: says(card.panel, message) and "+1" in message.button_texts
        )

    async def taps_stamp(self, panel: Message, card: CardPage, *, count: int = 1, times: int = 1) -> Message:
        """Taps a button of the panel; several taps count as one."""
        start = card.stamps(count, self.name)
        self._check_quiet(await self.taps(panel, f"+{count}", times=times))
        return await self._is_told(start, since=panel.id)

    async def taps_redeem(self, shown: Message, card: CardPage, *, times: int = 1) -> Message:
        label = next(text for text in shown.button_texts if text.startswith("🎁 Redeem"))
        start = card.redeems(self.name)
        self._check_quiet(await self.taps(shown, label, times=times))
        return await self._is_told(start, since=shown.id)

    async def taps_undo(self, shown: Message, card: CardPage, *, times: int = 1) -> Message:
        """Taps *Undo* within its 60 seconds; it needs no PIN."""
        start = card.takes_back(card.lines[-1], self.name)
        self._check_quiet(await self.taps(shown, "Undo", times=times))
        return await self.person.sees(lambda message: says(start, message), timeout=PATIENCE_S)

    async def _is_told(self, start: str, *, since: int) -> Message:
        def is_it(message: Message) -> bool:
            return message.id >= since and says(start, message)

        if self.pin:
            return await self._types_pin(is_it, since=since)
        found = await self.person.sees(is_it, timeout=PATIENCE_S)
        self._is_served()
        return found

    async def _types_pin(self, is_done: Callable[[Message], bool], since: int) -> Message:
        """Types the PIN key by key on the newest keypad, as often as one is shown, until what it is for is done."""

        def screen(message: Message) -> bool:
            return message.id >= since and (is_done(message) or ENTER in message.button_texts)

        while True:
            shown = await self.person.sees(screen, timeout=PATIENCE_S)
            if is_done(shown):
                return shown
            typed = shown.text.count("●")
            assert typed <= len(PIN), f"a key of {self.name} counted twice"
            [answer] = await self.taps(shown, ENTER if typed == len(PIN) else PIN[typed])
            if answer.text:
                assert answer.text == "This question is over. Start again.", answer.text
                continue
            before = shown.revision
            await self.until(lambda before=before: self._newest(screen).revision > before)  # type: ignore[misc]

    def _newest(self, wanted: Callable[[Message], bool]) -> Message:
        return next(message for message in reversed(self.person.messages) if wanted(message))

    def _check_quiet(self, answers: list[Answer]) -> None:
        for answer in answers:
            assert not answer.text, f"{self.name} was told {answer.text!r}"


def _button(message: Message, label: str) -> InlineKeyboardButton:
    return next(button for button in message.inline_buttons if button.text == label)


def _copied(message: Message) -> str:
    return next(button.copy_text.text for button in message.inline_buttons if button.copy_text)

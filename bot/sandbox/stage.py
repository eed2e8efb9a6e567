"""What stands around the chats: people, posters on the counter, guide, actions, and what a camera can see."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from bot.sandbox.changes import Change, ChangeKind
from bot.sandbox.google import Google
from bot.sandbox.people import CannotDo, Person
from bot.sandbox.post import Post
from bot.sandbox.qr import draw_qr, read_qr
from bot.sandbox.world import World

_PICTURES_LOOKED_AT = 10
_NAMES = ("Noa", "Luca", "Emma", "Ben", "Léa", "Jonas", "Mila", "Paul", "Sofia", "Tom", "Nora", "Hugo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """A printed picture with a QR code that everyone in the shop can see; PNG or JPEG."""

    label: str
    link: str
    picture: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideStep:
    """One line of the guide beside the phones: who does what; ticked off when `done` first says so."""

    text: str
    who: str = ""
    done: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button of the page that is on nobody's phone, under the heading `group`; with `once`, it goes away when
    used."""

    label: str
    group: str
    run: Callable[[], Awaitable[None]]
    once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSource:
    """Something with a QR code in front of a phone's camera."""

    id: str
    label: str
    picture: bytes
    text: str


class Stage:
    def __init__(self, world: World, timezone: str | None = None) -> None:
        self.world = world
        self.timezone = timezone
        self.people: dict[int, Person] = {}
        self.posters: list[Poster] = []
        self.about = ""
        self.post = Post(world.clock, lambda: world.changes.announce(Change(ChangeKind.SURROUNDINGS)))
        self.google = Google()
        self.actions: list[Action] = []
        self._guide: list[GuideStep] = []
        self._done: set[int] = set()
        world.changes.watch(self._tick_off)

    def add_person(
        self,
        name: str | None,
        *,
        language: str,
        user_id: int | None = None,
        username: str | None = None,
        role_hint: str = "customer",
    ) -> Person:
        """A new person; without a name, one is made up that nobody here has."""
        taken = {person.name for person in self.people.values()}
        free = (candidate for candidate in _NAMES if candidate not in taken)
        chat = self.world.add_person(
            name or next(free, f"Guest {len(taken) + 1}"),
            language_code=language,
            user_id=user_id,
            username=username,
            role_hint=role_hint,
        )
        person = self.people[chat.id] = Person(self.world, chat)
        self.world.changes.announce(Change(ChangeKind.PERSON, chat.id))
        return person

    def add_poster(self, label: str, link: str, picture: bytes | None) -> None:
        """Puts up a poster; without a picture, a plain QR code of the link is drawn."""
        self.posters.append(Poster(label=label, link=link, picture=picture or draw_qr(link)))
        self.world.changes.announce(Change(ChangeKind.SURROUNDINGS))

    # -- the guide -----------------------------------------------------------------------------------------

    @property
    def guide(self) -> list[tuple[GuideStep, bool]]:
        """The steps, and whether each was done."""
        return [(step, number in self._done) for number, step in enumerate(self._guide)]

    def set_guide(self, steps: Sequence[GuideStep | str], about: str = "") -> None:
        self.about = about
        self._guide = [GuideStep(text=step) if isinstance(step, str) else step for step in steps]
        self._done.clear()
        self.world.changes.announce(Change(ChangeKind.SURROUNDINGS))

    def _tick_off(self, _: Change) -> None:
        newly_done = {
            number
            for number, step in enumerate(self._guide)
            if number not in self._done and step.done is not None and step.done()
        }
        if newly_done:
            self._done |= newly_done
            self.world.changes.announce(Change(ChangeKind.SURROUNDINGS))

    # -- the actions ---------------------------------------------------------------------------------------

    def set_actions(self, actions: Sequence[Action]) -> None:
        self.actions = list(actions)
        self.world.changes.announce(Change(ChangeKind.SURROUNDINGS))

    async def act(self, label: str) -> None:
        """Raises CannotDo when there is no such button."""
        action = next((each for each in self.actions if each.label == label), None)
        if action is None:
            raise CannotDo("the button is gone")
        if action.once:
            self.set_actions([each for each in self.actions if each is not action])
        await action.run()

    # -- the camera ----------------------------------------------------------------------------------------

    def scan_sources(self, viewer: Person) -> list[ScanSource]:
        """Every QR code that this person's camera can see: the posters, and one on each other phone's screen."""
        posters = [
            ScanSource(id=f"poster-{i}", label=poster.label, picture=poster.picture, text=text)
            for i, poster in enumerate(self.posters)
            if (text := read_qr(poster.picture))
        ]
        screens = (self._screen_source(person) for person in self.people.values() if person.id != viewer.id)
        return [*posters, *(source for source in screens if source)]

    def scan_source(self, viewer: Person, source_id: str) -> ScanSource | None:
        return next((each for each in self.scan_sources(viewer) if each.id == source_id), None)

    def _screen_source(self, person: Person) -> ScanSource | None:
        pictures = [message for message in person.messages if message.photo is not None]
        for message in reversed(pictures[-_PICTURES_LOOKED_AT:]):
            picture = message.photo or b""
            if text := read_qr(picture):
                source_id = f"screen-{person.id}-{message.id}"
                return ScanSource(id=source_id, label=f"{person.name}'s phone", picture=picture, text=text)
        return None


def thumbnail(picture: bytes, box: int = 480) -> bytes:
    """A small JPEG for the viewfinder, at most `box` pixels wide and high."""
    with Image.open(BytesIO(picture)) as image:
        small = image.convert("RGB")
    small.thumbnail((box, box))
    out = BytesIO()
    small.save(out, format="JPEG", quality=85)
    return out.getvalue()

"""The shops of the demo, as their owners and staff set them up: links are opened and PINs tapped through the sandbox,
as people would."""

from collections.abc import Sequence
from typing import Any

from bot.kit.clock import new_id
from bot.kit.links import Links
from bot.kit.tokens import Tokens, invite_token, token_hash
from bot.pictures.poster import draw_poster_png
from bot.sandbox import Person, Sandbox
from bot.texts import texts
from bot.views.faces import poster_face
from domain.account import Locale
from domain.expiry import ExpiryKind
from domain.ids import MerchantId, ProgramId, StoreId
from domain.merchant import Merchant, PointReward, ProgramKind
from domain.ports import Database
from domain.quick import dataclass
from domain.staff import Role
from domain.usecases.see_shop import Shop, see_shop
from domain.usecases.set_up import CreateMerchant, InviteStaff, create_merchant, invite_staff

PIN = "2580"
SECRET = "the demo's secret opens nothing: its database is gone when it ends"  # noqa: S105
TIMEZONE = "Europe/Luxembourg"
POSTER_WIDTH_PX = 700
TERMS: dict[str, Any] = {
    "stamps_target": 5,
    "cooldown_minutes": 30,
    "expiry_kind": ExpiryKind.INACTIVITY,
    "expiry_months": 1,
}
POINTS: dict[str, Any] = {
    "welcome_bonus": 10,
    "point_rewards": (
        PointReward(cost=30, name="An espresso"),
        PointReward(cost=50, name="A coffee and a croissant"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A shop that is to open; ``poster`` is what its poster is called on the page."""

    name: str
    store: str
    owner: str
    reward: str
    program: ProgramKind
    poster: str


class Shops:
    """Opens shops and adds to their teams; whoever works there has a phone in the sandbox, and the PIN ``PIN``."""

    def __init__(self, sandbox: Sandbox, database: Database) -> None:
        self._sandbox = sandbox
        self._database = database
        self._tokens = Tokens(SECRET.encode())
        self._links = Links(sandbox.username, self._tokens)

    async def opens(self, place: Place, *staff: str) -> tuple[Merchant, Sequence[Person]]:
        """The merchant, and its owner and staff at work, the owner last."""
        token, store_id = invite_token(), StoreId(new_id())
        has_points = place.program.has_points
        command = CreateMerchant(
            merchant_id=MerchantId(new_id()),
            merchant={"name": place.name, "default_locale": Locale.EN, "timezone": TIMEZONE},
            program_id=ProgramId(new_id()),
            program={
                "kind": place.program,
                "reward": place.reward,
                **TERMS,
                **(POINTS if has_points else {}),
            },
            store_id=store_id,
            store_name=place.store,
            store_token_hash=token_hash(self._tokens.store_token(store_id)),
            owner_name=place.owner,
            owner_token_hash=token_hash(token),
        )
        merchant = await self._database.write(create_merchant, command)
        shop = await self._database.read(see_shop, merchant.merchant_id)
        join = self._links.join(store_id)
        self._sandbox.add_poster(place.poster, join, _poster(shop, join))
        team = [self._sandbox.person(name, role_hint="staff") for name in staff]
        owner = self._sandbox.person(place.owner, role_hint="owner")
        await self._begins(owner, self._links.invite(token))
        for member in team:
            await self.joins(merchant.merchant_id, member)
        return merchant, [*team, owner]

    async def joins(self, merchant_id: MerchantId, member: Person, role: Role = Role.STAFF) -> None:
        """The phone becomes one of the staff's, at the shop's first store."""
        shop = await self._database.read(see_shop, merchant_id)
        token = invite_token()
        invite = InviteStaff(
            merchant_id=merchant_id,
            store_id=shop.stores[0].store_id,
            name=member.name,
            role=role,
            token_hash=token_hash(token),
        )
        await self._database.write(invite_staff, invite)
        if role is Role.TERMINAL:
            await member.opens(self._links.invite(token))
        else:
            await self._begins(member, self._links.invite(token))

    async def _begins(self, person: Person, link: str) -> None:
        """Opens the link, and chooses the PIN on the keypad, twice."""
        await person.opens(link)
        await person.sees("choose a PIN")
        await _types_pin(person)
        await person.sees("once more")
        await _types_pin(person)
        await person.sees("Your PIN is set")


def _poster(shop: Shop, link: str) -> bytes:
    [store], [program] = shop.stores, shop.programs
    face = poster_face([texts(Locale.EN)], shop.merchant, store, program, link, is_coloured=True)
    return draw_poster_png(face, POSTER_WIDTH_PX)


async def _types_pin(person: Person) -> None:
    for digit in PIN:
        await person.taps(digit)
        await person.answered()
    await person.taps("✓")

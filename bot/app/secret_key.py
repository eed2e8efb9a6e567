"""The secret key beside the database: made on the first run, known again at every start, exchanged on purpose.

An exchange writes the next key to the disk first, then the database, then puts the key in its place. If it is killed
in between, the database tells with which of the two keys it goes, and whatever needs a key next finishes the
exchange.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.kit.clock import system_clock
from bot.kit.key_file import WHAT_TO_DO, KeyFile, load_secret, make_key, read_key
from bot.kit.links import Links
from bot.kit.settings import Settings, SettingsProblem
from bot.kit.tokens import Tokens, token_hash
from bot.telegram.username import find_username
from domain.ids import StaffId
from domain.ports import Database
from domain.quick import dataclass
from domain.usecases.rotate_key import SecretKey, adopt_key, key_fingerprint, pins_owed, rotate_key
from domain.usecases.see_shop import list_merchants


@dataclass(frozen=True, slots=True, kw_only=True)
class PinLink:
    """A member who has to choose a PIN, and the link to hand to them."""

    merchant_name: str
    staff_id: StaffId
    name: str
    invite_link: str


async def agreed_secret(settings: Settings, database: Database) -> bytes:
    """The key that the database was made with, made now if neither is there. Raises SettingsProblem."""
    known, file = await database.read(key_fingerprint, None), KeyFile.beside(settings.database_path)
    is_used = known is not None or bool(await database.read(list_merchants, None))
    if settings.secret_key is None:
        if file.coming.exists() and known == Tokens(read_key(file.coming)).fingerprint():
            file.put_coming_in_place(system_clock())
        elif is_used and not file.path.exists():
            raise SettingsProblem(
                f"{file.path}, with which {settings.database_name} was made, is missing: {WHAT_TO_DO}"
            )
    secret = load_secret(settings)
    if not await is_key_of(database, secret):
        source = "SECRET_KEY" if settings.secret_key else file.path
        raise SettingsProblem(
            f"{source} is not the key with which {settings.database_name} was made: {WHAT_TO_DO}"
        )
    return secret


async def is_key_of(database: Database, secret: bytes) -> bool:
    """Whether the database goes with this key. One from before fingerprints were kept takes the key's now, unless it
    can be shown that the key is another's."""
    key = _key(Tokens(secret))
    known = await database.read(key_fingerprint, None)
    if known is None:
        return await database.write(adopt_key, key)
    return known == key.fingerprint


@asynccontextmanager
async def rotated(settings: Settings, database: Database) -> AsyncIterator[Sequence[PinLink]]:
    """Makes the database go with the next key, which is put in its place once the block has ended.

    The next key is made, or is SECRET_KEY where that is set. Yields who has to choose a PIN; after a command that was
    killed in the block, the next one yields them again. Raises SettingsProblem when SECRET_KEY is still the old one.
    """
    username, file = await find_username(settings, database), KeyFile.beside(settings.database_path)
    if settings.secret_key is None and not file.coming.exists():
        make_key(file.coming)
    secret = settings.secret_key.encode() if settings.secret_key else read_key(file.coming)
    tokens = Tokens(secret)
    links, key = Links(username, tokens), _key(tokens)
    was_done = await is_key_of(database, secret)
    if not was_done:
        await database.write(rotate_key, key)
    owed = await database.read(pins_owed, key)
    if was_done and settings.secret_key and not owed:
        raise SettingsProblem(
            f"SECRET_KEY is the key with which {settings.database_name} was made: put the next one there first."
        )
    yield [
        PinLink(
            merchant_name=member.merchant_name,
            staff_id=member.staff_id,
            name=member.name,
            invite_link=links.invite(tokens.pin_link(member.staff_id, member.generation)),
        )
        for member in owed
    ]
    if settings.secret_key is None:
        file.put_coming_in_place(system_clock())


def _key(tokens: Tokens) -> SecretKey:
    return SecretKey(
        fingerprint=tokens.fingerprint(),
        card_hash=lambda card_id, rotation: token_hash(tokens.card_token(card_id, rotation)),
        store_hash=lambda store_id: token_hash(tokens.store_token(store_id)),
        pin_link_hash=lambda staff_id, generation: token_hash(tokens.pin_link(staff_id, generation)),
    )

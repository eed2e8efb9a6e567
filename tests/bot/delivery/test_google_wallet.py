"""Cards in Google Wallet, against a stand-in of Google's service that takes nothing but what its documents know."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from functools import partial
from io import BytesIO
from math import hypot
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest
from PIL import Image, ImageOps

from bot.app.process import Surroundings
from bot.delivery import google_api, wallet_sync
from bot.delivery.google_api import GoogleApi
from bot.delivery.wallets import check_wallets
from bot.delivery.wallets.google import GoogleWallet
from bot.kit.links import Links, serial_of
from bot.kit.service_account import service_account_in
from bot.kit.settings import Settings, SettingsProblem
from bot.kit.tokens import Tokens
from bot.pictures.faces import PassFace
from bot.pictures.wallet_logo import draw_wallet_logo
from bot.views.passes import PassFacts, pass_text
from domain.account import Locale
from domain.ids import StoreId
from domain.merchant import InterimReward, Location, PointReward, ProgramKind, Store
from domain.plumbing.wallets import (
    LeasePasses,
    PassNotTold,
    PassTold,
    WalletOf,
    WalletWork,
    lease_passes,
    pass_not_told,
    pass_told,
    release_passes,
    spread_terms,
    wallet_work,
)
from domain.ports import Tx
from domain.refusals import WalletSilent
from domain.usecases.close_shop import CloseShop, close_shop
from domain.usecases.privacy import Erase, erase
from domain.usecases.wallets import AddPass, PassLetter, add_pass, pass_letter
from domain.wallet import NotTold, PassKey, Told, WalletKind
from tests.support.authority import PASS_TYPE, TEAM, lay
from tests.support.clock import Clock
from tests.support.databases import SyncDatabase, do
from tests.support.google import EMAIL, ISSUER, Fault, Google, google, lay_key_file
from tests.support.house import UNHURRIED, TestClock, house, number_of
from tests.support.one_thread import OneThread
from tests.support.patience import PATIENCE_S
from tests.support.ports import unused_port
from tests.support.shop import BOT, Holder, Shop, Town

SECRET = b"a secret for tests, long enough to be one"
GOOGLE = WalletOf(bot_id=BOT, wallet=WalletKind.GOOGLE)
LINKS = Links("stempel_bot", Tokens(SECRET))
OBJECT, CLASS = "loyaltyObject", "loyaltyClass"
APPLE = PassFacts(
    pass_type_id=PASS_TYPE,
    team_id=TEAM,
    serial="1",
    token="a token",
    service_url="https://example.com",
    card_url=None,
    chat_url=LINKS.chat,
)
FRONT_FIELDS_MAX = 4
"""Secondary and auxiliary fields of a store card with a square code:
https://developer.apple.com/design/human-interface-guidelines/wallet"""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for the pace of requests."""
    monkeypatch.setattr(google_api, "REQUESTS_PER_SECOND", 10_000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> Iterator[Shop]:
    database = OneThread(clock)
    yield Town(database).opens_shop(stamps_target=10, cooldown_minutes=0, max_daily_stamps=None)
    database.close()


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card("Léa")


@pytest.fixture
async def cloud(clock: Clock) -> AsyncIterator[Google]:
    async with google(clock=clock) as found:
        yield found
        assert found.refusals == []


@pytest.fixture
async def wallet(cloud: Google, clock: Clock, tmp_path: Path) -> AsyncIterator[GoogleWallet]:
    made = new_wallet(cloud, clock, tmp_path)
    yield made
    await made.close()


def new_wallet(cloud: Google, clock: Clock, folder: Path) -> GoogleWallet:
    account = service_account_in(lay_key_file(folder, cloud.token_url))
    return GoogleWallet(
        issuer_id=ISSUER,
        account=account,
        api=GoogleApi(cloud.api_url, account, clock),
        links=LINKS,
        clock=clock,
        logo_url="https://example.com/logo.png",
    )


def puts(shop: Shop, holder: Holder) -> PassLetter:
    command = AddPass(
        account=holder.account,
        merchant_id=shop.merchant_id,
        card_id=holder.card_id,
        wallet=WalletKind.GOOGLE,
    )
    return shop.database.write(add_pass, command)


def now(shop: Shop, letter: PassLetter) -> PassLetter:
    return shop.database.read(pass_letter, letter.wallet_pass.key)


def object_of(cloud: Google, key: PassKey) -> dict[str, Any]:
    return cloud.objects[f"{ISSUER}.{serial_of(key)}"]


def said(localized: dict[str, Any]) -> dict[str, str]:
    every = [localized["defaultValue"], *localized["translatedValues"]]
    return {each["language"]: each["value"] for each in every}


def bodies(resource: dict[str, Any], locale: Locale = Locale.EN) -> dict[str, str]:
    return {each["id"]: said(each["localizedBody"])[locale] for each in resource["textModulesData"]}


def balance_of(found: dict[str, Any]) -> str:
    return str(found["loyaltyPoints"]["balance"]["string"])


async def link_of(wallet: GoogleWallet, letter: PassLetter) -> str:
    offer = await wallet.offer(letter)
    assert offer.file is None
    assert offer.link is not None
    return offer.link


async def test_link_puts_the_card_there_as_it_is(
    wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder
) -> None:
    shop.changes_merchant(contact="café@example.lu", colour="#6f4e37")
    shop.adds_store("Belair")
    shop.changes_terms(interim_rewards=(InterimReward(stamps=5, name="A cookie & more"),))
    lea = shop.gives_card("Léa")
    shop.stamps(shop.owner, lea, 7)
    letter = puts(shop, lea)
    saved = cloud.saved(await link_of(wallet, letter))
    held = letter.held
    assert held is not None
    assert (saved["state"], saved["loyaltyPoints"]["balance"]) == ("ACTIVE", {"string": "7 / 10"})
    assert saved["barcode"]["value"] == LINKS.card(lea.card_id, held.token_rotation)
    assert saved["barcode"]["alternateText"].replace(" ", "") == held.state.card_number
    assert said(saved["loyaltyPoints"]["localizedLabel"]) == {
        "en": "Stamps",
        "fr": "Tampons",
        "de": "Stempel",
        "lb": "Stempelen",
    }
    assert bodies(saved) == {
        "reward": held.state.progress.reward,
        "next": "3",
        "enough": "A cookie & more",
    }
    of_all = cloud.classes[saved["classId"]]
    assert (of_all["issuerName"], of_all["hexBackgroundColor"]) == (letter.merchant.name, "#6f4e37")
    assert of_all["programLogo"]["sourceUri"]["uri"] == "https://example.com/logo.png"
    assert said(of_all["localizedProgramName"])["de"] == "Stempelkarte"
    told = bodies(of_all)
    assert told["rewards"] == "5 stamps: A cookie & more"
    assert (told["contact"], told["stores"]) == ("café@example.lu", "Gare\nBelair")
    assert "10 stamps" in told["terms"]
    assert of_all["homepageUri"]["uri"] == LINKS.chat
    assert "Léa" not in json.dumps([cloud.objects, cloud.classes], ensure_ascii=False)


async def test_points_show_what_they_are_enough_for_and_what_is_next(
    wallet: GoogleWallet, cloud: Google, shop: Shop
) -> None:
    rewards = (PointReward(cost=10, name="A tea"), PointReward(cost=50, name="A cake"))
    program = shop.adds_program(kind=ProgramKind.POINTS, point_rewards=rewards, welcome_bonus=30)
    lea = shop.gives_another_card(shop.gives_card(), program)
    saved = cloud.saved(await link_of(wallet, puts(shop, lea)))
    assert saved["loyaltyPoints"]["balance"] == {"int": 30}
    assert bodies(saved) == {"enough": "A tea", "next": "A cake"}
    assert said(saved["textModulesData"][1]["localizedHeader"])["en"] == "20 to go"
    assert bodies(cloud.classes[saved["classId"]])["rewards"] == "10 points: A tea\n50 points: A cake"


async def test_both_wallets_say_what_may_be_had_of_a_card_of_stamps_and_points(
    wallet: GoogleWallet, cloud: Google, shop: Shop
) -> None:
    """A cookie on the way to a full card was spoken of by neither, and points of such a card were a number alone."""
    program = shop.adds_program(
        kind=ProgramKind.HYBRID,
        stamps_target=10,
        interim_rewards=(InterimReward(stamps=2, name="A cookie & more"),),
        point_rewards=(PointReward(cost=10, name="A tea"), PointReward(cost=50, name="A cake")),
        welcome_bonus=30,
    )
    lea = shop.gives_another_card(shop.gives_card(), program)
    shop.stamps(shop.owner, lea, 2)
    letter = puts(shop, lea)
    saved = cloud.saved(await link_of(wallet, letter))
    assert bodies(saved) == {
        "reward": "A lunch",
        "next": "8",
        "enough": "A cookie & more, A tea",
    }
    every = "2 stamps: A cookie & more\n10 points: A tea\n50 points: A cake"
    assert bodies(cloud.classes[saved["classId"]])["rewards"] == every
    told = pass_text(now(shop, letter), APPLE).content["storeCard"]
    said_there = {each["key"]: each["value"] for side in told.values() for each in side}
    assert said_there["enough"] == "A cookie & more, A tea"
    assert said_there["rewards"] == every
    assert len([*told["secondaryFields"], *told["auxiliaryFields"]]) <= FRONT_FIELDS_MAX
    shop.hands_out(shop.owner, lea)
    assert await wallet.tell(now(shop, letter)) == Told()
    assert bodies(object_of(cloud, letter.wallet_pass.key))["enough"] == "A tea"


async def test_a_change_of_a_card_is_one_request(
    wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder
) -> None:
    letter = puts(shop, lea)
    await wallet.offer(letter)
    shop.stamps(shop.owner, lea, 10)
    cloud.requests.clear()
    assert await wallet.tell(now(shop, letter)) == Told()
    assert cloud.requests == {("PATCH", OBJECT): 1}
    assert bodies(object_of(cloud, letter.wallet_pass.key))["now"] == "1 reward ready"
    assert await wallet.tell(now(shop, letter)) == Told()
    assert await link_of(wallet, now(shop, letter))
    assert cloud.requests == {("PATCH", OBJECT): 1}, "Google has it so"


async def test_a_change_of_terms_patches_the_class_once_and_no_object(
    wallet: GoogleWallet, cloud: Google, shop: Shop
) -> None:
    letters = [puts(shop, shop.gives_card()) for _ in range(5)]
    for letter in letters:
        await wallet.offer(letter)
    cloud.requests.clear()
    shop.changes_merchant(colour="#123456", contact="Ask us")
    outcomes = await asyncio.gather(*(wallet.tell(now(shop, letter)) for letter in letters))
    assert set(map(type, outcomes)) == {Told}
    assert cloud.requests == {("PATCH", CLASS): 1}
    [of_all] = cloud.classes.values()
    assert of_all["hexBackgroundColor"] == "#123456"


def _adds(store: Store, tx: Tx) -> None:
    tx.add_store(store)


async def test_class_says_where_the_open_stores_are_ten_at_most(
    wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder
) -> None:
    letter = puts(shop, lea)
    for number in range(12):
        store = Store(
            merchant_id=shop.merchant_id,
            store_id=StoreId(f"z{number:02}"),
            name=f"Store {number}",
            active=number != 3,
            location=Location(latitude_micro=49_000_000 + number, longitude_micro=-1),
        )
        do(shop.database, partial(_adds, store))
    await wallet.offer(now(shop, letter))
    [of_all] = cloud.classes.values()
    assert of_all["merchantLocations"] == [
        {"latitude": 49 + number / 1_000_000, "longitude": -0.000001} for number in range(11) if number != 3
    ]


@pytest.mark.parametrize("is_there", [True, False])
async def test_what_is_there_is_patched_and_what_is_not_is_made(
    is_there: bool, wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder, clock: Clock, tmp_path: Path
) -> None:
    """A process that starts anew knows nothing of what is there."""
    letter = puts(shop, lea)
    if is_there:
        await wallet.offer(letter)
    for ask in (GoogleWallet.offer, GoogleWallet.tell):
        shop.stamps(shop.owner, lea)
        anew = new_wallet(cloud, clock, tmp_path)
        await ask(anew, now(shop, letter))
        await anew.close()
        held = now(shop, letter).held
        assert held is not None
        count = f"{held.state.progress.on_card} / 10"
        assert balance_of(object_of(cloud, letter.wallet_pass.key)) == count
        if not is_there:
            cloud.objects.clear()
            cloud.classes.clear()


async def test_what_was_read_earlier_does_not_land_on_what_is_newer(
    wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder
) -> None:
    letter = puts(shop, lea)
    shop.stamps(shop.owner, lea)
    older = now(shop, letter)
    shop.stamps(shop.owner, lea)
    assert await wallet.tell(now(shop, letter)) == Told()
    assert await wallet.tell(older) == Told()
    await wallet.offer(letter)
    assert balance_of(object_of(cloud, letter.wallet_pass.key)) == "2 / 10"


async def test_nothing_of_the_card_remains_once_it_is_over(
    wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder
) -> None:
    letter, never_saved = puts(shop, lea), puts(shop, shop.gives_card("Tom"))
    await wallet.offer(letter)
    command = Erase(account=lea.account, merchant_id=None, account_hash=lambda *_: "a hash")
    shop.database.write(erase, command)
    assert await wallet.tell(now(shop, letter)) == Told()
    named = f"{ISSUER}.{serial_of(letter.wallet_pass.key)}"
    of_all = next(iter(cloud.classes))
    assert cloud.objects == {named: {"id": named, "classId": of_all, "state": "EXPIRED"}}
    await wallet.offer(never_saved)
    assert object_of(cloud, never_saved.wallet_pass.key)["state"] == "ACTIVE"
    cloud.objects.clear()
    shop.database.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=shop.owner.account))
    assert await wallet.tell(now(shop, letter)) == Told()
    assert cloud.objects == {}, "what is over is not made anew"


async def test_blocked_card_has_no_code_and_a_shop_that_closes_an_end(
    wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder
) -> None:
    letter = puts(shop, lea)
    await wallet.offer(letter)
    shop.database.switch_off_card(lea.card_id)
    shop.database.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=shop.owner.account))
    assert await wallet.tell(now(shop, letter)) == Told()
    found = object_of(cloud, letter.wallet_pass.key)
    assert found["state"] == "INACTIVE"
    assert not {"barcode", "linksModuleData"} & set(found)
    assert "validTimeInterval" in found


LATER = [
    (Fault.BUSY, "7", "google 429 rateLimitExceeded", 7.0),
    (Fault.BUSY, None, "google 429 rateLimitExceeded", 1.0),
    (Fault.AWAY, "9", "google 503 backendError", 9.0),
    (Fault.BUSY, "tomorrow", "google 429 rateLimitExceeded", 1.0),
    (Fault.BUSY, "999999999", "google 429 rateLimitExceeded", 3600.0),
    (Fault.BROKEN, None, "google 500 backendError", None),
    (Fault.CUT_BEFORE, None, "google RemoteProtocolError", 1.0),
    (Fault.CUT_AFTER, None, "google RemoteProtocolError", 1.0),
]


@pytest.mark.parametrize(("fault", "retry_after", "reason", "seconds"), LATER)
async def test_what_fails_for_now_comes_later(
    fault: Fault,
    retry_after: str | None,
    reason: str,
    seconds: float | None,
    wallet: GoogleWallet,
    cloud: Google,
    shop: Shop,
    lea: Holder,
    clock: Clock,
) -> None:
    letter = puts(shop, lea)
    await wallet.offer(letter)
    shop.stamps(shop.owner, lea)
    once, cloud.retry_after = [fault], retry_after
    cloud.faults = lambda: once.pop() if once else None
    outcome = await wallet.tell(now(shop, letter))
    assert isinstance(outcome, NotTold)
    assert (outcome.reason, outcome.seconds, outcome.is_for_good) == (reason, seconds, False)
    cloud.requests.clear()
    if seconds is not None:
        assert wallet.trouble == reason
        clock.passes(seconds=seconds - 0.5)
        assert await wallet.tell(now(shop, letter)) == NotTold(reason=reason, seconds=0.5)
        with pytest.raises(WalletSilent):
            await wallet.offer(now(shop, letter))
        clock.passes(seconds=1)
    assert cloud.requests == {}, "it is left alone"
    assert await wallet.tell(now(shop, letter)) == Told()
    assert wallet.trouble is None
    assert balance_of(object_of(cloud, letter.wallet_pass.key)) == "1 / 10"


async def test_service_that_is_not_there_is_left_alone_longer_each_time(
    wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder, clock: Clock
) -> None:
    letter = puts(shop, lea)
    await cloud.closes()
    waits = []
    for _ in range(8):
        outcome = await wallet.tell(letter)
        assert isinstance(outcome, NotTold)
        assert (outcome.reason, outcome.is_for_good) == ("google ConnectError", False)
        waits.append(outcome.seconds)
        clock.passes(seconds=outcome.seconds or 0)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    with pytest.raises(WalletSilent):
        await wallet.offer(letter)
    await cloud.opens()
    clock.passes(seconds=60)
    assert await wallet.tell(letter) == Told()


async def test_clock_that_is_put_back_holds_nothing_up(
    wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder, clock: Clock
) -> None:
    """It was a year ahead while passes were told and the service had enough (docs/decisions/0026)."""
    clock.passes(days=365)
    letter = puts(shop, lea)
    await wallet.offer(letter)
    shop.stamps(shop.owner, lea)
    once, cloud.retry_after = [Fault.BUSY], "30"
    cloud.faults = lambda: once.pop() if once else None
    assert isinstance(await wallet.tell(now(shop, letter)), NotTold)
    clock.passes(days=-365)
    async with asyncio.timeout(PATIENCE_S):
        assert await wallet.tell(now(shop, letter)) == Told()


async def test_what_is_refused_is_refused_for_good(
    wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.google.ISSUER", "999")
    monkeypatch.setattr("tests.support.google._is_id", lambda _: False)
    outcome = await wallet.tell(puts(shop, lea))
    assert outcome == NotTold(reason="google 400 invalid", is_for_good=True)
    assert wallet.trouble is None, "others may be taken"
    assert cloud.refusals
    cloud.refusals.clear()


async def test_one_token_serves_all_until_shortly_before_its_end(
    wallet: GoogleWallet, cloud: Google, shop: Shop, clock: Clock
) -> None:
    holders = [shop.gives_card() for _ in range(10)]
    letters = [puts(shop, holder) for holder in holders]

    async def all_change() -> int:
        for holder in holders:
            shop.stamps(shop.owner, holder)
        outcomes = await asyncio.gather(*(wallet.tell(now(shop, letter)) for letter in letters))
        assert set(map(type, outcomes)) == {Told}
        return cloud.requests["POST", "token"]

    cloud.slow_s = 0.01
    assert await all_change() == 1
    clock.passes(minutes=57)
    assert await all_change() == 1
    clock.passes(minutes=2)
    assert await all_change() == 2


async def test_revoked_token_is_thrown_away_and_asked_for_anew_at_once(
    wallet: GoogleWallet, cloud: Google, shop: Shop
) -> None:
    letters = [puts(shop, shop.gives_card()) for _ in range(5)]
    for letter in letters:
        await wallet.offer(letter)
    shop.changes_terms(stamps_target=8)
    cloud.revokes()
    outcomes = await asyncio.gather(*(wallet.tell(now(shop, letter)) for letter in letters))
    assert set(map(type, outcomes)) == {Told}
    assert cloud.requests["POST", "token"] == 2


@pytest.mark.parametrize(("status", "seconds"), [(400, 600.0), (401, 600.0), (429, 1.0), (500, 1.0)])
async def test_account_that_is_not_taken_is_nobodys_failed_try(
    status: int, seconds: float, wallet: GoogleWallet, cloud: Google, shop: Shop, lea: Holder
) -> None:
    cloud.token_answer = status
    outcome = await wallet.tell(puts(shop, lea))
    assert outcome == NotTold(reason=f"google token {status}", seconds=seconds)
    assert wallet.trouble == f"google token {status}"


async def test_no_secret_and_no_address_gets_into_a_log_or_a_reason(
    wallet: GoogleWallet,
    cloud: Google,
    shop: Shop,
    lea: Holder,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    letter = puts(shop, lea)
    link = await link_of(wallet, letter)
    reasons, faults = [], list(Fault)
    with caplog.at_level(logging.DEBUG, logger="bot"):
        for fault in faults:
            shop.stamps(shop.owner, lea)
            once = [fault]
            cloud.faults = lambda once=once: once.pop() if once else None  # type: ignore[misc]
            clock.passes(minutes=1)
            outcome = await wallet.tell(now(shop, letter))
            reasons.append(outcome.reason if isinstance(outcome, NotTold) else "")
        clock.passes(minutes=1)
        cloud.token_answer = 400
        cloud.revokes()
        shop.stamps(shop.owner, lea)
        await wallet.tell(now(shop, letter))
        with pytest.raises(WalletSilent):
            await wallet.offer(now(shop, letter))
    held = letter.held
    assert held is not None
    code = LINKS.card(lea.card_id, held.token_rotation)
    written = "\n".join([caplog.text, *reasons, wallet.trouble or "", repr(wallet), repr(wallet.account)])
    for secret in (EMAIL, code, code[-22:], link[-40:], "PRIVATE KEY", *cloud.tokens):
        assert secret not in written


BROKEN = [
    ({"type": "authorized_user"}, "is no key of a service account"),
    ({"private_key": "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----"}, "cannot be read"),
    ({"private_key": 5}, "is no key of a service account"),
    ({"token_uri": "http://example.com/token"}, "is not https"),
]


@pytest.mark.parametrize(("change", "complaint"), BROKEN)
def test_key_that_cannot_be_used_is_one_sentence_at_the_start(
    change: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    path = lay_key_file(tmp_path, "https://oauth2.googleapis.com/token", **change)
    hook = "https://cards.example.lu/hook"
    settings = Settings(webhook_url=hook, google_wallet_issuer_id=ISSUER, google_wallet_key_file=path)
    with pytest.raises(SettingsProblem) as refusal:
        check_wallets(settings)
    sentence = str(refusal.value)
    assert sentence.startswith("GOOGLE_WALLET_KEY_FILE cannot be used: ")
    assert complaint in sentence
    assert str(path) in sentence
    assert "nonsense" not in sentence
    path.write_text("no json")
    with pytest.raises(SettingsProblem, match="is no key of a service account"):
        check_wallets(settings)
    path.unlink()
    with pytest.raises(SettingsProblem, match="cannot be read"):
        check_wallets(settings)


async def test_one_answer_has_both_wallets_and_the_card_at_google_keeps_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wallet_sync, "LOOKS_EVERY_S", 0.05)
    clock, port = TestClock(), unused_port()
    async with (
        google(clock=clock) as cloud,
        house(
            tmp_path / "stempel.db",
            Surroundings(clock=clock, limits=UNHURRIED),
            webhook_url=f"http://127.0.0.1:{port}/hook",
            webhook_listen=f"127.0.0.1:{port}",
            **cloud.settings(tmp_path),
            **apple_settings(tmp_path),
        ) as home,
    ):
        shop = await home.opens_shop()
        anna, paul = await home.customer(shop, "Anna", "fr"), await home.owner(shop)
        await anna.sends("/wallet")
        found = await anna.sees("dans votre Wallet", new=True)
        [button] = found.inline_buttons
        assert found.document is not None
        assert button.text == "Ajouter à Google Wallet"
        assert button.url is not None
        saved = cloud.saved(button.url)
        await paul.sends(f"/stamp {number_of(anna)}")
        await anna.sees("+1 tampon")
        clock.passes(seconds=30)
        await cloud.until(lambda: balance_of(cloud.objects[saved["id"]]) == "1 / 10")
        await sees_logo(cloud.classes[saved["classId"]]["programLogo"]["sourceUri"]["uri"], port)
        await cloud.closes()
        tom = await home.customer(shop, "Tom", "fr")
        await tom.sends("/wallet")
        found = await tom.sees("Google Wallet ne répond pas", new=True)
        assert (found.document is not None, found.inline_buttons) == (True, ())


def apple_settings(folder: Path) -> dict[str, Any]:
    files = lay(folder)
    return {
        "apple_pass_type_id": PASS_TYPE,
        "apple_pass_team_id": TEAM,
        "apple_pass_cert": files.certificate,
        "apple_pass_key": files.key,
        "apple_pass_wwdr": files.wwdr,
    }


async def sees_logo(address: str, port: int) -> None:
    """As Google does, which wants a square; another picture has another address."""
    assert address.startswith(f"http://127.0.0.1:{port}/wallet/google/logo/")
    async with aiohttp.ClientSession() as session:
        async with session.get(address) as answer:
            assert (answer.status, answer.content_type) == (200, "image/png")
            with Image.open(BytesIO(await answer.read())) as picture:
                assert picture.size == (660, 660)
        of_nobody = address.replace("/logo/", "/logo/A")
        for wrong in (f"{address[:-8]}0000.png", of_nobody):
            async with session.get(wrong) as answer:
                assert answer.status == 404


def test_logo_is_whole_in_the_circle_that_is_seen() -> None:
    for size in ((300, 100), (100, 300), (256, 256)):
        data = BytesIO()
        Image.new("RGB", size, "black").save(data, "PNG")
        drawn = draw_wallet_logo(PassFace(merchant_name="Café", colour="#6f4e37", logo=data.getvalue()))
        with Image.open(BytesIO(drawn)) as picture:
            radius = picture.width / 2
            box = ImageOps.invert(picture.convert("L")).getbbox()
            assert box is not None
            left, top, right, bottom = (abs(edge - radius) for edge in box)
            assert hypot(max(left, right), max(top, bottom)) < radius


async def test_cards_end_up_as_they_are_under_failures_and_crashes(
    cloud: Google, shop: Shop, clock: Clock, tmp_path: Path
) -> None:
    """A fifth of all requests fails, some of them after they were taken; twice all that is under way is dropped, and
    with it all that the process remembered."""
    chance, cloud.retry_after = Random(12), "0"
    cloud.faults = lambda: chance.choice(list(Fault)) if chance.random() < 0.2 else None
    holders = [shop.gives_card(f"Guest {number}") for number in range(25)]
    letters = [puts(shop, holder) for holder in holders]
    for life in range(3):
        wallet = new_wallet(cloud, clock, tmp_path)
        for _ in range(5):
            await tells(shop.database, wallet)
            for _ in range(10):
                shop.stamps(shop.owner, chance.choice(holders))
            clock.passes(seconds=20)
        if life == 1:
            shop.changes_terms(stamps_target=8)
        await tells(shop.database, wallet, killed_after_s=0.01 if life < 2 else None)
        await wallet.close()
        shop.database.write(release_passes, GOOGLE)
    last = new_wallet(cloud, clock, tmp_path)
    while shop.database.read(wallet_work, GOOGLE) != WalletWork(due_at=None, is_spreading=False):
        shop.database.write(spread_terms, None)
        clock.passes(minutes=60)
        await tells(shop.database, last)
    await last.close()
    for letter in letters:
        held = now(shop, letter).held
        assert held is not None
        pile = held.state.progress
        found = object_of(cloud, letter.wallet_pass.key)
        assert balance_of(found) == f"{pile.on_card} / {pile.target}"


async def tells(database: SyncDatabase, wallet: GoogleWallet, killed_after_s: float | None = None) -> None:
    """As the worker does, all that is due at once."""
    leased = database.write(lease_passes, LeasePasses(of=GOOGLE, holder="a worker", limit=100))
    telling = asyncio.gather(*(_told(database, wallet, each.key) for each in leased))
    if killed_after_s is None:
        await telling
        return
    await asyncio.wait({telling}, timeout=killed_after_s)
    telling.cancel()
    await asyncio.wait({telling})


async def _told(database: SyncDatabase, wallet: GoogleWallet, key: PassKey) -> None:
    letter = database.read(pass_letter, key)
    match await wallet.tell(letter):
        case Told() as outcome:
            database.write(pass_told, PassTold(wallet_pass=letter.wallet_pass, outcome=outcome))
        case NotTold() as failure:
            database.write(pass_not_told, PassNotTold(wallet_pass=letter.wallet_pass, outcome=failure))

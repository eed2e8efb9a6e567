"""The texts on pictures, in the reader's language."""

from bot.pictures.faces import CardFace, PosterFace
from bot.texts import Texts, plain
from bot.views.progress import progress, rewards_ready
from domain.merchant import Merchant, Program, Store
from domain.usecases.my_cards import HeldCard


def card_face(t: Texts, held: HeldCard, link: str) -> CardFace:
    state = held.state
    return CardFace(
        merchant_name=state.merchant_name,
        colour=held.colour,
        stamp_count=state.stamp_count,
        stamps_target=state.stamps_target,
        rewards_available=state.rewards_available,
        reward=state.reward,
        card_number=state.card_number,
        qr_url=link,
        progress=progress(t, state.stamp_count, state.stamps_target),
        number_label=t("Card number"),
        reward_ready=rewards_ready(t, max(1, state.rewards_available)),
        hint=t("Show this at the counter"),
        title=t("Stamp card"),
    )


def poster_face(t: Texts, merchant: Merchant, store: Store, program: Program, link: str) -> PosterFace:
    return PosterFace(
        merchant_name=merchant.name,
        colour=merchant.colour,
        headline=t("Scan to get your stamp card"),
        reward=plain(
            t.n(
                "{count} stamp: {reward}",
                "{count} stamps: {reward}",
                program.stamps_target,
                reward=program.reward,
            )
        ),
        steps=(
            t("Scan the code with your phone's camera"),
            t("Tap Start in Telegram"),
            t("Show your card every time you come"),
        ),
        store_name=store.name,
        join_url=link,
        stamps_target=program.stamps_target,
    )

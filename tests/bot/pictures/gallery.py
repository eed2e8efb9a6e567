"""Pictures to show: a café's Sunday and cards with points, as the bot draws them."""

from bot.pictures.card import draw_card
from bot.pictures.day_chart import draw_day
from bot.texts import texts
from bot.views.day_face import day_face
from domain.account import Locale
from domain.summary import Figures
from tests.bot.pictures.samples import card_face, points_card, points_face
from tests.bot.views.day_scenes import day, share, told

COLOUR = "#6f4e37"
BUSY_SUNDAY = day(
    figures=Figures(stamps=128, redemptions=14, voids=2, cards=97),
    before=Figures(stamps=114, redemptions=12, cards=88),
    stores=(share("Gare", 61), share("Limpertsberg", 42), share("Belval Plaza", 25)),
)


def gallery(locale: Locale = Locale.EN) -> dict[str, bytes]:
    """PNGs by file name; the day in this language, the cards in English."""
    points = points_face(affordable="Espresso · Croissant")
    return {
        "summary.png": draw_day(day_face(texts(locale), told(BUSY_SUNDAY), COLOUR)),
        "card-points.png": draw_card(points_card(title="Points card", rewards_available=2, points=points)),
        "card-hybrid.png": draw_card(card_face(points=points_face())),
    }

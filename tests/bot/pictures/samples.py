"""Faces to draw, and what happens to a picture on its way to a camera."""

from io import BytesIO

import zxingcpp
from PIL import Image, ImageFilter

from bot.pictures.faces import (
    CardFace,
    Count,
    DayBar,
    DayFace,
    Headline,
    HourGrid,
    PointsFace,
    PosterFace,
    PosterWords,
)

CARD_URL = "https://t.me/stempel_demo_bot?start=cX-zrZv_IbzjZUnhsbWlseQ"
JOIN_URL = "https://t.me/stempel_demo_bot?start=jQ7fLz0tR2m1yNw8eVbKcAg"

CAPTIONS = {
    "en": {
        "title": "Stamp card",
        "progress": "7 of 10 · 3 to go",
        "number_label": "No.",
        "reward_ready": "2 rewards ready",
        "hint": "Show this at the counter",
    },
    "fr": {
        "title": "Carte de fidélité",
        "progress": "7 sur 10 · plus que 3",
        "number_label": "N°",
        "reward_ready": "2 récompenses prêtes",
        "hint": "Présentez cette carte à la caisse",
    },
    "de": {
        "title": "Stempelkarte",
        "progress": "7 von 10 · noch 3",
        "number_label": "Nr.",
        "reward_ready": "2 Prämien bereit",
        "hint": "Zeigen Sie diese Karte an der Kasse vor",
    },
    "lb": {
        "title": "Stempelkaart",
        "progress": "7 vun 10 · nach 3",
        "number_label": "Nr.",
        "reward_ready": "2 Beloununge prett",
        "hint": "Weist dës Kaart un der Keess",
    },
}

LONG_NAME = "Boulangerie-Pâtisserie Schneider & Söhne, Œuvre de Lëtzebuerg"
LONG_REWARD = "Ein Stück Käsekuchen oder Apfelstrudel mit Schlagsahne und großem Milchkaffee"


def card_face(language: str = "en", **changes: object) -> CardFace:
    values: dict[str, object] = {
        "merchant_name": "Kaffi Lëtz",
        "colour": "#6f4e37",
        "stamp_count": 7,
        "stamps_target": 10,
        "rewards_available": 0,
        "reward": "A coffee of your choice",
        "card_number": "482109375",
        "qr_url": CARD_URL,
    }
    return CardFace(**{**values, **CAPTIONS[language], **changes})  # type: ignore[arg-type]


def points_face(**changes: object) -> PointsFace:
    values: dict[str, object] = {
        "balance": "340 points",
        "next_reward": "Lunch menu",
        "next_cost": "400 points",
        "share": 0.85,
    }
    return PointsFace(**{**values, **changes})  # type: ignore[arg-type]


LONG_POINTS = points_face(
    balance="12\u202f340\u202f000 Punkte",
    affordable=f"Espresso · {LONG_REWARD}",
    next_reward=LONG_REWARD,
    next_cost="14\u202f000\u202f000 Punkte",
    share=0.001,
)


def points_card(language: str = "en", **changes: object) -> CardFace:
    """A card without stamps."""
    values: dict[str, object] = {"stamps_target": 0, "stamp_count": 0, "points": points_face()}
    return card_face(language, **{**values, **changes})


def day_face(**changes: object) -> DayFace:
    values: dict[str, object] = {
        "merchant_name": "Kaffi Lëtz",
        "colour": "#6f4e37",
        "date": "Sunday, 22 November",
        "headlines": (Headline(value="128", label="stamps", change="+12%"),),
        "counts": (Count(value="14", label="rewards"), Count(value="2", label="taken back")),
        "compared": "compared with the Sunday before",
        "bars_title": "Stamps by store",
        "bars": day_bars(3),
    }
    return DayFace(**{**values, **changes})  # type: ignore[arg-type]


def hour_grid(weekdays: int, hours: int) -> HourGrid:
    names = ("Mo", "Dë", "Mëtt", "Don", "Freid", "mer.", "dim.")
    shares = tuple(hour / (hours - 1) for hour in range(hours))
    return HourGrid(
        title="Visites par jour et par heure",
        hours=tuple(str(hour) for hour in range(24 - hours, 24)),
        rows=tuple((name, shares) for name in names[:weekdays]),
    )


def day_bars(count: int, *names: str) -> tuple[DayBar, ...]:
    """Rows that get shorter; those from the tenth on are empty."""
    called = names or ("Gare", "Limpertsberg", "Belval Plaza")
    values = [max(60 - number * number, 0) if number < 9 else 0 for number in range(count)]
    return tuple(
        DayBar(name=called[number % len(called)], value=str(value), share=value / 60)
        for number, value in enumerate(values)
    )


POSTER_WORDS = {
    "en": PosterWords(
        headline="Scan to get your stamp card",
        reward="10 stamps: A coffee of your choice",
        note="No app to install beyond Telegram",
        steps=(
            "Scan the code with your phone's camera",
            "Tap Start in Telegram",
            "Show your card every time you come",
        ),
    ),
    "fr": PosterWords(
        headline="Scannez pour recevoir votre carte de fidélité",
        reward="10 tampons : A coffee of your choice",
        note="Aucune application à installer à part Telegram",
        steps=(
            "Scannez le code avec l’appareil photo de votre téléphone",
            "Touchez Démarrer dans Telegram",
            "Montrez votre carte à chaque visite",
        ),
    ),
    "de": PosterWords(
        headline="Scannen und Stempelkarte bekommen",
        reward="10 Stempel: A coffee of your choice",
        note="Außer Telegram ist keine App nötig",
        steps=(
            "Scannen Sie den Code mit der Kamera Ihres Handys",
            "Tippen Sie in Telegram auf Starten",
            "Zeigen Sie Ihre Karte bei jedem Besuch",
        ),
    ),
    "lb": PosterWords(
        headline="Scann a krut deng Stempelkaart",
        reward="10 Stempelen: A coffee of your choice",
        note="Ausser Telegram brauch een keng App",
        steps=(
            "Scann de Code mat der Kamera vum Handy",
            "Tipp op Start an Telegram",
            "Weis deng Kaart all Kéier",
        ),
    ),
}


def poster_face(*languages: str, **changes: object) -> PosterFace:
    """A poster in these languages, or in English."""
    values: dict[str, object] = {
        "merchant_name": "Kaffi Lëtz",
        "colour": "#6f4e37",
        "words": tuple(POSTER_WORDS[language] for language in languages or ("en",)),
        "store_name": "Gare",
        "join_url": JOIN_URL,
        "address": "t.me/stempel_demo_bot",
        "stamps_target": 10,
    }
    return PosterFace(**{**values, **changes})  # type: ignore[arg-type]


def opened(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture)).convert("RGB")


def decoded(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def jpeg(picture: Image.Image, quality: int) -> bytes:
    data = BytesIO()
    picture.save(data, "JPEG", quality=quality)
    return data.getvalue()


def halved(picture: Image.Image) -> Image.Image:
    """Half as large, as a JPEG of quality 60."""
    return opened(jpeg(picture.resize((picture.width // 2, picture.height // 2)), 60))


def rotated(picture: Image.Image) -> Image.Image:
    return picture.rotate(15, Image.Resampling.BICUBIC, expand=True, fillcolor="#777777")


def photographed(picture: Image.Image) -> Image.Image:
    """On a light table, from the side, a little out of focus, 4:3, as a JPEG."""
    table = Image.new("RGB", (1200, 900), "#d8d4cc")
    table.paste(picture.resize((round(720 * picture.width / picture.height), 720)), (330, 70))
    slanted = table.transform(
        table.size,
        Image.Transform.PERSPECTIVE,
        (1.0, 0.1, -90, 0.04, 1.02, -50, 0.0001, 0.00012),
        Image.Resampling.BICUBIC,
        fillcolor="#d8d4cc",
    )
    lightened = Image.blend(slanted, Image.new("RGB", table.size, "white"), 0.3)
    return opened(jpeg(lightened.filter(ImageFilter.GaussianBlur(0.8)), 70))

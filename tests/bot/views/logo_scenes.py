"""The views of logos.py."""

from collections.abc import Mapping

from bot.views import logos
from tests.bot.views.scenes import Scene
from tests.bot.views.settings_scenes import shop

LOGO_SCENES: Mapping[str, Scene] = {
    "logo": lambda t, n: logos.logo(t, shop(n).merchant, b"png"),
    "logo: none": lambda t, n: logos.logo(t, shop(n).merchant, None),
    "logo: kept": lambda t, n: logos.logo(t, shop(n).merchant, b"png", logos.kept(t)),
    "logo: removed": lambda t, n: logos.logo(t, shop(n).merchant, None, logos.removed(t)),
    "ask_logo": lambda t, n: logos.ask_logo(t, shop(n).merchant),
}

"""Deep links into a chat with the bot: https://core.telegram.org/bots/features#deep-linking."""

import re
from urllib.parse import parse_qs, urlsplit

_HOSTS = {"t.me", "telegram.me", "telegram.dog"}
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


class LinkError(ValueError):
    """The link does not open a chat with this bot."""


def start_payload(link: str, username: str) -> str:
    """The start parameter of a link to the bot ("" when it has none): at most 64 of A-Z a-z 0-9 _ -."""
    address = urlsplit(link if "://" in link else f"https://{link}")
    query = parse_qs(address.query, keep_blank_values=True)
    if address.scheme == "tg" and address.netloc == "resolve":
        domain = query.pop("domain", [""])[0]
    elif address.scheme in ("http", "https") and address.netloc.lower() in _HOSTS:
        domain = address.path.strip("/")
    else:
        raise LinkError(f"not a Telegram link: {link}")
    if domain.lower() != username.lower():
        raise LinkError(f"the link opens @{domain}, not @{username}: {link}")
    payload = query.pop("start", [""])[0]
    if query or not _PAYLOAD.fullmatch(payload):
        raise LinkError(f"Telegram would not pass this on to the bot: {link}")
    return payload

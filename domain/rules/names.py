"""Names that people give themselves, as they are stored."""

import unicodedata
from functools import lru_cache

from domain.merchant import JOINERS, NAME_LENGTH_MAX

_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
NAMELESS = "—"


def folded(name: str) -> str:
    """The form in which names are compared and looked up: without accents and case, with single spaces."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(each for each in decomposed if not unicodedata.combining(each)).split())


@lru_cache(maxsize=4096)
def clean_name(name: str) -> str:
    """Without control and other invisible characters (Unicode's categories C, Zl, Zp), which reverse or hide what
    follows them; white space as single spaces; at most NAME_LENGTH_MAX characters. NAMELESS where nothing is left."""
    seen = "".join(
        character
        for character in " ".join(name.split())
        if character in JOINERS or unicodedata.category(character) not in _UNSEEN
    )
    cleaned = seen.strip(JOINERS + " ")[:NAME_LENGTH_MAX].rstrip()
    return cleaned or NAMELESS

"""How French is set: the spaces before its high signs, and the first of a month."""

import re

_THIN, _NO_BREAK = "\u202f", "\u00a0"


def typeset(sentence: str) -> str:
    """A sentence written with plain spaces and apostrophes, as it is shown. The spaces are those of the Imprimerie
    nationale (*Lexique des règles typographiques*): a thin one before ``;``, ``!`` and ``?``, one of a word's width
    before ``:`` and inside « »; a line breaks at none of them."""
    set_thin = re.sub(r" (?=[;!?])", _THIN, sentence.replace("'", "’"))
    return re.sub(r" (?=[:»])|(?<=«) ", _NO_BREAK, set_thin)


def first_of_month(written: str) -> str:
    """ "1er décembre" for the "1 décembre" of the Unicode locale data."""
    return re.sub(r"\b1 (?=[^\W\d])", "1er ", written)

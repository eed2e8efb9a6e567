"""The n-rule of Luxembourgish (Eifeler Regel): an n at the end of a word is dropped before most consonants.

Source: Zenter fir d'Lëtzebuerger Sprooch, *D'Lëtzebuerger Orthografie*, 2019, *n-Reegel*
(https://portal.education.lu/zls/ORTHOGRAFIE). The pronunciation decides: numbers count as they are read out, letters
that are read one by one count by their names.
"""

import re
import unicodedata

_MARK = "\ufdd0"
"""Stands behind an n that may be dropped; a noncharacter, which Unicode reserves for such use inside a program."""
_MARKED = re.compile(rf"n*{_MARK}")
_NEXT = re.compile(r"(?:<[^>]*>|[\s\u2066-\u2069])*([0-9]+|[^\W\d_]*)")
"""The word that follows, past tags, spaces and the isolates around a name; empty before a sign."""
_SILENCING = frozenset("bcfgjklmpqrsvwxßłþ")
_SPELLED_WITHOUT = frozenset("bgjkpqvw")
"""Letters whose names begin with a sound before which the n goes: "bee", but "eff"."""
_VOWELS = frozenset("aeiouy")


def marked(sentence: str) -> str:
    """A translator's "vu(n) {name}", "scho(nn) {name}" and "{amount}(n) vun", ready for `settled`; apostrophes may be
    typed as they are on a keyboard."""
    written = re.sub(r"\((n+)\)", rf"\1{_MARK}", sentence.replace("'", "’"))
    return written.replace(f"}}n{_MARK}", f"}}{_MARK}")


def settled(text: str) -> str:
    """Keeps or drops each marked n, as what follows it requires."""
    if _MARK not in text:
        return text
    return _MARKED.sub(
        lambda found: found[0].rstrip(_MARK) if keeps_n(found.string[found.end() :]) else "", text
    )


def keeps_n(following: str) -> bool:
    """Whether a final n stays before this: before a vowel, d, h, n, t and z, before a pause, and where it cannot be
    told how something is read."""
    found = _NEXT.match(following)
    word = found[1] if found else ""
    if word[:1].isdigit():
        return _first_spoken(word) not in "4567"
    letters = unicodedata.normalize("NFKD", word)
    plain = letters.lower()
    if letters.isupper() and not _VOWELS & set(plain):
        return plain[0] not in _SPELLED_WITHOUT
    if plain.startswith("y"):
        return plain[1:2] not in _VOWELS
    return plain[:1] not in _SILENCING


def _first_spoken(digits: str) -> str:
    """The digit whose sound begins the number: hundreds, then units, then tens ("fënnefanzwanzeg")."""
    group = digits[: len(digits) % 3 or 3]
    return group[0] if len(group) != 2 or group[1] == "0" else group[1]

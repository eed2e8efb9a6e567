"""The catalogues' .po files, read by one pattern. Babel's reader keeps of each line where it stands and what was said
about it, and takes five times as long: a poster has three languages, and whoever asks for it waits."""

import re

from domain.quick import dataclass

_QUOTED = r'(?:"[^"\\\n]*(?:\\.[^"\\\n]*)*"\n)+'
_MESSAGE = re.compile(
    rf"^(?P<about>(?:\#[^~].*\n|\#\n)*)"
    rf"msgid\ (?P<sentence>{_QUOTED})"
    rf"(?:msgid_plural\ {_QUOTED})?"
    rf"(?P<said>(?:msgstr(?:\[\d\])?\ {_QUOTED})+)",
    re.MULTILINE | re.VERBOSE,
)
_FORM = re.compile(rf"^msgstr(?:\[\d\])? ({_QUOTED})", re.MULTILINE)
_FUZZY = re.compile(r"^#,.*\bfuzzy\b", re.MULTILINE)
_PLURAL = re.compile(r"plural=([^;\n]+)")
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is said for each sentence, in all its forms, and the expression that chooses one of them."""

    plural: str
    said: dict[str, tuple[str, ...]]


def read_catalogue(text: str) -> Catalogue:
    """Without what is not translated, or only presumed to be (fuzzy). Raises ValueError for a file that is not
    written as gettext's."""
    said, found, header = {}, 0, ""
    for message in _MESSAGE.finditer(text):
        found += 1
        sentence = _unquoted(message["sentence"])
        forms = tuple(map(_unquoted, _FORM.findall(message["said"])))
        if not sentence:
            header = forms[0]
        elif all(forms) and not _FUZZY.search(message["about"]):
            said[sentence] = forms
    plural = _PLURAL.search(header)
    if plural is None or found != len(re.findall("^msgid ", text, re.MULTILINE)):
        raise ValueError("this is no catalogue, or part of it cannot be read")
    return Catalogue(plural[1].strip(), said)


def _unquoted(lines: str) -> str:
    text = lines[1:-2].replace('"\n"', "")
    return _ESCAPED.sub(lambda sign: _MEANT.get(sign[1], sign[1]), text) if "\\" in text else text

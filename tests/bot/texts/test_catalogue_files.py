"""What is read of a catalogue's file, against Babel's own reader."""

from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from bot.texts import LOCALES
from bot.texts.catalogues import read_catalogue
from bot.texts.update import TRANSLATED
from domain.account import Locale

HEADER = """\
msgid ""
msgstr ""
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
EDITED = """\
# A translator's own words
#| msgid "One"
#, python-brace-format
msgid "{name}: \\"so\\"\\n"
msgstr ""
"{name}: „so“, \\\\ und \\t\\n"
"weiter"

# Is that so?
#, fuzzy, python-brace-format
msgid "presumed"
msgstr "vermutet"

#
msgid "not translated"
msgstr ""

msgid "{count} fuzzy stamp"
msgid_plural "{count} fuzzy stamps"
msgstr[0] "{count} Stempel"
msgstr[1] ""
"{count} "
"Stempel"

#~ msgid "gone"
#~ msgstr "weg"
"""


def as_babel_reads(text: str) -> tuple[str, dict[str, tuple[str, ...]]]:
    catalogue = read_po(BytesIO(text.encode()))
    said = {}
    for message in catalogue:
        if message.id and message.string and not message.fuzzy:
            sentence = message.id if isinstance(message.id, str) else message.id[0]
            said[sentence] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return catalogue.plural_expr, said


@pytest.mark.parametrize("locale", TRANSLATED)
def test_every_catalogue_is_read_as_babel_reads_it(locale: Locale) -> None:
    text = (LOCALES / f"{locale.value}.po").read_text(encoding="utf-8")
    found = read_catalogue(text)
    assert (found.plural, found.said) == as_babel_reads(text)
    assert found.said


def test_file_that_an_editor_has_written_is_read_as_babel_reads_it() -> None:
    found = read_catalogue(HEADER + EDITED)
    assert (found.plural, found.said) == as_babel_reads(HEADER + EDITED)
    assert len(found.said) == 2


@pytest.mark.parametrize(
    "text", ["", EDITED, HEADER + 'msgid "a"\nmsgstr "b\n', HEADER + 'msgid "a"\n\nmsgid "b"\nmsgstr "c"\n']
)
def test_file_of_which_a_part_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no catalogue"):
        read_catalogue(text)

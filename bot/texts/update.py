"""``make texts``: brings the catalogues up to date with the sentences in the code.

Translations that are there stay, sentences that are gone go, new ones are added empty: a test names them.
"""

from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.texts import LOCALES
from domain.account import Locale

SOURCE = Path(__file__).parent.parent
KEYWORDS = {"t": None, "n": (1, 2), "mark": None, "mark_plural": (1, 2)}
WIDTH = 110
TRANSLATED = tuple(locale for locale in Locale if locale is not Locale.EN)

HEADER = """\
msgid ""
msgstr ""
"Language: {locale}\\n"
"Plural-Forms: {plural};\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""

Sentence = str | tuple[str, ...]


@cache
def sentences() -> tuple[Sentence, ...]:
    """All that the code says: one string, or singular and plural; once each, in the order of the files. They are
    read once for all languages."""
    found = extract_from_dir(SOURCE, [("**.py", "python")], keywords=KEYWORDS)
    return tuple(dict.fromkeys(message for _, _, message, _, _ in found))


def catalogue(locale: Locale) -> Catalog:
    with (LOCALES / f"{locale.value}.po").open("rb") as file:
        return read_po(file, locale=locale.value)


def updated(locale: Locale) -> Catalog:
    """The catalogue with exactly the sentences of the code."""
    present, new = catalogue(locale), Catalog(locale=locale.value)
    for sentence in sentences():
        known = present.get(sentence if isinstance(sentence, str) else sentence[0])
        new.add(sentence, known.string if known else None)
    return new


def write(catalog: Catalog, path: Path) -> None:
    with path.open("wb") as file:
        file.write(HEADER.format(locale=catalog.locale, plural=catalog.plural_forms.rstrip(";")).encode())
        write_po(file, catalog, width=WIDTH, no_location=True, ignore_obsolete=True, omit_header=True)


def main() -> None:
    for locale in TRANSLATED:
        write(updated(locale), LOCALES / f"{locale.value}.po")


if __name__ == "__main__":
    main()

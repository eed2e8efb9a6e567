"""What the pages for operators say can be typed, and where they lead."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli.commands import COMMANDS, loaded
from tests.support.each import for_each

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/operating").glob("*.md")),
]
ENDS = ("&&", "|", "<", ">", ";")
"""What follows one of these is the shell's, or another command."""


BLOCK = re.compile(r"^ *```\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:\bstempel|python -m bot) (?!python)([a-z].*)")


def commands_on(page: Path) -> Iterator[list[str]]:
    """The words behind ``stempel`` in what is shown as code."""
    text = page.read_text()
    shown = [*BLOCK.findall(text), *re.findall(r"`([^`]+)`", BLOCK.sub("", text))]
    for line in "\n".join(shown).replace("\\\n", " ").splitlines():
        found = COMMAND.search(re.sub(r"\$\([^)]*\)", "X", line))
        if found:
            words = shlex.split(found[1])
            ends = [words.index(end) for end in ENDS if end in words]
            yield words[: min(ends, default=len(words))]


SHOWN = {" ".join(words): (page.name, words) for page in PAGES for words in commands_on(page)}


def test_many_commands_are_shown() -> None:
    assert len(SHOWN) > 50


@pytest.mark.parametrize(("page", "words"), SHOWN.values(), ids=SHOWN)
def test_command_that_is_shown_can_be_given(
    page: str,
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All options are known, and their values of the right sort; the files are not there."""
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(click.Path, "convert", lambda _self, value, *_: value)
    name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else words[0]
    assert name in COMMANDS, f"{page} shows a command that there is not"
    command, given = loaded(name), words[len(name.split()) :]
    try:
        command.make_context(name, given)
    except click.MissingParameter:
        assert not given, f"{page} leaves out what the command needs"
    except click.exceptions.Exit:
        assert capsys.readouterr().out.startswith("Usage")


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@for_each(
    "page",
    [*PAGES, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs/decisions").glob("*.md"))],
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith("https:"):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target

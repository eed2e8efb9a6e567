"""The poster as a file."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.bot.pictures.samples import decoded
from tests.bot.pictures.test_poster import picture_in
from tests.cli.conftest import Stempel

Shop = dict[str, Any]


def test_a_poster_is_written_beside_and_leads_to_its_store(stempel: Stempel, shop: Shop) -> None:
    words = ("store", "poster", "--merchant", shop["merchant_id"], "--store", shop["store_id"], "--json")
    ran = stempel(*words)
    assert (ran.status, ran.err, ran.object) == (0, "", {"file": "café-knätsch-a4.pdf"})
    assert decoded(picture_in(Path("café-knätsch-a4.pdf").read_bytes())) == [shop["join_link"]]


def test_a_poster_comes_as_it_is_asked_for(stempel: Stempel, shop: Shop, tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), "red").save(tmp_path / "logo.png")
    words = f"--size tent --style colour --locale lb --locale fr --logo {tmp_path}/logo.png --out tent.pdf"
    ran = stempel("store", "poster", "--merchant", shop["merchant_id"], *words.split())
    assert (ran.status, ran.out) == (0, "file: tent.pdf\n")
    assert (tmp_path / "tent.pdf").read_bytes().count(b"/Inset Do") == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--size a6 --locale lb --locale fr --locale de", "At most 2 languages can be read on a6.\n"),
        ("--store nowhere", "There is no such store at this merchant. Check the id.\n"),
        ("--logo stempel.db", "This picture is too large or damaged. Take a new photo.\n"),
    ],
)
def test_what_cannot_be_printed_is_said(stempel: Stempel, shop: Shop, words: str, said: str) -> None:
    Path("stempel.db").write_bytes(b"no picture")
    ran = stempel("store", "poster", "--merchant", shop["merchant_id"], *words.split())
    assert (ran.status, ran.out, ran.err) == (2, "", said)


def test_several_stores_want_to_be_told_apart(stempel: Stempel, shop: Shop) -> None:
    merchant = ("--merchant", shop["merchant_id"])
    assert stempel("store", "create", *merchant, "--name", "Gare").status == 0
    ran = stempel("store", "poster", *merchant)
    assert (ran.status, ran.err) == (2, "There are several stores: say which with --store.\n")


def test_folder_in_which_the_bots_user_may_not_write_is_named(
    stempel: Stempel, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As /opt/stempel is root's: it is not to be given to the bot's user, which is what a denied file is told."""
    monkeypatch.setattr("os.access", lambda *_: False)
    ran = stempel("store", "poster", "--merchant", shop["merchant_id"])
    assert (ran.status, ran.err) == (
        2,
        f"{tmp_path} cannot be written to: give a file in another folder.\n",
    )

"""A shop's logo on the command line, and on its poster."""

from pathlib import Path
from typing import Any

from PIL import Image

from tests.cli.conftest import Stempel


def test_a_logo_is_set_printed_saved_and_removed(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path
) -> None:
    Image.new("RGB", (40, 20), "red").save(tmp_path / "logo.jpg")
    of_shop = ("--merchant", shop["merchant_id"])
    kept = stempel("merchant", "logo", *of_shop, "--set", "logo.jpg", "--json").object
    assert kept == {"logo": "PNG, 1 KB"}
    assert stempel("merchant", "logo", *of_shop, "--save", "saved.png").status == 0
    with Image.open("saved.png") as saved:
        assert (saved.format, saved.size) == ("PNG", (40, 20))
    stempel("store", "poster", *of_shop, "--out", "with.pdf")
    refused = stempel("merchant", "logo", *of_shop, "--set", "with.pdf")
    assert (refused.status, refused.err[:36]) == (2, "This cannot be used as a logo. Send ")
    assert stempel("merchant", "logo", *of_shop, "--json").object == kept
    assert stempel("merchant", "logo", *of_shop, "--remove", "--json").object == {"logo": "none"}
    stempel("store", "poster", *of_shop, "--out", "without.pdf")
    assert [Path(name).read_bytes().count(b"/Inset Do") for name in ("with.pdf", "without.pdf")] == [1, 0]
    for words, said in (
        (("--save", "none.png"), "There is no logo to save.\n"),
        (("--remove", "--save", "none.png"), "--set, --remove and --save are for one at a time.\n"),
    ):
        told = stempel("merchant", "logo", *of_shop, *words)
        assert (told.status, told.err) == (2, said)
    assert not Path("none.png").exists()

"""Reads a pass with other programs than the one that made it: the archive by ``unzip``, the signature by
``openssl``."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.account import Locale

VERIFY = (
    *("openssl", "smime", "-verify", "-binary", "-purpose", "any"),
    *("-inform", "DER", "-in", "signature", "-content", "manifest.json"),
)


@dataclass(frozen=True, slots=True)
class ReadPass:
    folder: Path

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file("pass.json"))
        return found

    @property
    def fields(self) -> dict[str, Any]:
        """The values of all fields, front and back, by their keys."""
        sides = self.content["storeCard"].values()
        return {each["key"]: each["value"] for side in sides for each in side}

    def file(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def strings(self, locale: Locale) -> dict[str, str]:
        """The translations of the pass's texts into a language."""
        text = self.file(f"{locale.value}.lproj/pass.strings").decode("utf-16")
        lines = [line.removesuffix(";").partition(" = ") for line in text.splitlines()]
        return {json.loads(base): json.loads(said) for base, _, said in lines}

    def complaints(self, root: Path) -> list[str]:
        """What is wrong with the pass; empty for one that a phone would take."""
        manifest = json.loads(self.file("manifest.json"))
        there = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}
        wrong = sorted({*manifest} ^ (there - {"manifest.json", "signature"}))
        wrong += [name for name, digest in manifest.items() if name in there and self._sha1(name) != digest]
        verified = subprocess.run(
            [*VERIFY, "-CAfile", str(root)],
            cwd=self.folder,
            capture_output=True,
            check=False,
        )
        return wrong if verified.returncode == 0 else [*wrong, "signature"]

    def _sha1(self, name: str) -> str:
        return hashlib.sha1(self.file(name)).hexdigest()


def read_pass(content: bytes, folder: Path) -> ReadPass:
    """Unpacks a pass into a new folder."""
    folder.mkdir()
    archive = folder.with_suffix(".pkpass")
    archive.write_bytes(content)
    subprocess.run(["unzip", "-q", str(archive), "-d", str(folder)], check=True, capture_output=True)
    return ReadPass(folder)

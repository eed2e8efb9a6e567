"""The archive that a pass comes in: its files, a manifest with the SHA-1 of each, and a signature over that."""

import hashlib
import json
import mimetypes
import zipfile
from collections.abc import Mapping
from io import BytesIO

from bot.kit.signer import Signer

FILE_TYPE = "application/vnd.apple.pkpass"
mimetypes.add_type(FILE_TYPE, ".pkpass")
MANIFEST, SIGNATURE = "manifest.json", "signature"
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def pass_file(files: Mapping[str, bytes], signer: Signer) -> bytes:
    manifest = json.dumps({name: hashlib.sha1(files[name]).hexdigest() for name in sorted(files)}).encode()  # noqa: S324
    whole = {**files, MANIFEST: manifest, SIGNATURE: signer.sign(manifest)}
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in whole.items():
            written.writestr(zipfile.ZipInfo(name, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def strings_file(said: Mapping[str, str]) -> bytes:
    """The file that gives, for one language, what is said in the place of each text."""
    lines = [f"{_quoted(text)} = {_quoted(other)};\n" for text, other in said.items()]
    return "".join(lines).encode("utf-16")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    return f'"{escaped}"'

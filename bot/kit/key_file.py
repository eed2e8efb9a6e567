"""The file with the secret key, beside the database, for the operator's eyes alone."""

import os
import secrets
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.kit.settings import SECRET_LENGTH_MIN, Settings, SettingsProblem
from domain.quick import dataclass

KEY_FILE = "secret.key"
WHAT_TO_DO = (
    "put back the one from the backup, or, if it is lost for good, let `stempel rotate-secret` draw every card's code"
    " anew and have every PIN chosen again."
)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """``coming`` is there only while one key is exchanged for another."""

    path: Path
    coming: Path

    @classmethod
    def beside(cls, database: Path) -> "KeyFile":
        return cls(database.with_name(KEY_FILE), database.with_name(f"{KEY_FILE}.next"))

    def put_coming_in_place(self, now: datetime) -> None:
        """The key that it replaces is kept, because the backups from before need it."""
        if self.path.exists():
            with suppress(FileExistsError):
                os.link(self.path, self.path.with_name(f"{KEY_FILE}.replaced.{now:%Y%m%dT%H%M%SZ}.bak"))
        self.coming.replace(self.path)
        _sync(self.path.parent)


def load_secret(settings: Settings) -> bytes:
    """The secret key, from the settings or from a file beside the database, made on the first run (mode 600).

    Raises SettingsProblem for a file that holds no key: with an empty one, anybody could compute the codes.
    """
    if settings.secret_key is not None:
        return settings.secret_key.encode()
    path = KeyFile.beside(settings.database_path).path
    if not path.exists():
        make_key(path)
    _close_folder(path.parent)
    return read_key(path)


def read_key(path: Path) -> bytes:
    """Raises SettingsProblem for what is too short to be one."""
    secret = path.read_bytes().strip()
    if len(secret) < SECRET_LENGTH_MIN:
        raise SettingsProblem(f"{path} holds no key: {WHAT_TO_DO}")
    return secret


def _close_folder(folder: Path) -> None:
    """The folder that holds the key is the operator's alone, unless everybody has files there, as in /tmp."""
    if not folder.stat().st_mode & stat.S_ISVTX:
        folder.chmod(0o700)


def make_key(path: Path) -> None:
    """Makes a key. It is written aside and linked into place, so that two first runs at once agree on one key; it is
    on the disk before it is used, so that a power cut leaves a whole key or none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)

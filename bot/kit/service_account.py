"""The account with which this bot signs in at Google, and what it signs: JSON Web Tokens (RFC 7515, RFC 7519)."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.kit.settings import SettingsProblem
from domain.quick import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "::1")
KEY_BITS_MIN = 2048
HOW = "have a new key made as JSON, in the Google Cloud console under IAM, Service accounts, Keys."


@dataclass(frozen=True, slots=True, repr=False)
class ServiceAccount:
    email: str
    key_id: str
    token_url: str
    key: rsa.RSAPrivateKey

    def signed(self, claims: Mapping[str, Any]) -> str:
        """The claims as a signed token."""
        head = {"alg": "RS256", "typ": "JWT", "kid": self.key_id}
        said = ".".join(_base64(msgspec.json.encode(part)) for part in (head, claims))
        return f"{said}.{_base64(self.key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


class _KeyFile(msgspec.Struct):
    type: Literal["service_account"]
    client_email: str
    private_key_id: str
    private_key: str
    token_uri: str


def service_account_in(path: Path) -> ServiceAccount:
    """Raises SettingsProblem, one sentence that says nothing of what is in the file."""
    try:
        read = msgspec.json.decode(path.read_bytes(), type=_KeyFile)
    except OSError as error:
        raise _problem(f"{path} cannot be read ({error.strerror}): correct its path or its rights.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _problem(f"{path} is no key of a service account: {HOW}") from None
    try:
        key = load_pem_private_key(read.private_key.encode(), None)
    except (ValueError, TypeError):
        raise _problem(f"the private key in {path} cannot be read: {HOW}") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < KEY_BITS_MIN:
        raise _problem(f"the private key in {path} is not RSA of {KEY_BITS_MIN} bits or more: {HOW}")
    url = urlsplit(read.token_uri)
    if url.scheme != "https" and url.hostname not in LOOPBACK:
        raise _problem(f"the token_uri in {path} is not https: {HOW}")
    return ServiceAccount(read.client_email, read.private_key_id, read.token_uri, key)


def _problem(said: str) -> SettingsProblem:
    return SettingsProblem(f"GOOGLE_WALLET_KEY_FILE cannot be used: {said}")


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")

"""Signing passes with the certificate that Apple issued: a detached CMS signature over the manifest, with the time of
signing and the chain (https://developer.apple.com/documentation/walletpasses/building-a-pass)."""

import ssl
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

from bot.kit.settings import Settings, SettingsProblem
from domain.quick import dataclass

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """``key_path`` is for TLS connections."""

    certificate: x509.Certificate
    key: Key
    key_path: Path
    intermediate: x509.Certificate

    @property
    def expires_at(self) -> datetime:
        """When the first of the two certificates runs out."""
        return min(each.not_valid_after_utc for each in (self.certificate, self.intermediate))

    def connects(self, authorities: Path | None) -> ssl.SSLContext:
        """For TLS as a client with this certificate, which is written as PEM first: its own file may be DER.
        ``authorities`` is a file of others than the system's."""
        context = ssl.create_default_context(cafile=authorities)
        with NamedTemporaryFile(suffix=".pem") as file:
            file.write(self.certificate.public_bytes(Encoding.PEM))
            file.flush()
            context.load_cert_chain(file.name, self.key_path)
        return context

    def sign(self, manifest: bytes) -> bytes:
        builder = PKCS7SignatureBuilder().set_data(manifest)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        builder = builder.add_certificate(self.intermediate)
        return builder.sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])


def signer_of(settings: Settings) -> Signer | None:
    """None where no passes are made. Raises SettingsProblem, one sentence for what does not fit together. A
    certificate that has run out is no such problem: it stops nothing else, and a job tells the operators."""
    paths = settings.apple_pass_cert, settings.apple_pass_key, settings.apple_pass_wwdr
    if settings.apple_pass_type_id is None or None in paths:
        return None
    certificate_path, key_path, intermediate_path = (path for path in paths if path is not None)
    certificate = _certificate("APPLE_PASS_CERT", certificate_path)
    key = _key(key_path)
    intermediate = _certificate("APPLE_PASS_WWDR", intermediate_path)
    if certificate.public_key() != key.public_key():
        raise SettingsProblem(
            "APPLE_PASS_KEY does not belong to APPLE_PASS_CERT: give the key with which that was asked for."
        )
    _check_named(certificate, NameOID.USER_ID, "APPLE_PASS_TYPE_ID", settings.apple_pass_type_id)
    _check_named(
        certificate, NameOID.ORGANIZATIONAL_UNIT_NAME, "APPLE_PASS_TEAM_ID", settings.apple_pass_team_id
    )
    if certificate.issuer != intermediate.subject:
        raise SettingsProblem(
            "APPLE_PASS_WWDR did not issue APPLE_PASS_CERT: Apple has several of them; give the one named"
            f" {certificate.issuer.rfc4514_string()}."
        )
    return Signer(certificate, key, key_path, intermediate)


def _check_named(
    certificate: x509.Certificate, which: x509.ObjectIdentifier, name: str, said: str | None
) -> None:
    found = [str(each.value) for each in certificate.subject.get_attributes_for_oid(which)]
    if found != [said]:
        raise SettingsProblem(
            f"APPLE_PASS_CERT is for {' '.join(found) or 'something else'}, and {name} is {said}: correct either."
        )


def _certificate(name: str, path: Path) -> x509.Certificate:
    """Raises SettingsProblem."""
    try:
        data = path.read_bytes()
        is_pem = data.lstrip().startswith(b"-----BEGIN")
        return x509.load_pem_x509_certificate(data) if is_pem else x509.load_der_x509_certificate(data)
    except (ValueError, OSError) as error:
        raise SettingsProblem(
            f"{name} names {path}, which is no certificate that can be read: give one as PEM or DER."
        ) from error


def _key(path: Path) -> Key:
    """Raises SettingsProblem."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, OSError) as error:
        raise SettingsProblem(
            f"APPLE_PASS_KEY names {path}, which is no private key that can be read: give it as PEM, without a"
            " password."
        ) from error
    if not isinstance(key, Key):
        raise SettingsProblem("APPLE_PASS_KEY is neither RSA nor of an elliptic curve: make another.")
    return key

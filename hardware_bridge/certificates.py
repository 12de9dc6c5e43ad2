"""Who may talk to whom on an encrypted OPC UA connection: application certificates in folders, as operators know them.

own/       our certificates (DER) and keys (PEM), made when first needed; hand the certificate to the other side
trusted/   certificates of the others; nobody else is talked to
rejected/  who has tried: move a file to trusted/ to let it in, no restart needed
"""

from __future__ import annotations

from pathlib import Path

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.validator import CertificateValidator, CertificateValidatorMethod, CertificateValidatorOptions
from asyncua.ua.status_codes import StatusCodes
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class Certificates:
    """The folder of certificates of one bridge."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("own", "trusted", "rejected"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "own").chmod(0o700)

    async def own(self, name: str, application_uri: str) -> tuple[Path, Path]:
        """Our certificate and its key for an application; made for a year if there is none that is still good."""
        certificate, key = self._folder / "own" / f"{name}.der", self._folder / "own" / f"{name}.pem"
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        await setup_self_signed_certificate(key, certificate, application_uri, "localhost", uses, {"commonName": name})
        key.chmod(0o600)
        return certificate, key

    def check_servers(self) -> CertificateValidatorMethod:
        """What a client asks before it believes a server."""
        return self._check(CertificateValidatorOptions.PEER_SERVER)

    def check_clients(self) -> CertificateValidatorMethod:
        """What a server asks before it opens a session."""
        return self._check(CertificateValidatorOptions.PEER_CLIENT)

    def _check(self, role: CertificateValidatorOptions) -> CertificateValidatorMethod:
        async def check(certificate: x509.Certificate, application: ua.ApplicationDescription) -> None:
            try:
                if not self._is_trusted(certificate):
                    raise ServiceError(StatusCodes.BadCertificateUntrusted)
                await CertificateValidator(CertificateValidatorOptions.EXT_VALIDATION | role).validate(certificate, application)
            except ServiceError:
                self._reject(certificate)
                raise

        return check

    def _is_trusted(self, certificate: x509.Certificate) -> bool:
        """Whether this very certificate lies in trusted/; looked at every time, since an operator may have moved a file."""
        encoded = certificate.public_bytes(Encoding.DER)
        return any(file.read_bytes() == encoded for file in (self._folder / "trusted").glob("*.der"))

    def _reject(self, certificate: x509.Certificate) -> None:
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        name = "".join(sign for sign in str(names[0].value if names else "") if sign.isalnum() or sign in "_-")[:40]
        path = self._folder / "rejected" / f"{name}_{certificate.fingerprint(SHA256()).hex()[:16]}.der"
        path.write_bytes(certificate.public_bytes(Encoding.DER))

"""Signs a PDF by PAdES, invisibly and without touching what was typeset."""

import io
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import pdf_signer
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from secondopinion.opinions import keys

SUBFILTER = fields.SigSeedSubFilter.PADES
FIELD, STAMP_FIELD = "SpecialistSignature", "TimeStamp"
_DIGEST = "sha256"
_UNSEEN = fields.InvisSigSettings(box_out_of_bounds=True)
YEARS = 10


class _Writer(IncrementalPdfFileWriter):
    """Leaves the document's own metadata alone: pyHanko's rewrite of XMP would break PDF/A."""

    def _update_meta(self) -> None:
        """Change nothing."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed PDF and the PAdES level it reached."""

    data: bytes
    level: str


def _paths() -> tuple[Path, Path, Path]:
    """Return the certificate, its key (no file, where a device has it), and the root."""
    if settings.SIGNING_CERT_FILE:
        return (
            Path(settings.SIGNING_CERT_FILE),
            Path(settings.SIGNING_KEY_FILE),
            Path(settings.SIGNING_TRUST_ROOTS or settings.SIGNING_CERT_FILE),
        )
    folder = Path(settings.DATA_DIR) / "signing"
    found = folder / "certificate.pem", folder / "key.pem", folder / "root.pem"
    if not found[2].exists():
        _make_own(folder)
    return found


def self_made() -> bool:
    """Say whether this installation signs with a certificate that it made itself."""
    return not settings.SIGNING_CERT_FILE


def key_answers() -> bool:
    """Say whether the key that signs can be reached now."""
    return keys.answers(*_paths())


def trust_roots() -> list[Path]:
    """Return the files of certificates that signatures and time stamps are judged by."""
    stamps = [Path(settings.TSA_TRUST_ROOTS)] if settings.TSA_TRUST_ROOTS else []
    return [_paths()[2], *stamps]


def judged_by(**more: Any) -> ValidationContext:
    """Return the context in which a signature is judged."""
    return ValidationContext(
        trust_roots=list(load_certs_from_pemder([str(path) for path in trust_roots()])), **more
    )


def sign(pdf: bytes, *, name: str, reason: str, at: datetime) -> Signed:
    """Return the PDF signed for `name`, at the highest level of PAdES (ETSI EN 319 142-1) that can
    be had now.

    With a server of time stamps (`TSA_URL`, `TSA_TRUST_ROOTS`) that is B-LTA: stamped, with all
    that is needed to judge it later, and stamped again. Where a certificate names a source of
    revocations that does not answer it is B-T, and B-B when the server of time stamps does not
    answer: what is down never blocks a signature.
    """
    with keys.signer(*_paths()) as signer:
        if settings.TSA_URL and settings.TSA_TRUST_ROOTS:
            stamper = timestamps.HTTPTimeStamper(settings.TSA_URL, timeout=5)
            for level in ("B-LTA", "B-T"):
                with suppress(
                    timestamps.TimestampRequestError, OSError, SigningError, PathError,
                    ValidationError,
                ):  # fmt: skip
                    return Signed(_sign(pdf, signer, name, reason, stamper, level), level)
        return Signed(_sign(pdf, signer, name, reason, None, "B-B"), "B-B")


def _sign(
    pdf: bytes,
    signer: signers.Signer,
    name: str,
    reason: str,
    stamper: timestamps.TimeStamper | None,
    level: str,
) -> bytes:
    lasting: dict[str, Any] = {}
    if level == "B-LTA":
        lasting = {
            "embed_validation_info": True, "validation_context": _reaching(),
            "dss_settings": pdf_signer.DSSContentSettings(
                placement=pdf_signer.SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE,
                include_vri=False,
            ),
        }  # fmt: skip
    out = io.BytesIO()
    signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=FIELD,
            name=name,
            reason=reason,
            subfilter=SUBFILTER,
            md_algorithm=_DIGEST,
            **lasting,
        ),
        signer=signer,
        timestamper=stamper,
        new_field_spec=fields.SigFieldSpec(
            sig_field_name=FIELD, readable_field_name=reason, invis_sig_settings=_UNSEEN
        ),
    ).sign_pdf(_Writer(io.BytesIO(pdf)), output=out)
    return _stamped(out.getvalue(), stamper) if stamper and lasting else out.getvalue()


def _stamped(pdf: bytes, stamper: timestamps.TimeStamper) -> bytes:
    """Return a signed PDF with a stamp over all of it, and what is needed to judge that stamp.

    pyHanko would do both behind the signature, with a writer that rewrites the metadata and a field
    that is a part of the page without a tag: neither PDF/A-3a nor PDF/UA-1 any more.
    """
    out = io.BytesIO()
    signers.PdfTimeStamper(
        stamper, STAMP_FIELD, invis_settings=_UNSEEN, readable_field_name="Time stamp"
    ).timestamp_pdf(
        _Writer(io.BytesIO(pdf)),
        _DIGEST,
        _reaching(),
        dss_settings=pdf_signer.TimestampDSSContentSettings(
            include_vri=False, update_before_ts=True
        ),
        output=out,
    )
    return out.getvalue()


def _reaching() -> ValidationContext:
    """Return the context that asks whether certificates are revoked, and needs an answer."""
    return judged_by(allow_fetching=True, revocation_mode="hard-fail")


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _make_own(folder: Path) -> None:
    """Make a root and a signing certificate of this installation's own, each once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = datetime.now(UTC) - timedelta(minutes=5)
    until = now + timedelta(days=365 * YEARS)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name("Second Opinion: root made by this installation")

    def build(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(until)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    def usage(*, signing: bool) -> x509.KeyUsage:
        return x509.KeyUsage(
            digital_signature=signing, content_commitment=signing, key_encipherment=False,
            data_encipherment=False, key_agreement=False, key_cert_sign=not signing,
            crl_sign=not signing, encipher_only=False, decipher_only=False,
        )  # fmt: skip

    root = (
        build(root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(signing=False), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    certificate = (
        build(_name("Second Opinion: reports"), key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signing=True), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    # The root's own key is not kept: nothing else can ever be signed by it. It is written last,
    # because its presence says that the other two are there.
    for name, data in (
        ("key.pem", key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())),
        ("certificate.pem", certificate.public_bytes(pem)),
        ("root.pem", root.public_bytes(pem)),
    ):  # fmt: skip
        path = folder / f"{name}.new"
        path.touch(mode=0o600)
        path.write_bytes(data)
        path.replace(folder / name)

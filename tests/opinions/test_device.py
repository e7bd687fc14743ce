"""A key that never leaves its device: SoftHSM signs through PKCS#11, and judges agree."""

import io
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pyhanko.pdf_utils.reader import PdfFileReader

from secondopinion.core import clock, vault
from secondopinion.core.errors import Refused
from secondopinion.opinions import actions, signing, verifying
from secondopinion.opinions.models import Opinion, OpinionState

MODULE, TOKEN, PIN = "/usr/lib/softhsm/libsofthsm2.so", "reports", "4711"


def _certificate(subject: str, public: Any, root: ec.EllipticCurvePrivateKey, *, ca: bool) -> bytes:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    usage = x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
    made = (
        x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("Root of the tests"))
        .public_key(public).serial_number(11 + ca)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(root, hashes.SHA256())
    )  # fmt: skip
    return made.public_bytes(serialization.Encoding.PEM)


def _made_on_the_token() -> bytes:
    """Make a pair of keys on the token; return the public one as DER."""
    with pkcs11.lib(MODULE).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
        curve = session.create_domain_parameters(
            pkcs11.KeyType.EC,
            {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True,
        )  # fmt: skip
        public, _private = curve.generate_keypair(store=True, label="report-key")
        return bytes(encode_ec_public_key(public))


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A token with a key that is in no file; its certificate, and the root above it."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    told = folder / "softhsm2.conf"
    told.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(told))
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN,
             "--so-pin", "12345678"], check=True, capture_output=True,
        )  # fmt: skip
        public = serialization.load_der_public_key(_made_on_the_token())
    above = ec.generate_private_key(ec.SECP256R1())
    certificate, root = folder / "certificate.pem", folder / "root.pem"
    certificate.write_bytes(_certificate("Hospital of the tests", public, above, ca=False))
    root.write_bytes(_certificate("Root of the tests", above.public_key(), above, ca=True))
    return certificate, root


@pytest.fixture
def device(token: tuple[Path, Path], settings: Any) -> Any:
    """The settings of an installation whose key lies on a device."""
    settings.SIGNING_CERT_FILE, settings.SIGNING_TRUST_ROOTS = map(str, token)
    settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN = MODULE, TOKEN
    settings.SIGNING_PKCS11_KEY, settings.SIGNING_PKCS11_PIN = "report-key", PIN
    return settings


def sign(opinion: Opinion) -> Any:
    return actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())


def test_the_device_signs_and_the_signature_holds(device: Any, opinion: Opinion) -> None:
    assert signing.key_answers()
    data = vault.read(sign(opinion).blob)
    assert verifying.verify_file([data]).holds
    [signature] = PdfFileReader(io.BytesIO(data)).embedded_signatures
    assert signature.signer_cert.subject.native["common_name"] == "Hospital of the tests"


@pytest.mark.parametrize(
    ("name", "value"),
    [("PIN", "0000"), ("TOKEN", "another"), ("KEY", "another"), ("MODULE", "/nowhere.so")],
)
def test_a_device_that_refuses_stops_the_signature_with_a_sentence(
    name: str, value: str, device: Any, opinion: Opinion
) -> None:
    setattr(device, f"SIGNING_PKCS11_{name}", value)
    assert not signing.key_answers()
    with pytest.raises(Refused, match="Nothing is lost"):
        sign(opinion)
    opinion.refresh_from_db()
    assert opinion.state == OpinionState.DRAFT

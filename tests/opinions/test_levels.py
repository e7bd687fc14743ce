"""Levels of signature: with a server of time stamps, with one that is down, and without one."""

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper

from secondopinion.core import clock, vault
from secondopinion.opinions import actions, verifying
from secondopinion.opinions.models import Opinion
from tests.archival import broken


def stamping_certificate() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    """Return a certificate that may only stamp times, and its key."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stamps of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return made, key


@pytest.fixture
def stamps(settings: Any, tmp_path: Path) -> Iterator[Any]:
    """A server of time stamps that answers, and is trusted."""
    certificate, key = stamping_certificate()
    der = serialization.Encoding.DER
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(der)),
        keys.PrivateKeyInfo.load(key.private_bytes(
            der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())),
    )  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = tmp_path / "stamps.pem"
    root.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    settings.TSA_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.TSA_TRUST_ROOTS = str(root)
    yield settings
    server.shutdown()
    server.server_close()


def sign(opinion: Opinion) -> Any:
    return actions.sign(by=opinion.author, opinion=opinion, reauthenticated_at=clock.now())


def test_with_time_stamps_a_signature_lasts(stamps: Any, opinion: Opinion) -> None:
    report = sign(opinion)
    assert report.level == "B-LTA"
    data = vault.read(report.blob)
    assert verifying.verify_file([data]).holds
    reader = PdfFileReader(io.BytesIO(data))
    assert len(reader.embedded_timestamp_signatures) == 1
    assert "/DSS" in reader.root
    # What was signed first is a file of its own; the stamp's revision stands behind it. The judge
    # takes a signature that ends before a later revision for one that leaves something out.
    [first] = reader.embedded_regular_signatures
    assert broken(data[: first.byte_range[2] + first.byte_range[3]]) == []
    assert [rule.split(":")[0] for rule in broken(data)] == ["3a PDFA3A-SIGNATURE-BYTERANGE-001"]


def test_what_is_down_blocks_nothing(stamps: Any, opinion: Opinion) -> None:
    stamps.TSA_URL = "http://127.0.0.1:9/"
    report = sign(opinion)
    assert report.level == "B-B"
    assert verifying.verify_file([vault.read(report.blob)]).holds


def test_stamps_that_nobody_can_judge_are_not_taken(stamps: Any, opinion: Opinion) -> None:
    stamps.TSA_TRUST_ROOTS = ""
    report = sign(opinion)
    assert report.level == "B-B"
    assert verifying.verify_file([vault.read(report.blob)]).holds

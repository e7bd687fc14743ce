"""The key that signs: a file, or one that stays in a device and is used through PKCS#11."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pkcs11.exceptions import PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.keys import load_cert_from_pemder, load_certs_from_pemder
from pyhanko.sign import signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from secondopinion.core.errors import Refused

log = logging.getLogger(__name__)
# A process is signed in to a token once for all its threads: one of them at a time.
_one = threading.Lock()


@contextmanager
def signer(certificate: Path, key: Path, root: Path) -> Iterator[signers.Signer]:
    """Give what signs with a certificate and its key; `root` is the certificate above it.

    Raises:
        Refused: the device does not answer, or does not have the key.
        RuntimeError: the files cannot be read.
    """
    if settings.SIGNING_PKCS11_MODULE:
        with _one, _device(certificate, root) as found:
            yield found
        return
    loaded = signers.SimpleSigner.load(
        str(key), str(certificate), ca_chain_files=(str(root),),
        key_passphrase=settings.SIGNING_KEY_PASSWORD.encode() or None,
    )  # fmt: skip
    if loaded is None:
        raise RuntimeError("the signing certificate or its key cannot be loaded")
    yield loaded


@contextmanager
def _device(certificate: Path, root: Path) -> Iterator[signers.Signer]:
    try:
        with open_pkcs11_session(
            settings.SIGNING_PKCS11_MODULE,
            token_criteria=TokenCriteria(label=settings.SIGNING_PKCS11_TOKEN),
            user_pin=settings.SIGNING_PKCS11_PIN,
        ) as session:
            yield PKCS11Signer(
                session,
                signing_cert=load_cert_from_pemder(str(certificate)),
                ca_chain=list(load_certs_from_pemder([str(root)])),
                key_label=settings.SIGNING_PKCS11_KEY,
                use_raw_mechanism=True,  # the digest is made here: not every device can
            )
    except (PKCS11Error, SigningError) as error:
        # What devices say holds no health data: names of errors, and of the token.
        log.error("the signing device refused: %s", type(error).__name__)  # noqa: TRY400 - its text may name the token
        raise Refused(
            _("The device with the signing key does not answer. Nothing is lost: try again, and "
              "tell your IT department if it stays so."), code="signing-device",
        ) from error  # fmt: skip


def answers(certificate: Path, key: Path, root: Path) -> bool:
    """Say whether the key signs now; for the doctor."""
    try:
        with signer(certificate, key, root) as found:
            asyncio.run(found.async_sign_raw(b"doctor", "sha256"))
    except (Refused, RuntimeError, OSError):
        return False
    return True

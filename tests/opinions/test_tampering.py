"""A signed document that somebody changed is not confirmed, by us or by the signature alone."""

import random
from collections.abc import Callable

import pytest

from secondopinion.core import vault
from secondopinion.opinions import signing, verifying
from secondopinion.opinions.models import SignedReport
from tests.opinions.attacks import ATTACKS, judged_by_signature, signed_bytes

CHANGES, BY_SIGNATURE = 1000, 60  # the second judge reads the whole file each time


def test_a_thousand_changed_bytes_are_found(signed: SignedReport) -> None:
    data, chance = vault.read(signed.blob), random.Random(7)
    assert verifying.verify_file([data]).holds
    for _each in range(CHANGES):
        place = chance.randrange(len(data))
        changed = bytearray(data)
        changed[place] ^= chance.randrange(1, 256)
        assert not verifying.verify_file([bytes(changed)]).holds, place


def test_the_signature_alone_finds_them(signed: SignedReport) -> None:
    data, chance = vault.read(signed.blob), random.Random(8)
    assert judged_by_signature(data, signing.trust_roots())
    covered = signed_bytes(data)
    for _each in range(BY_SIGNATURE):
        place = chance.choice(chance.choice(covered))
        changed = bytearray(data)
        changed[place] ^= chance.randrange(1, 256)
        assert not judged_by_signature(bytes(changed), signing.trust_roots()), place


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda each: each.__name__)
def test_shadows_are_found(attack: Callable[[bytes], bytes], signed: SignedReport) -> None:
    data = attack(vault.read(signed.blob))
    assert not verifying.verify_file([data]).holds
    assert not judged_by_signature(data, signing.trust_roots())

"""Fills a prepared installation with one case and a site's key; prints how to reach it."""

import json
import os

import django


def make() -> dict[str, str]:
    """Return the case's reference and the token."""
    from secondopinion.accounts import actions as accounts
    from secondopinion.cases import actions as cases
    from secondopinion.cases.models import Case, Part, Participation
    from secondopinion.interop import keys

    family = accounts.ensure_person(email="maria@familia.example", full_name="María López")
    provider = accounts.make_guest(full_name="Dr. Ana Ruiz", email="ana@clinic.example")
    case: Case = cases.start_draft(by=family, language="es")
    Participation.objects.create(case=case, person=provider, role=Part.LOCAL_PROVIDER)
    _key, token = keys.make(by=provider, case=case, label="Clinic", may_read=True)
    return {"reference": case.reference, "token": token}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secondopinion.settings")
    django.setup()
    print(json.dumps(make()))

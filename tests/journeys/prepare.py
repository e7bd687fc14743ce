"""Sets a hospital up for a journey: program, staff with their second factors. Run as a process."""

import sys

import django

SECRETS = {
    "grace@harbour.example": ("coordinator", "JBSWY3DPEHPK3PXP", "Grace Okafor"),
    "mei@harbour.example": ("specialist", "JBSWY3DPEHPK3PXR", "Dr. Mei Tanaka"),
    "daniel@harbour.example": ("specialist", "JBSWY3DPEHPK3PXS", "Dr. Daniel Weiss"),
    "ruth@harbour.example": ("referral_coordinator", "JBSWY3DPEHPK3PXU", "Ruth Adler"),
    "helen@harbour.example": ("director", "JBSWY3DPEHPK3PXV", "Dr. Helen Brooks"),
}


def main() -> None:
    """Make the program and its staff."""
    django.setup()
    from allauth.mfa.totp.internal.auth import TOTP

    from secondopinion.accounts import actions as accounts
    from secondopinion.cli import verbs
    from secondopinion.experts import actions as experts
    from secondopinion.program.models import Specialty

    verbs.migrate()
    for email, (role, secret, name) in SECRETS.items():
        person = accounts.ensure_person(email=email, full_name=name, timezone="America/New_York")
        accounts.grant_role(by=None, person=person, role=role)
        TOTP.activate(person, secret)
        if role == "specialist":
            experts.describe(
                by=None, person=person, title="Pediatric neurologist", languages=["en", "es"],
                specialties=list(Specialty.objects.filter(key="brain-and-nerves")),
                conditions=["epilep"] if email.startswith("daniel") else [],
            )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

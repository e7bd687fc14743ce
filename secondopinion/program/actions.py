"""What sets a program up and changes its settings."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.core.cache import caches
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import has_role
from secondopinion.audit import actions as audit
from secondopinion.core import sandbox, vault
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.program import logo, rules
from secondopinion.program.models import Change, Program
from secondopinion.program.queries import KEPT_UNDER, plain, shipped
from secondopinion.program.sections import IN_FILES, SECTIONS

MAY_CHANGE = (Role.ADMINISTRATOR, Role.DIRECTOR)


@transaction.atomic
def set_up() -> Program:
    """Make the program from the shipped settings when there is none; what exists is kept."""
    program, made = Program.objects.get_or_create(
        only=True, defaults={"opens": time(8), "closes": time(17), "timezone": "UTC"}
    )
    if not made:
        return program
    for key, section in SECTIONS.items():
        if key in IN_FILES:
            section.write(section.clean(shipped(key)))
    audit.record("program-set-up", by=None, target=program)
    program.refresh_from_db()
    return program


@transaction.atomic
def change(*, by: Person | None, section: str, value: Any, revision: int) -> Program:
    """Change one section of the settings; `by` is None only on the command line.

    `revision` is that of the settings which were read; `value` is as `sections.py` says. What was
    there before is kept in the list of changes.

    Raises:
        NotYours: by somebody who is neither administrator nor director.
        Conflict: somebody else has changed the settings since they were read.
        Refused: with the field, when a value cannot be.
    """
    _require(by)
    part = SECTIONS[section]
    before, after = part.read(), part.clean(value)
    if before == after:
        return Program.objects.get()
    done = Program.objects.filter(revision=revision).update(revision=F("revision") + 1)
    if not done:
        raise Conflict(
            _(
                "Somebody else has changed the settings since you opened this page. Nothing of "
                "yours was saved. Open the page again and make your change."
            ),
            code="program-changed",
        )
    part.write(after)
    Change.objects.create(
        revision=revision + 1, section=section, by=by, before=before, after=part.read()
    )
    program = Program.objects.get()
    audit.record(
        "program-changed", by=by, target=program,
        detail={"section": section, "revision": revision + 1},
    )  # fmt: skip
    transaction.on_commit(lambda: caches["memory"].delete_many(KEPT_UNDER))
    return program


def take_back(*, by: Person | None, number: int, revision: int) -> Program:
    """Put the values back that a change replaced; this is a change of its own.

    Raises:
        Change.DoesNotExist: there is no change of this number.
        Refused: a disclaimer is never taken back.
    """
    found = Change.objects.get(revision=number)
    return change(by=by, section=found.section, value=found.before, revision=revision)


def set_logo(*, by: Person | None, data: bytes, revision: int) -> Program:
    """Keep a picture as the hospital's logo, written anew as PNG; no bytes take the logo away.

    It is drawn before the change begins: until that ends, nobody else writes on SQLite.

    Raises:
        Refused: it is no picture, or too large.
    """
    _require(by)
    if not data:
        return change(by=by, section="logo", value={"blob": ""}, revision=revision)
    if len(data) > logo.LARGEST:
        raise rules.refuse(_("This file is too large for a logo: at most 2 MB."), "logo")
    try:
        picture: bytes = sandbox.run(logo.redrawn, data, memory_mb=1024, cpu_s=20, wall_s=40)
    except sandbox.Failed:
        raise rules.refuse(
            _("This is not a picture that we can read. Send a PNG, JPEG or WebP file."), "logo"
        ) from None
    last = Program.objects.select_related("logo__space").get().logo
    blob = vault.put(last.space if last else vault.new_space(), picture)
    return change(by=by, section="logo", value={"blob": str(blob.pk)}, revision=revision)


@transaction.atomic
def import_settings(*, by: Person | None, document: Mapping[str, Any]) -> list[str]:
    """Change every section that a file names, all or nothing; return those that differ now.

    Raises:
        Refused: the first value that cannot be, with its section and field.
    """
    if unknown := sorted(set(document) - set(IN_FILES)):
        raise Refused(_("There is no such setting: %(name)s") % {"name": ", ".join(unknown)})
    changed = []
    for key in IN_FILES:
        if key not in document:
            continue
        revision = Program.objects.get().revision
        try:
            after = change(by=by, section=key, value=plain(document[key]), revision=revision)
        except Refused as refused:
            place = f"{key}: {refused.field}" if refused.field else key
            raise Refused(f"{place}: {refused.message}", code=refused.code) from None
        if after.revision != revision:
            changed.append(key)
    return changed


def _require(by: Person | None) -> None:
    if by is not None and not has_role(by, *MAY_CHANGE):
        raise NotYours

"""Cases that were sent before get their needs and the words by which they are found."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import migrations
from django.db.models import Min

from secondopinion.core import clock
from secondopinion.core.folding import plain

OF_STATE = {"submitted": "take", "collecting": "look", "ready": "choose", "reported": "deliver"}


def needs_of(case: Any, answered: set[Any]) -> Iterator[str]:
    if case.state in OF_STATE:
        yield OF_STATE[case.state]
    if case.pk in answered:
        yield "answer"


def fill(apps: Any, _editor: Any) -> None:
    case_model, need = apps.get_model("cases", "Case"), apps.get_model("cases", "Need")
    word = apps.get_model("cases", "CaseWord")
    items = apps.get_model("cases", "ChecklistItem").objects.filter(state="answered")
    answered = set(items.values_list("case_id", flat=True))
    sent = case_model.objects.filter(submitted_at__isnull=False).select_related("child")
    for case in sent.iterator(500):
        texts = [case.reference, case.child.full_name, case.child.latin_name]
        for tie in case.child.guardianships.select_related("person"):
            texts += [tie.person.full_name, tie.person.latin_name]
        found = {each[:80] for text in texts for each in re.findall(r"\w+", plain(text))}
        word.objects.bulk_create(word(case=case, word=each) for each in sorted(found))
        if case.ended_at is not None:
            continue
        due = case.due_at or clock.now()
        need.objects.bulk_create(
            need(case=case, why=why, due_at=due) for why in needs_of(case, answered)
        )
        first = need.objects.filter(case=case).aggregate(first=Min("due_at"))["first"]
        if first:
            case_model.objects.filter(pk=case.pk).update(act_by=first)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_the_desk_is_needed")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

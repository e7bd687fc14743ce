"""Jobs of the translations."""

from django.tasks import task

from secondopinion.translation.drafting import draft_by_machine


@task(queue_name="slow")
def machine_draft(translation_id: str) -> None:
    """Let a machine draft one translation that nobody has begun."""
    draft_by_machine(translation_id)

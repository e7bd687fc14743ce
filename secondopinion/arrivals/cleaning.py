"""Forgetting uploads that nobody finished."""

from django.db import transaction

from secondopinion.arrivals.models import Upload, UploadState
from secondopinion.core import clock
from secondopinion.core.staging import Staging


def expire() -> int:
    """Forget the uploads that were not finished in time; return how many."""
    old = Upload.objects.filter(state=UploadState.RECEIVING, expires_at__lt=clock.now())
    count = 0
    for upload in old.select_related("staged"):
        with transaction.atomic():
            count += Upload.objects.filter(pk=upload.pk, state=UploadState.RECEIVING).update(
                state=UploadState.EXPIRED, staged=None
            )
            if upload.staged:
                Staging(upload.staged).discard()
    return count

"""Brings the images of a joined request into the one that goes on, whichever way they had come.

What was sent as files is sorted anew from those; images that another server sent, or that were
fetched from one, have no file behind them. Their bytes are laid under the other case's own key.
"""

from collections.abc import Iterator

from secondopinion.arrivals.models import Upload, UploadState
from secondopinion.arrivals.sorting import Sorter
from secondopinion.cases.models import Case
from secondopinion.core import vault
from secondopinion.imaging.models import Instance


def images_key(case: Case) -> str:
    """Return the key of the upload in which the images of a joined request come along."""
    return f"images.{case.pk.hex}"


def must_wait(upload: Upload) -> bool:
    """Say whether files that came along are still being sorted: most images are in them."""
    files = Upload.objects.filter(
        case=upload.case_id, key__startswith="along.", state=UploadState.RECEIVED
    )
    return files.exists()


def carry(upload: Upload, joined: Case) -> None:
    """Take in what the kept request lacks of the joined one's images; safe to run again."""
    if upload.state != UploadState.RECEIVED:
        return
    sorter = Sorter(upload)
    for instance in _lacking(upload.case, joined):
        # Of two with one number both come along.
        aside = f" ({instance.blob.digest[:12]})" if instance.aside else ""
        name = f"{instance.uid}{aside}"
        if name not in sorter.known:
            with vault.open_blob(instance.blob) as file:
                sorter.take_image(name, vault.put(upload.case.vault, file))
    sorter.flush()
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.SORTED)


def _lacking(case: Case, joined: Case) -> Iterator[Instance]:
    here = set(Instance.objects.filter(series__study__case=case).values_list("uid", "blob__digest"))
    rows = Instance.objects.filter(series__study__case=joined, series__removed_at=None)
    for instance in rows.select_related("blob__space").order_by("pk").iterator(chunk_size=200):
        if (instance.uid, instance.blob.digest) not in here:
            yield instance

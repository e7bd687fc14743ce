"""Jobs of the other servers."""

from datetime import timedelta

from django.tasks import task

from secondopinion.core import clock, jobs
from secondopinion.pacs import fetching, forwarding
from secondopinion.pacs.queries import cases_to_look_at
from secondopinion.pacs.servers import forwards_to


@task()
def fetch(fetch_id: str) -> None:
    """Go on with a fetch, and have another job go on later where it has not ended."""
    pause = fetching.run(fetch_id)
    if pause is not None:
        fetch.using(run_after=clock.now() + pause).enqueue(fetch_id)


@task()
def forward(case_id: str) -> None:
    """Forward the images of a case to the hospital's PACS."""
    if forwarding.run(case_id):
        jobs.enqueue_once(forward, case_id)


@jobs.periodic("images-forwarded", every=timedelta(minutes=1))
def forward_all() -> None:
    """Have the images of every case forwarded that are to be, or whose next try is due."""
    server = forwards_to()
    if server is not None:
        for case_id in cases_to_look_at(server.name, clock.now()):
            jobs.enqueue_once(forward, str(case_id))

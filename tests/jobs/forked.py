"""Runs a job in a forked child that a test kills whenever it likes."""

from __future__ import annotations

import os
import random
import signal
import time
import warnings
from collections.abc import Callable
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from core.jobs.models import Job
from core.jobs.run import run


def killed_somewhere(job_id: int, *, within: float, chance: random.Random) -> bool:
    """Run the job in a child and SIGKILL it after a random time; False when it was done before."""
    return killed_while(lambda: run(job_id), within=within, chance=chance)


def killed_while(act: Callable[[], object], *, within: float, chance: random.Random) -> bool:
    """Do `act` in a child and SIGKILL it after a random time; False when it was done before."""
    # A child that closed an inherited connection would end the parent's session.
    connections.close_all()
    with warnings.catch_warnings():
        # Python 3.12 warns of threads; the child uses nothing of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    time.sleep(chance.uniform(0, within))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def let_lease_end(job_id: int) -> None:
    """As if the time of the lease had passed; nothing else of the row is touched."""
    Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )

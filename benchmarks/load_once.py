"""Load one folder in a process of its own; prints its seconds and its peak memory."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import django

django.setup()

from django.utils import timezone  # noqa: E402

from benchmarks.timing import clocked  # noqa: E402
from core.audit.record import SystemActor  # noqa: E402
from interchange.operations.load_dataset import load  # noqa: E402


def main(folder: Path) -> None:
    by = SystemActor(audit_name="性能对照")
    reports = []
    seconds = clocked(lambda: reports.append(load(folder, by=by, at=timezone.now())))
    if not reports[0].accepted:
        sys.exit("\n".join(str(problem) for problem in reports[0].problems[:20]))
    # Linux counts in kilobytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peak_bytes": peak, "totals": reports[0].totals}))


main(Path(sys.argv[1]))

"""Write one workbook in a process of its own; prints its peak memory."""

from __future__ import annotations

import json
import resource
import sys
import tempfile

import django

django.setup()

from benchmarks.exports import ours  # noqa: E402

with tempfile.TemporaryFile() as target:
    ours(int(sys.argv[1]), target)
# Linux counts in kilobytes.
print(json.dumps({"peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))

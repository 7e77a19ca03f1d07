"""Exit 0 when the address given answers 200; for health checks in images without curl."""

import sys
import urllib.request

request = urllib.request.Request(sys.argv[1], headers={"X-Forwarded-Proto": "https"})  # noqa: S310
with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 - our own address
    sys.exit(0 if answer.status == 200 else 1)

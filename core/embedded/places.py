"""Where the embedded services keep their files.

Everything hangs below `var/` (moved by ZHAOCAI_VAR), except the servers' own
home when `var/` cannot be reached by the unprivileged user that root drops to.
"""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Places:
    var: Path

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def record(self) -> Path:
        """JSON: the servers' home, their user, the Redis port."""
        return self.var / "services.json"

    @property
    def lock(self) -> Path:
        return self.var / "services.lock"

    @property
    def of_tests(self) -> "Places":
        """The servers of a test run: their own, since they keep nothing over a power cut."""
        return Places(self.var / "tests")


def current_places() -> Places:
    configured = os.environ.get("ZHAOCAI_VAR")
    return Places(Path(configured).resolve() if configured else PROJECT_ROOT / "var")

"""Where a pool of funds stands."""

from __future__ import annotations

from organisations.models import Region


def province_of(region: Region) -> Region:
    """The region's province; itself where it is one. Follows at most two parents."""
    found = region
    while found.parent is not None:
        found = found.parent
    return found

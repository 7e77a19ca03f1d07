"""The order in which a province is made; the same seed and size give the same files."""

from __future__ import annotations

from pathlib import Path
from random import Random

from ..periods import Month
from .catalogue import make_catalogue, month_edges
from .draft import MONTHS, Draft
from .exact import make_exact_cases
from .paper import make_paper
from .places import make_places
from .sparse import make_sparse_cases
from .trade import make_trade

PREFIXES = ("36", "36", "36", "37", "61", "43")


def generate(seed: int, folder: Path, size: int) -> list[str]:
    """Write the dataset; returns the months worth computing, the one in the middle of everything first."""
    rng = Random(seed)
    month = Month.parse(rng.choice(MONTHS))
    draft = Draft(rng, month, size, rng.choice(PREFIXES))
    draft.edges += month_edges(month)
    places = make_places(draft)
    catalogue = make_catalogue(draft, places)
    make_paper(draft, places, catalogue)
    make_trade(draft, places, catalogue)
    make_exact_cases(draft, places, catalogue)
    make_sparse_cases(draft, places, catalogue)
    draft.write(folder)
    months = [str(month), str(month.plus(-1)), str(month.plus(1))]
    (folder / "months.txt").write_text("\n".join(months) + "\n", encoding="utf-8")
    return months

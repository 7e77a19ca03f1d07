"""python -m tests.oracle DIR YYYY-MM OUTDIR: write OUTDIR/indicators.csv and OUTDIR/warnings.csv."""

from __future__ import annotations

import sys
from pathlib import Path

from .dataset import read_dataset
from .export import write_indicators, write_warnings
from .indicators import indicators
from .periods import Month
from .warnings import warnings
from .world import World


def main(folder: str, month: str, out: str) -> None:
    world = World(read_dataset(Path(folder)), Month.parse(month))
    rows = indicators(world)
    Path(out).mkdir(parents=True, exist_ok=True)
    write_indicators(Path(out) / "indicators.csv", world, rows)
    write_warnings(Path(out) / "warnings.csv", world, warnings(world, rows))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

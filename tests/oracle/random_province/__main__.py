"""python -m tests.oracle.random_province SEED OUTDIR [--size N]; N is about the number of orders (default 200)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .generate import generate


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.oracle.random_province", description=__doc__
    )
    parser.add_argument("seed", type=int)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--size", type=int, default=200, metavar="N")
    options = parser.parse_args()
    months = generate(options.seed, options.outdir, options.size)
    sys.stdout.write(f"{' '.join(months)}\n")


if __name__ == "__main__":
    main()

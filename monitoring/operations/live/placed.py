"""The indicators' own SQL over other tables: rows of the changed lines, before and now."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = re.compile(r"\b(?:ind|procurement|contracts|volumes|complaints)_[a-z_]+\b")
CUT = "%(cut)s"
OLD_CUT = "%(old_cut)s"


def placed(sql: str, tables: Mapping[str, str]) -> str:
    """`sql` with the tables that are named replaced; others stay."""
    return NAME.sub(lambda found: tables.get(found[0], found[0]), sql)


def as_of_before(sql: str) -> str:
    """The same as of the cut of the last fold."""
    return sql.replace(CUT, OLD_CUT)

"""Rows that are right beyond doubt, told while reading; all others are looked at in SQL.

One regular expression per header, over the undecoded line: several times cheaper than the same
tests cell by cell in the database. It may be stricter than the format (29 February, 5-digit
numbers of lines, long names), never looser: what it takes, `kinds.is_right` takes too.
"""

from __future__ import annotations

import re

from core.datasets.column import Column, Kind, Sign

NUMBER = r"[0-9]{1,14}(?:\.[0-9]{1,4})?"
MONTH_AND_DAY = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
INSTANT = (
    rf"(?:19|20|21)[0-9]{{2}}-{MONTH_AND_DAY}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]"
    r"(?::[0-5][0-9](?:\.[0-9]{1,6})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
)


def shape_of(columns: list[Column]) -> re.Pattern[bytes]:
    """What a line with these columns, in this order, looks like when every cell is right."""
    return re.compile(",".join(_cell(column) for column in columns).encode())


def _cell(column: Column) -> str:
    form = _form(column)
    return f"(?:{form})?" if column.optional else f"(?:{form})"


def _form(column: Column) -> str:
    match column.kind:
        case Kind.TEXT:
            if column.pattern:
                return column.pattern.removeprefix("^").removesuffix("$")
            # Bytes are no fewer than characters.
            return f"[^,]{{1,{column.max_length or ''}}}"
        case Kind.CHOICE:
            return "|".join(map(re.escape, column.choices))
        case Kind.TAGS:
            words = "|".join(map(re.escape, column.choices))
            return f"(?:{words})(?:;(?:{words}))*"
        case Kind.FLAG:
            return "[01]"
        case Kind.NUMBER:
            return _number(column.sign)
        case Kind.WHOLE:
            return "[1-9][0-9]{0,3}" if column.smallest == 1 else "[0-9]{1,4}"
        case Kind.DAY:
            return rf"(?!0000)[0-9]{{4}}-{MONTH_AND_DAY}"
        case Kind.MONTH:
            return "(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])"
        case Kind.INSTANT:
            return INSTANT


def _number(sign: Sign) -> str:
    match sign:
        case Sign.POSITIVE:
            return rf"(?=[0-9.]*[1-9]){NUMBER}"
        case Sign.SHARE:
            return r"[01]|0\.[0-9]{1,4}"
        case Sign.ANY:
            return f"-?{NUMBER}"
        case Sign.NOT_NEGATIVE:
            return NUMBER

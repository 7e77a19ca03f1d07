"""What each kind of column means in SQL: is the cell right, how is it read, how is it written."""

from __future__ import annotations

from core.datasets.column import Column, Kind, Sign

NUMBER = r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$"
NOT_NEGATIVE = r"^([0-9]{1,14}(\.[0-9]{1,4})?|-0{1,14}(\.0{1,4})?)$"
SHARE = r"^(-?0{1,14}(\.0{1,4})?|0{1,14}\.[0-9]{1,4}|0{0,13}1(\.0{1,4})?)$"
WHOLE = r"^[0-9]{1,14}$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
# Years are bounded: a mistyped one would open partitions that nobody looks into.
INSTANT = (
    r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]"
    r"(:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-5]):[0-5][0-9])?$"
)

NUMBER_FORM = "整数部分至多 14 位，小数至多 4 位，不带加号、空格、千分位和指数"
REASONS = {
    Kind.WHOLE: "不是整数：应只有数字",
    Kind.FLAG: "应为 0（否）或 1（是）",
    Kind.DAY: "不是日期：应写作 YYYY-MM-DD，且确有这一天",
    Kind.MONTH: "不是月份：应写作 YYYY-MM",
    Kind.INSTANT: "不是时间：应写作 YYYY-MM-DDTHH:MM:SS（秒可省，可带 Z 或 ±hh:mm），日期须确有这一天",
}
TYPES = {
    Kind.TEXT: "text",
    Kind.CHOICE: "text",
    Kind.NUMBER: "numeric",
    Kind.WHOLE: "integer",
    Kind.FLAG: "boolean",
    Kind.DAY: "date",
    Kind.MONTH: "date",
    Kind.INSTANT: "timestamptz",
    Kind.TAGS: "text[]",
}


def literal(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def is_right(column: Column, cell: str) -> str:
    """SQL: whether the cell's text may stand in the column; never NULL, never an error."""
    right = _form(column, cell)
    if column.optional:
        return right if right == "true" else f"({cell} = '' OR {right})"
    return f"{cell} <> ''" if right == "true" else f"({cell} <> '' AND {right})"


def _form(column: Column, cell: str) -> str:
    match column.kind:
        case Kind.TEXT:
            parts = []
            if column.max_length is not None:
                parts.append(f"char_length({cell}) <= {column.max_length}")
            if column.pattern:
                parts.append(f"{cell} ~ {literal(column.pattern)}")
            return " AND ".join(parts) or "true"
        case Kind.CHOICE:
            return f"{cell} IN ({', '.join(map(literal, column.choices))})"
        case Kind.TAGS:
            words = "|".join(column.choices)
            return f"{cell} ~ '^({words})(;({words}))*$'"
        case Kind.FLAG:
            return f"{cell} IN ('0', '1')"
        case Kind.NUMBER:
            return _number_form(column.sign, cell)
        case Kind.WHOLE:
            return (
                f"CASE WHEN {cell} ~ '{WHOLE}' THEN {cell}::bigint "
                f"BETWEEN {column.smallest} AND {column.largest} ELSE false END"
            )
        case Kind.DAY:
            return (
                f"CASE WHEN {cell} ~ '{DAY}' THEN pg_input_is_valid({cell}, 'date') ELSE false END"
            )
        case Kind.MONTH:
            return f"({cell} ~ '{MONTH}' AND {cell} >= '0001')"
        case Kind.INSTANT:
            return (
                f"CASE WHEN {cell} ~ '{INSTANT}' "
                f"THEN pg_input_is_valid({cell}, 'timestamptz') ELSE false END"
            )


def _number_form(sign: Sign, cell: str) -> str:
    match sign:
        case Sign.ANY:
            return f"{cell} ~ '{NUMBER}'"
        case Sign.NOT_NEGATIVE:
            return f"{cell} ~ '{NOT_NEGATIVE}'"
        case Sign.POSITIVE:
            return f"({cell} ~ '{NOT_NEGATIVE}' AND {cell} ~ '[1-9]')"
        case Sign.SHARE:
            return f"{cell} ~ '{SHARE}'"


def reason(column: Column, cell: str) -> str:
    """SQL: what is wrong with a cell that is not right, and the way out."""
    parts = [] if column.optional else [f"WHEN {cell} = '' THEN '必填，不能为空'"]
    match column.kind:
        case Kind.TEXT:
            if column.max_length is not None:
                parts.append(
                    f"WHEN char_length({cell}) > {column.max_length} "
                    f"THEN '过长：至多 {column.max_length} 个字符'"
                )
            otherwise = f"编码格式不对：应为{column.pattern_says}"
        case Kind.CHOICE:
            otherwise = f"不在可选值内：应为 {'、'.join(column.choices)}"
        case Kind.TAGS:
            otherwise = f"应为以“;”分隔的标记，可用的有：{'、'.join(column.choices)}"
        case Kind.NUMBER:
            parts.append(f"WHEN {cell} !~ '{NUMBER}' THEN '不是数：{NUMBER_FORM}'")
            otherwise = {
                Sign.POSITIVE: "应大于 0",
                Sign.SHARE: "应在 0 与 1 之间",
            }.get(column.sign, "不能为负")
        case Kind.WHOLE:
            parts.append(
                f"WHEN {cell} ~ '{WHOLE}' "
                f"THEN '应为 {column.smallest} 至 {column.largest} 之间的整数'"
            )
            otherwise = REASONS[Kind.WHOLE]
        case _:
            otherwise = REASONS[column.kind]
    if not parts:
        return literal(otherwise)
    return f"CASE {' '.join(parts)} ELSE {literal(otherwise)} END"


def read(column: Column, cell: str) -> str:
    """SQL: the typed value of a right cell; absent is NULL, or the column's default."""
    match column.kind:
        case Kind.TEXT | Kind.CHOICE:
            value = f"NULLIF({cell}, '')"
        case Kind.FLAG:
            return f"({cell} = '1')"
        case Kind.TAGS:
            return f"string_to_array({cell}, ';')"
        case Kind.MONTH:
            return f"({cell} || '-01')::date"
        case kind:
            value = f"NULLIF({cell}, '')::{TYPES[kind]}"
    if column.default is None:
        return value
    return f"coalesce({value}, {literal(column.default)}::{TYPES[column.kind]})"


def write(column: Column, value: str) -> str:
    """SQL: the canonical text of a typed value; what is read back is equal."""
    match column.kind:
        case Kind.NUMBER:
            return f"trim_scale({value})::text"
        case Kind.FLAG:
            return f"CASE WHEN {value} THEN '1' ELSE '0' END"
        case Kind.MONTH:
            return f"to_char({value}, 'YYYY-MM')"
        case Kind.TAGS:
            return f"NULLIF(array_to_string({value}, ';'), '')"
        case Kind.INSTANT:
            return _write_instant(value)
        case Kind.TEXT | Kind.CHOICE:
            return value
        case _:
            return f"{value}::text"


def _write_instant(value: str) -> str:
    # A local time says which instant it is, save in the years of summer time, until 1991.
    eight = f"({value} AT TIME ZONE '+08:00'::interval)"
    return f"""
    to_char({eight}, 'YYYY-MM-DD"T"HH24:MI:SS')
    || CASE WHEN date_trunc('second', {value}) = {value} THEN ''
            ELSE rtrim(to_char({eight}, '.US'), '0') END
    || CASE WHEN {value} < '1992-01-01+08' THEN '+08:00' ELSE '' END"""

"""Derive the rows of all subjects of an indicator from its held unit rows."""

from __future__ import annotations

from datetime import date

from django.db.backends.utils import CursorWrapper

from monitoring.indicators.base import BASE, measures
from monitoring.indicators.declaration import REGIONS, Indicator, Subject

REGION = "ind_region"
KEY_COLUMNS = {
    "batch": ("batch_id", "year_no"),
    "group": ("group_id",),
    "product": ("product_id",),
    "category": ("category",),
}
KEY_CODES = {
    "batch": ("kb.code", "a.year_no"),
    "group": ("kg.code",),
    "product": ("kp.code",),
    "category": ("a.category",),
}
KEY_JOINS = {
    "batch": "JOIN catalog_batch kb ON kb.id = a.batch_id",
    "group": "JOIN catalog_group kg ON kg.id = a.group_id",
    "product": "JOIN catalog_product kp ON kp.id = a.product_id",
    "category": "",
}
NO_CODES = {
    "batch": ("''", "NULL::smallint"),
    "group": ("''",),
    "product": ("''",),
    "category": ("''",),
}
COLUMNS = (
    'month, indicator, "window", subject_type, subject_code,'
    " batch_code, year_no, group_code, product_code, category,"
    " numerator, denominator, assessed,"
    " institution_id, enterprise_id, county_id, city_id, pool_id, province_id"
)

# Per subject type: what it is grouped by, its code, what is joined for that,
# and the party columns (institution, enterprise, county, city, pool, province).
SHAPES: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "institution": (
        ("unit_id",),
        "o.code",
        "JOIN ind_home h ON h.unit_id = a.unit_id"
        " JOIN organisations_organisation o ON o.id = a.unit_id",
        "a.unit_id, NULL::bigint, h.county_id, h.city_id, h.pool_id, h.province_id",
    ),
    "county": (
        ("county_id", "city_id", "province_id"),
        "r.code",
        "JOIN organisations_region r ON r.id = a.county_id",
        "NULL::bigint, NULL::bigint, a.county_id, a.city_id, NULL::bigint, a.province_id",
    ),
    "city": (
        ("city_id", "province_id"),
        "r.code",
        "JOIN organisations_region r ON r.id = a.city_id",
        "NULL::bigint, NULL::bigint, NULL::bigint, a.city_id, NULL::bigint, a.province_id",
    ),
    "pool": (
        ("pool_id", "province_id"),
        "l.code",
        "JOIN organisations_pool l ON l.id = a.pool_id"
        " JOIN ind_place e ON e.region_id = l.region_id",
        "NULL::bigint, NULL::bigint, NULL::bigint, e.city_id, a.pool_id, a.province_id",
    ),
    "province": (
        ("province_id",),
        "r.code",
        "JOIN organisations_region r ON r.id = a.province_id",
        "NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, a.province_id",
    ),
    "manufacturer": (
        ("manufacturer_id", "province_id"),
        "o.code",
        "JOIN organisations_organisation o ON o.id = a.manufacturer_id",
        "NULL::bigint, a.manufacturer_id, NULL::bigint, NULL::bigint, NULL::bigint, a.province_id",
    ),
    "distributor": (
        ("distributor_id", "province_id"),
        "o.code",
        "JOIN organisations_organisation o ON o.id = a.distributor_id",
        "NULL::bigint, a.distributor_id, NULL::bigint, NULL::bigint, NULL::bigint, a.province_id",
    ),
    "product": (
        ("product_id", "province_id"),
        "p.code",
        "JOIN catalog_product p ON p.id = a.product_id",
        "NULL::bigint, p.manufacturer_id, NULL::bigint, NULL::bigint, NULL::bigint, a.province_id",
    ),
}


def write_rows(cursor: CursorWrapper, indicator: Indicator, month: date, target: str) -> int:
    """Insert every row of the indicator into `target`; returns how many."""
    written = 0
    for subject in indicator.subjects:
        if set(subject.types) & set(REGIONS):
            _sum_to_regions(cursor, indicator, subject)
        for kind in subject.types:
            cursor.execute(
                f"INSERT INTO {target} ({COLUMNS}) {_rows(indicator, subject, kind)}"
                " WHERE w.numerator <> 0 OR w.denominator <> 0",
                {"month": month},
            )
            written += cursor.rowcount
    return written


def write_differences(indicator: Indicator, base: str, target: str) -> str:
    """One statement that does the same from `base`, a SELECT of what unit rows differ by.

    Units' rows are written even where both sides are 0, because they can differ in being assessed.
    """
    heads = [f"{BASE} AS MATERIALIZED (\n{base}\n)"]
    parts = []
    for number, subject in enumerate(indicator.subjects):
        region = f"{REGION}_{number}"
        if set(subject.types) & set(REGIONS):
            heads.append(f"{region} AS MATERIALIZED ({_regions(indicator, subject)})")
        for kind in subject.types:
            rows = _rows(indicator, subject, kind, region)
            if kind != "institution":
                rows += " WHERE w.numerator <> 0 OR w.denominator <> 0"
            parts.append(rows)
    return f"WITH {', '.join(heads)} INSERT INTO {target} ({COLUMNS}) {' UNION ALL '.join(parts)}"


def _key_columns(subject: Subject) -> list[str]:
    return [column for key in subject.keys for column in KEY_COLUMNS[key]]


def _sums(indicator: Indicator, subject: Subject) -> str:
    return ", ".join(
        f"sum({flag}_{side}) AS {flag}_{side}"
        for _, flag in measures(indicator, subject)
        for side in ("numerator", "denominator")
    )


def _sum_to_regions(cursor: CursorWrapper, indicator: Indicator, subject: Subject) -> None:
    """One pass over the unit rows; county, city, pool and province rows start from it."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{REGION}")
    cursor.execute(f"CREATE TEMP TABLE {REGION} ON COMMIT DROP AS {_regions(indicator, subject)}")


def _regions(indicator: Indicator, subject: Subject) -> str:
    grouped = ", ".join(["county_id", "city_id", "pool_id", "province_id", *_key_columns(subject)])
    return (
        f"SELECT {grouped}, {_sums(indicator, subject)}"
        f" FROM {BASE} JOIN ind_home USING (unit_id) GROUP BY {grouped}"
    )


def _rows(indicator: Indicator, subject: Subject, kind: str, region: str = REGION) -> str:
    """The SELECT of one type's rows, by window (w); the caller says which are written."""
    own, code, joins, parties = SHAPES[kind]
    grouped = ", ".join(dict.fromkeys([*own, *_key_columns(subject)]))
    source = region if kind in REGIONS else BASE
    if "province_id" in own and source == BASE:
        source = f"{BASE} JOIN ind_home USING (unit_id)"
    is_unit = kind == "institution"
    keys = ", ".join(
        part for key in KEY_CODES for part in (KEY_CODES if key in subject.keys else NO_CODES)[key]
    )
    windows = ", ".join(
        f"('{window}', a.{flag}_numerator, a.{flag}_denominator)"
        for window, flag in measures(indicator, subject)
    )
    return f"""
        SELECT %(month)s::date, '{indicator.code}', w.name, '{kind}', {code}, {keys},
               w.numerator, w.denominator, {"a.assessed" if is_unit else "TRUE"}, {parties}
        FROM (
            SELECT {grouped}, {_sums(indicator, subject)}
                   {", bool_and(assessed) AS assessed" if is_unit else ""}
            FROM {source}
            WHERE {own[0]} IS NOT NULL
            GROUP BY {grouped}
        ) a
        {joins}
        {" ".join(KEY_JOINS[key] for key in subject.keys)}
        CROSS JOIN LATERAL (VALUES {windows}) AS w(name, numerator, denominator)"""

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
NO_CODES = {"batch": ("''", "NULL"), "group": ("''",), "product": ("''",), "category": ("''",)}
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
        "a.unit_id, NULL, h.county_id, h.city_id, h.pool_id, h.province_id",
    ),
    "county": (
        ("county_id", "city_id", "province_id"),
        "r.code",
        "JOIN organisations_region r ON r.id = a.county_id",
        "NULL, NULL, a.county_id, a.city_id, NULL, a.province_id",
    ),
    "city": (
        ("city_id", "province_id"),
        "r.code",
        "JOIN organisations_region r ON r.id = a.city_id",
        "NULL, NULL, NULL, a.city_id, NULL, a.province_id",
    ),
    "pool": (
        ("pool_id", "province_id"),
        "l.code",
        "JOIN organisations_pool l ON l.id = a.pool_id"
        " JOIN ind_place e ON e.region_id = l.region_id",
        "NULL, NULL, NULL, e.city_id, a.pool_id, a.province_id",
    ),
    "province": (
        ("province_id",),
        "r.code",
        "JOIN organisations_region r ON r.id = a.province_id",
        "NULL, NULL, NULL, NULL, NULL, a.province_id",
    ),
    "manufacturer": (
        ("manufacturer_id", "province_id"),
        "o.code",
        "JOIN organisations_organisation o ON o.id = a.manufacturer_id",
        "NULL, a.manufacturer_id, NULL, NULL, NULL, a.province_id",
    ),
    "distributor": (
        ("distributor_id", "province_id"),
        "o.code",
        "JOIN organisations_organisation o ON o.id = a.distributor_id",
        "NULL, a.distributor_id, NULL, NULL, NULL, a.province_id",
    ),
    "product": (
        ("product_id", "province_id"),
        "p.code",
        "JOIN catalog_product p ON p.id = a.product_id",
        "NULL, p.manufacturer_id, NULL, NULL, NULL, a.province_id",
    ),
}


def write_rows(
    cursor: CursorWrapper,
    indicator: Indicator,
    month: date,
    target: str,
    *,
    differences: bool = False,
) -> int:
    """Insert every row of the indicator into `target`; returns how many.

    differences: the base holds what unit rows differ by; units' rows are written even where both
    sides are 0, because they can differ in being assessed.
    """
    written = 0
    for subject in indicator.subjects:
        if set(subject.types) & set(REGIONS):
            _sum_to_regions(cursor, indicator, subject)
        for kind in subject.types:
            written_all = differences and kind == "institution"
            cursor.execute(
                _insert(indicator, subject, kind, target)
                + ("" if written_all else " WHERE w.numerator <> 0 OR w.denominator <> 0"),
                {"month": month},
            )
            written += cursor.rowcount
    return written


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
    grouped = ", ".join(["county_id", "city_id", "pool_id", "province_id", *_key_columns(subject)])
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{REGION}")
    cursor.execute(
        f"CREATE TEMP TABLE {REGION} ON COMMIT DROP AS"
        f" SELECT {grouped}, {_sums(indicator, subject)}"
        f" FROM {BASE} JOIN ind_home USING (unit_id) GROUP BY {grouped}"
    )


def _insert(indicator: Indicator, subject: Subject, kind: str, target: str) -> str:
    own, code, joins, parties = SHAPES[kind]
    grouped = ", ".join(dict.fromkeys([*own, *_key_columns(subject)]))
    source = REGION if kind in REGIONS else BASE
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
        INSERT INTO {target} ({COLUMNS})
        SELECT %(month)s, '{indicator.code}', w.name, '{kind}', {code}, {keys},
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

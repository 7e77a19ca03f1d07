"""年度考核 of a batch's agreement year, per unit and group: the one judgement that 通报 and 结余留用 share.

S2-14.1: a group fails where the agreed quantity of one of its selected products was not completed,
or where the non-selected share is over the limit. The figures are those of completion_rate and
non_selected_share at the year's last day; exemptions are in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from catalog.models import AgreementYear
from catalog.queries.overrides import overrides_of
from monitoring.indicators.cut import MonthCut, day_start, parameters_of
from monitoring.indicators.render import fill
from monitoring.indicators.scope import Scope
from monitoring.indicators.staging import Log, build_stages
from policy.queries.read import PolicyValue, resolve, values_on

ASSESSMENT = "ind_assessment"
STAGES = ("accepted", "completion", "agreed", "report", "home")
CLAUSE = "赣医保字〔2024〕22号 十四（一）"

REASONS = {
    "no_agreement": "没有已生效的协议",
    "incomplete": "约定采购量未完成",
    "non_selected": "非中选占比超过上限",
}
"""In the order in which the first that applies is the row's."""

JUDGED = """
CREATE TEMP TABLE ind_assessment ON COMMIT DROP AS
WITH wanted AS (
    SELECT x.unit_id, x.group_id
    FROM (
        SELECT unit_id, batch_id, year_no, group_id FROM ind_agreed
        UNION
        SELECT unit_id, batch_id, year_no, group_id FROM ind_accepted
        UNION
        SELECT unit_id, batch_id, year_no, group_id FROM ind_report WHERE status = 'approved'
    ) x
    JOIN ind_bucket k ON k.batch_id = x.batch_id AND k.group_id = x.group_id AND k.covered
    WHERE x.batch_id = %(scope_batch)s AND x.year_no = %(year_no)s
),
done AS (
    SELECT c.unit_id, p.group_id,
           count(*) AS products, count(*) FILTER (WHERE NOT c.assessed) AS exempt,
           sum(c.agreed) AS agreed, sum(c.numerator) AS completed,
           COALESCE(array_agg(p.code ORDER BY p.code)
                    FILTER (WHERE c.assessed AND c.numerator < c.agreed), '{}') AS incomplete
    FROM ind_completion c
    JOIN catalog_product p ON p.id = c.product_id
    WHERE c.batch_id = %(scope_batch)s AND c.year_no = %(year_no)s AND c.agreed > 0
      AND p.group_id IS NOT NULL
    GROUP BY c.unit_id, p.group_id
),
share AS (
    SELECT x.unit_id, x.group_id,
           round(round(COALESCE(sum(x.numerator), 0), 20), 8) AS numerator,
           round(round(COALESCE(sum(x.denominator), 0), 20), 8) AS denominator
    FROM ({lines:non_selected_share}) x
    WHERE x.in_ytd AND x.batch_id = %(scope_batch)s AND x.year_no = %(year_no)s
    GROUP BY x.unit_id, x.group_id
),
judged AS (
    SELECT w.unit_id, w.group_id, d.unit_id IS NOT NULL AS has_agreement,
           COALESCE(d.products, 0) AS products, COALESCE(d.exempt, 0) AS exempt,
           COALESCE(d.agreed, 0) AS agreed, COALESCE(d.completed, 0) AS completed,
           COALESCE(d.incomplete, '{}') AS incomplete,
           COALESCE(s.numerator, 0) AS share_numerator,
           COALESCE(s.denominator, 0) AS share_denominator,
           -- Multiplied, not divided, so that a share exactly at the limit passes.
           COALESCE(CASE WHEN s.denominator > 0 THEN s.numerator > %(share_max)s * s.denominator
                         WHEN s.denominator < 0 THEN s.numerator < %(share_max)s * s.denominator
                    END, FALSE) AS over_share
    FROM wanted w
    LEFT JOIN done d ON d.unit_id = w.unit_id AND d.group_id = w.group_id
    LEFT JOIN share s ON s.unit_id = w.unit_id AND s.group_id = w.group_id
)
SELECT j.*, b.because, b.because = '' AS passed
FROM judged j
CROSS JOIN LATERAL (
    SELECT CASE WHEN NOT j.has_agreement THEN 'no_agreement'
                WHEN j.incomplete <> '{}' THEN 'incomplete'
                WHEN j.over_share THEN 'non_selected' ELSE '' END AS because
) b
"""


@dataclass(frozen=True)
class YearTerms:
    """The batch's values on the year's last day, by key, each with its clause."""

    year: AgreementYear
    values: dict[str, PolicyValue]

    @property
    def share_max(self) -> Decimal | None:
        """Upper limit of the non-selected share, 0 to 1; None: not in force, every share passes."""
        value = self.values["non_selected_share_max"]
        return value.number if value.in_force else None


@dataclass(frozen=True)
class Assessed:
    """One unit × group: quantities in base units, the share's two sides held to 8 decimals."""

    unit_id: int
    group_id: int
    passed: bool
    because: str
    products: int
    exempt: int
    agreed: Decimal
    completed: Decimal
    incomplete: list[str]
    share_numerator: Decimal
    share_denominator: Decimal


def year_terms(year: AgreementYear) -> YearTerms:
    """What binds the batch on the year's last day: its policy with its own values on top."""
    batch, on = year.batch, year.ends_on
    return YearTerms(year, resolve(values_on(batch.policy.code, on), overrides_of(batch.pk, on)))


def year_cut(ends_on: date) -> MonthCut:
    """The cut at the first instant after the year's last day."""
    return MonthCut(ends_on.replace(day=1), until=day_start(ends_on + timedelta(days=1)))


def build_assessment(
    cursor: CursorWrapper,
    terms: YearTerms,
    log: Log = lambda _: None,
    institutions: tuple[int, ...] | None = None,
) -> dict[str, Any]:
    """Make the temporary table `ind_assessment` and the stages that it reads; gives the parameters.

    One pass over the year's purchases of the batch; `institutions` narrows it to units whose
    members these all are. Lives until the transaction ends. Set-based: the number of statements is
    the same for one unit and for all.
    """
    year = terms.year
    scope = Scope(institutions=institutions, batch_id=year.batch_id)
    parameters, _ = parameters_of(year_cut(year.ends_on))
    parameters |= scope.parameters()
    parameters |= {"year_no": year.year_no, "share_max": terms.share_max}
    # As in the monthly computation: what was just loaded has no statistics yet.
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("SET LOCAL work_mem = '64MB'")
    cursor.execute("SET LOCAL enable_nestloop = off")
    build_stages(cursor, parameters, log, only=STAGES, scope=scope)
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{ASSESSMENT}")
    cursor.execute(fill(JUDGED), parameters)
    cursor.execute(f"ANALYZE {ASSESSMENT}")
    return parameters


def assessed_year(year: AgreementYear) -> Iterator[Assessed]:
    """The judgement of every unit and group of the year, by unit and group id.

    Must run in a transaction; the temporary tables end with it.
    """
    with connection.cursor() as cursor:
        build_assessment(cursor, year_terms(year))
        cursor.execute(
            "SELECT unit_id, group_id, passed, because, products, exempt, agreed, completed,"
            f" incomplete, share_numerator, share_denominator FROM {ASSESSMENT}"
            " ORDER BY unit_id, group_id"
        )
        while rows := cursor.fetchmany(5000):
            for row in rows:
                yield Assessed(*row)


def reason_words(
    because: str,
    *,
    incomplete: Sequence[str] = (),
    share: Decimal | None = None,
    share_max: Decimal | None = None,
) -> str:
    """Why a group failed, as 通报 and the explanation sheet say it; empty where it passed."""
    match because:
        case "incomplete":
            return (
                f"{REASONS[because]}：{'、'.join(incomplete)}" if incomplete else REASONS[because]
            )
        case "non_selected" if share is not None and share_max is not None:
            return f"非中选占比 {share * 100:.2f}% 超过上限 {share_max * 100:.2f}%"
    return REASONS.get(because, "")

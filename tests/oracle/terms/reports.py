"""report_deviation and signing_rate: what was promised on paper, up to the month's cut."""

from __future__ import annotations

from ..dataset import VolumeReport
from ..rows import Key, Row, Tally, region_rows
from ..world import World

ReportKey = tuple[str, int, str, str]


def known_reports(world: World, statuses: tuple[str, ...]) -> list[VolumeReport]:
    return [
        report
        for report in world.data.reports
        if report.status in statuses
        and report.submitted_at is not None
        and report.submitted_at < world.month.cut
    ]


def report_key(world: World, report: VolumeReport) -> ReportKey:
    return (
        report.batch_code,
        report.year_no,
        report.group_code,
        world.unit_of[report.institution_code],
    )


def report_deviation(world: World) -> list[Row]:
    """(Reported − prior) ÷ prior of a unit's submitted or approved reports."""
    current = {(year.batch_code, year.year_no) for _, year in world.years_of_month()}
    tally = Tally()
    for report in known_reports(world, ("submitted", "approved")):
        if (report.batch_code, report.year_no) not in current:
            continue
        key = Key(
            "report_deviation",
            "ytd",
            "institution",
            world.unit_of[report.institution_code],
            report.batch_code,
            str(report.year_no),
            report.group_code,
        )
        prior = report.prior_year_qty or 0
        tally.add(key, report.reported_qty - prior, prior)
    return list(tally.rows())


def explained_reports(world: World) -> set[ReportKey]:
    """Rows whose explanation is accepted: all their reports are approved and one has an explanation."""
    by_row: dict[ReportKey, list[VolumeReport]] = {}
    for report in known_reports(world, ("submitted", "approved")):
        by_row.setdefault(report_key(world, report), []).append(report)
    return {
        key
        for key, reports in by_row.items()
        if all(report.status == "approved" for report in reports)
        and any(report.explanation for report in reports)
    }


def reported_units(world: World) -> set[ReportKey]:
    """Batch, year, group, unit with an approved report."""
    return {report_key(world, report) for report in known_reports(world, ("approved",))}


def signing_rate(world: World) -> list[Row]:
    """Agreement lines signed by all three ÷ agreement lines."""
    current = {(year.batch_code, year.year_no) for _, year in world.years_of_month()}
    units, parties = Tally(), Tally()
    for agreement in world.data.agreements:
        if (agreement.batch_code, agreement.year_no) not in current:
            continue
        signed = 1 if world.is_effective(agreement) else 0
        batch_year = (agreement.batch_code, str(agreement.year_no))
        unit = world.unit_of[agreement.institution_code]
        units.add(Key("signing_rate", "ytd", "institution", unit, *batch_year), signed, 1)
        for party, code in (
            ("manufacturer", agreement.manufacturer_uscc),
            ("distributor", agreement.distributor_uscc),
        ):
            parties.add(Key("signing_rate", "ytd", party, code, *batch_year), signed, 1)
    unit_rows = list(units.rows())
    return [*unit_rows, *region_rows(world, unit_rows), *parties.rows()]

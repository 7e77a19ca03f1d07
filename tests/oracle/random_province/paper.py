"""Volume reports, agreements, exemptions, purchase history and complaints."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from ..periods import add_months, midnight, year_before
from .catalogue import Catalogue
from .draft import Draft, number
from .places import Places


def make_paper(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    make_reports(draft, places, catalogue)
    make_agreements(draft, places, catalogue)
    make_exemptions(draft, places, catalogue)
    make_history(draft, places, catalogue)
    make_complaints(draft, places, catalogue)


def make_reports(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Changes on both sides of the limits and exactly on them; every status; submitted around the cut."""
    rng = draft.rng
    for batch, groups in catalogue.groups_of.items():
        for year_no, starts_on, _ in catalogue.years_of[batch]:
            for group in groups:
                for institution in places.institutions:
                    if draft.chance(0.5):
                        continue
                    status = rng.choice(
                        ("approved", "approved", "approved", "submitted", "draft", "returned")
                    )
                    prior = number(rng.choice((100, 1000, "33.3333", 0)))
                    change = Decimal(
                        rng.choice(("0.8", "0.7999", "0.85", "2.5", "2.5001", "1", "1.2", "0"))
                    )
                    draft.add(
                        "volume_reports",
                        batch_code=batch,
                        year_no=year_no,
                        institution_code=institution,
                        group_code=group,
                        reported_qty=number(prior * change)
                        if prior
                        else number(rng.choice((0, 50))),
                        prior_year_qty=None if prior == 0 and draft.chance(0.5) else prior,
                        explanation=rng.choice((None, None, "用量变化，已说明")),
                        submitted_at=None
                        if status == "draft" and draft.chance(0.5)
                        else rng.choice((midnight(starts_on) - timedelta(days=40), draft.edge())),
                        status=status,
                    )


def signature(draft: Draft, starts_on: date) -> datetime | None:
    if draft.chance(0.06):
        return None
    if draft.chance(0.12):
        return draft.beside(draft.cut)
    if draft.chance(0.1):
        return draft.edge()
    return draft.between(midnight(starts_on) - timedelta(days=20), midnight(starts_on))


def make_agreements(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """By institution and manufacturer, some products twice, quantities that divide badly, signatures around the cut."""
    rng = draft.rng
    serial = 0
    for batch, products in catalogue.selected.items():
        for year_no, starts_on, _ in catalogue.years_of[batch]:
            for institution in places.institutions:
                if draft.chance(0.3):
                    continue
                for product in products:
                    for _ in range(rng.choice((0, 1, 1, 1, 2))):
                        serial += 1
                        draft.add(
                            "agreements",
                            agreement_no=f"A{serial:05d}",
                            batch_code=batch,
                            year_no=year_no,
                            institution_code=institution,
                            manufacturer_uscc=catalogue.manufacturer_of[product],
                            distributor_uscc=rng.choice(places.distributors),
                            product_code=product,
                            agreed_qty=number(rng.choice((3, 7, 11, 100, 300, "33.3333", "0.7"))),
                            price=rng.choice((catalogue.price_of[product], number("3.3333"))),
                            institution_signed_at=signature(draft, starts_on),
                            manufacturer_signed_at=signature(draft, starts_on),
                            distributor_signed_at=signature(draft, starts_on),
                        )


def exemption_days(draft: Draft, wide: bool) -> tuple[date | None, date | None]:
    """Any of the four patterns of empty ends, around the days that decide; the widest ones stay short."""
    rng = draft.rng
    if wide:
        day = draft.day_between(draft.month.first_day, draft.month.last_day)
        return day, day
    start = draft.edge_day() - timedelta(days=rng.choice((0, 0, 20)))
    end = start + timedelta(days=rng.choice((0, 1, 20, 60)))
    return rng.choice((start, start, None)), rng.choice((end, end, None))


def make_exemptions(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    rng = draft.rng
    for serial in range(36):
        kind = ("agreed_volume", "non_selected", "standby_counts")[serial % 3]
        batch = rng.choice(sorted(catalogue.groups_of))
        group = rng.choice(catalogue.groups_of[batch])
        institution = rng.choice(places.institutions)
        product = rng.choice(catalogue.products_of[group])
        pattern = rng.randrange(16)
        from_on, to_on = exemption_days(draft, wide=pattern in (0, 1))
        if kind == "standby_counts" and draft.chance(0.5):
            pattern, from_on, to_on = pattern & 7, None, rng.choice((None, draft.edge_day()))
        draft.add(
            "exemptions",
            exemption_no=f"E{serial:03d}",
            batch_code=batch if pattern & 1 else None,
            group_code=group if pattern & 2 else None,
            product_code=product if pattern & 4 else None,
            institution_code=institution if pattern & 8 else None,
            kind=kind,
            from_on=from_on,
            to_on=to_on,
            reason=rng.choice((None, "经核实")),
        )


def make_history(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Some in the months just before, some around the start of the windows, some inside agreement years."""
    rng = draft.rng
    first = draft.month.first_day
    windows = [year_before(years[0][1]).replace(day=1) for years in catalogue.years_of.values()]
    windows += [years[0][1].replace(day=1) for years in catalogue.years_of.values()]
    seen: set[tuple[str, str, date]] = set()
    for _ in range(draft.size):
        month = rng.choice(
            (
                add_months(first, -rng.randint(1, 14)),
                add_months(rng.choice(windows), rng.randint(0, 2)),
            )
        )
        key = rng.choice(places.institutions[:6]), rng.choice(catalogue.products), month
        if key in seen:
            continue
        seen.add(key)
        draft.add(
            "purchase_history",
            institution_code=key[0],
            product_code=key[1],
            month=f"{month:%Y-%m}",
            packs=number(rng.choice((1, 3, 10, "2.5"))),
            amount=number(rng.choice((0, 12, 80))),
        )


def make_complaints(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Every pattern of missing answers; replies, promises and solutions around the ends of their working days."""
    rng = draft.rng
    for serial in range(120):
        filed_at = draft.between(
            midnight(draft.month.first_day) - timedelta(days=25), draft.cut + timedelta(days=4)
        )
        reply_edge = draft.workday_edge(filed_at.date(), 2)
        replied_at = rng.choice(
            (
                None,
                None,
                filed_at,
                reply_edge,
                reply_edge,
                filed_at + timedelta(days=9),
                draft.beside(draft.cut),
            )
        )
        if replied_at and replied_at < filed_at:
            replied_at = filed_at
        latest = draft.workday_edge((replied_at or reply_edge).date(), 5)
        promised_on = rng.choice(
            (
                None,
                latest.date(),
                latest.date() - timedelta(days=2),
                filed_at.date() + timedelta(days=3),
                latest.date() + timedelta(days=6),
                draft.cut.date(),
            )
        )
        if promised_on:
            due = rng.choice(
                (
                    latest,
                    midnight(promised_on) + timedelta(hours=23),
                    midnight(promised_on + timedelta(days=1)),
                )
            )
        else:
            due = latest
        resolved_at = rng.choice(
            (None, due, due, draft.beside(draft.cut), filed_at + timedelta(hours=1))
        )
        draft.add(
            "complaints",
            complaint_no=f"T{serial:04d}",
            filed_by=rng.choice((None, None, "institution", "enterprise")),
            institution_code=rng.choice(places.institutions),
            manufacturer_uscc=rng.choice((None, *places.manufacturers)),
            distributor_uscc=rng.choice((None, *places.distributors)),
            product_code=rng.choice((None, *catalogue.products[:3])),
            category=rng.choice((None, "shortage", "late_delivery", "other", "not_paid")),
            filed_at=filed_at,
            replied_at=replied_at,
            promised_on=promised_on,
            resolved_at=max(resolved_at, filed_at) if resolved_at else None,
        )

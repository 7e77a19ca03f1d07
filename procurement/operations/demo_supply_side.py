"""Supply side of the demonstration: stock reports, invoices, a surge case and a purchase off the platform."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Product
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from procurement.models import Delivery, OfflinePurchase, StockReport, SurgeCase, SurgeReport
from procurement.operations.invoices import InvoiceDraft, register_invoices
from procurement.operations.offline_purchases import record_offline
from procurement.operations.stock_reports import StockRow, report_stock
from procurement.operations.surge_cases import open_surge
from procurement.operations.transfers import ask_transfer
from procurement.queries.invoices import deliveries_of_note, left_to_invoice
from procurement.queries.stock_reports import not_reported
from procurement.queries.surge import possible_lenders
from procurement.rules.invoice import CENT, amount_of
from procurement.rules.stock_report import month_before

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PEOPLE = ("hospital", "city", "manufacturer", "distributor")
FIRST_INVOICE = 26_362_000_000_000_000_001


@operation
def create_demo_supply_side(*, at: datetime) -> bool:
    """As the demo's people would; False the second time. Each part is left out without its data."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=PEOPLE
        )
    }
    if len(people) < len(PEOPLE) or StockReport.objects.exists():
        return False
    today = shanghai_day(at)
    scopes = {name: scope_of(user, today) for name, user in people.items()}
    _stock(people["manufacturer"], scopes["manufacturer"], at)
    _invoices(people["distributor"], scopes["distributor"], at)
    _surge(people, scopes, at)
    _offline(people["hospital"], scopes["hospital"], at)
    return True


def _stock(by: User, scope: Scope, at: datetime) -> None:
    """Two months; the last product of last month is still missing."""
    last = month_before(scope.on)
    for month in (month_before(last), last):
        products = list(not_reported(scope, month).order_by("code"))
        if month == last:
            products = products[:-1]
        rows = [
            StockRow(product, month, Decimal(600 + 9000 * (number % 3)), Decimal(3000),
                     Decimal(100), "停产检修至下月" if number % 5 == 0 else "")
            for number, product in enumerate(products)
        ]  # fmt: skip
        if rows:
            report_stock(rows=rows, by=by, scope=scope, at=at)


def _invoices(by: User, scope: Scope, at: datetime) -> None:
    """Of two notes that were received; the first with its manufacturer's invoice."""
    notes = Delivery.objects.filter(
        distributor=by.organisation_id, delivered_at__isnull=False,
        recorded_at__gte=at - timedelta(days=120), note_no__gt="",
    ).order_by("-recorded_at", "note_no").values_list("note_no", flat=True)  # fmt: skip
    number = 0
    for note_no in dict.fromkeys(notes[:40]):
        rows = deliveries_of_note(scope, note_no)
        left = left_to_invoice(rows)
        goods = sum((amount_of(left[row.pk], row.unit_price) for row in rows if left[row.pk] > 0),
                    Decimal(0))  # fmt: skip
        if not goods or len({row.institution_id for row in rows}) > 1:
            continue
        net = (goods / Decimal("1.13")).quantize(CENT)
        pair: dict[str, object] = (
            {"first_no": f"{FIRST_INVOICE + 900}", "first_on": scope.on - timedelta(days=60),
             "first_seller_tax_no": "91360000MA35D1CG0X"} if number == 0 else {}
        )  # fmt: skip
        draft = InvoiceDraft(
            note_no=note_no, invoice_no=f"{FIRST_INVOICE + number}", issued_on=scope.on,
            buyer_tax_no="12360000491015512X", net=net, tax=goods - net, total=goods,
            **pair,  # type: ignore[arg-type]
        )  # fmt: skip
        register_invoices(drafts=[draft], by=by, scope=scope, at=at)
        number += 1
        if number == 2:
            return


def _surge(people: dict[str, User], scopes: dict[str, Scope], at: datetime) -> None:
    """The city opens a case for the group of the report that waits; the hospital asks a neighbour."""
    hospital, city = people["hospital"], people["city"]
    report = SurgeReport.objects.filter(
        institution=hospital.organisation_id, state="reported", product__group__isnull=False
    ).select_related("product__group").order_by("pk").first()  # fmt: skip
    if (
        report is None
        or city.organisation.region_id != report.city_id
        or SurgeCase.objects.exists()
    ):
        return
    group, region = report.product.group, city.organisation.region
    assert group is not None
    assert region is not None
    open_surge(
        group=group, region=region, cause="epidemic", starts_on=scopes["city"].on,
        ends_on=scopes["city"].on + timedelta(days=45), by=city, scope=scopes["city"], at=at,
        description="流感样病例持续上升：配送企业优先保障本市订单，库存宽裕的医疗机构予以调剂。",
    )  # fmt: skip
    lenders = possible_lenders(report, scopes["hospital"].on)
    if lenders:
        ask_transfer(
            report=report, lender_code=lenders[0].code, packs=min(report.needed_packs, Decimal(50)),
            words="库存只够两天，请调剂应急。", by=hospital, scope=scopes["hospital"], at=at,
        )  # fmt: skip


def _offline(by: User, scope: Scope, at: datetime) -> None:
    product = Product.objects.filter(category="drug", listed_price__gt=0).order_by("code").first()
    if product is None or OfflinePurchase.objects.exists():
        return
    record_offline(
        product=product, packs=Decimal(20), unit_price=product.listed_price or Decimal(1),
        bought_on=_days_before(scope.on), seller="省医药采购应急供应站",
        words="夜间抢救急用，平台配送企业当日不能送达，已向县医保局电话报告。",
        uploads=[SimpleUploadedFile("发票和情况说明.pdf", PDF, "application/pdf")], by=by,
        scope=scope, at=at,
    )  # fmt: skip


def _days_before(day: date) -> date:
    return day - timedelta(days=3)

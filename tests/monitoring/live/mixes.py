"""Random writes of a working day, of every kind that can change a figure, told to nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection

from catalog.models import Batch
from complaints.models import Complaint
from contracts.models import AgreementLine
from organisations.models import Organisation
from procurement.models import Delivery, Order, OrderLine, Receipt, Return
from tests.factories.organisations import number
from volumes.models import VolumeReportLine

COPIED = (
    "institution_id", "manufacturer_id", "distributor_id", "county_id", "city_id", "province_id",
    "pool_id", "product_id", "group_id", "batch_id", "unit_price",
)  # fmt: skip


class Writer:
    """Writes at a moment; each act picks its rows by the seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.acts = (
            self.order, self.answer, self.deliver, self.receive, self.send_back, self.withdraw,
            self.correct_line, self.correct_receipt, self.sign, self.review, self.complain,
            self.name_batch, self.foresee,
        )  # fmt: skip

    def write(self, at: datetime, times: int) -> None:
        for _ in range(times):
            self.random.choice(self.acts)(at)

    def _one(self, rows: Any) -> Any:
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        return rows.model.objects.get(pk=self.random.choice(keys)) if keys else None

    def _line(self, at: datetime) -> Any:
        return self._one(OrderLine.objects.filter(ordered_at__lt=at))

    def _copies(self, line: Any) -> dict[str, Any]:
        found = {name: getattr(line, name) for name in COPIED}
        return found | {"line_id": line.pk, "ordered_at": line.ordered_at}

    def order(self, at: datetime) -> None:
        """Lines like some that there were, by other institutions of their zone too."""
        model = self._line(at)
        of = self.random.choice([model.institution_id, self._institution(model)])
        stamps = {name: getattr(model, name) for name in COPIED} | {"institution_id": of}
        head = {
            name: value for name, value in stamps.items()
            if name not in ("manufacturer_id", "product_id", "group_id", "batch_id", "unit_price")
        }  # fmt: skip
        order = Order.objects.create(
            **head, order_no=f"M{number()}", sent_at=at, urgent=self.random.random() < 0.3
        )
        OrderLine.objects.bulk_create(
            OrderLine(
                **stamps, order=order, line_no=line_no, ordered_at=at,
                packs=self.random.choice([1, 5, 80]),
            )
            for line_no in range(1, self.random.randint(2, 4))
        )  # fmt: skip

    def _institution(self, line: Any) -> int:
        rows = Organisation.objects.filter(kind="institution").order_by("pk")
        return self.random.choice(list(rows.values_list("pk", flat=True)))

    def answer(self, at: datetime) -> None:
        line = self._line(at)
        values = self.random.choice(
            [{"response": "confirmed"}, {"response": "rejected", "reject_reason": "delisted"},
             {"response": "rejected", "reject_reason": "price"}]
        )  # fmt: skip
        self._set(OrderLine, line, responded_at=at, **values)

    def deliver(self, at: datetime) -> None:
        line = self._line(at)
        Delivery.objects.create(
            **self._copies(line), delivery_no=f"M{number()}", recorded_at=at,
            delivered_at=self.random.choice([None, at, at + timedelta(hours=30)]),
            packs=line.packs / self.random.choice([1, 2]),
        )  # fmt: skip

    def receive(self, at: datetime) -> None:
        delivery = self._one(Delivery.objects.filter(recorded_at__lt=at))
        if delivery is not None:
            values = {name: getattr(delivery, name) for name in (*COPIED, "line_id", "ordered_at")}
            Receipt.objects.create(
                **values, delivery_id=delivery.pk, receipt_no=number() % 30_000,
                accepted_packs=delivery.packs, refused_packs=0,
                received_at=at - timedelta(minutes=self.random.randint(0, 60 * 24 * 20)),
            )  # fmt: skip

    def send_back(self, at: datetime) -> None:
        line = self._line(at)
        Return.objects.create(
            **self._copies(line), return_no=f"M{number()}", packs=1, returned_at=at
        )

    def withdraw(self, at: datetime) -> None:
        self._set(OrderLine, self._line(at), cancelled_at=at)

    def correct_line(self, at: datetime) -> None:
        self._set(OrderLine, self._line(at), unit_price=self.random.choice([3, "7.25"]))

    def correct_receipt(self, at: datetime) -> None:
        receipt = self._one(Receipt.objects.filter(received_at__lt=at))
        if receipt is not None:
            self._set(Receipt, receipt, accepted_packs=self.random.choice([0, 1, 9]))

    def sign(self, at: datetime) -> None:
        line = self._one(AgreementLine.objects.all())
        if line is not None:
            moment = self.random.choice([None, at, at + timedelta(days=2)])
            self._set(AgreementLine, line, institution_signed_at=moment,
                      manufacturer_signed_at=at, distributor_signed_at=at,
                      agreed_qty=self.random.choice([line.agreed_qty, 7]))  # fmt: skip

    def review(self, at: datetime) -> None:
        line = self._one(VolumeReportLine.objects.exclude(submitted_at=None))
        if line is not None:
            self._set(VolumeReportLine, line,
                      status=self.random.choice(["submitted", "approved"]))  # fmt: skip

    def complain(self, at: datetime) -> None:
        complaint = self._one(Complaint.objects.filter(filed_at__lt=at))
        if complaint is not None:
            self._set(Complaint, complaint, replied_at=at, resolved_at=at)

    def name_batch(self, at: datetime) -> None:
        """A line's receipts follow when it turns out to be of another batch."""
        line = self._line(at)
        batch = self._one(Batch.objects.all())
        self._set(OrderLine, line, batch_id=batch.pk)
        Receipt.objects.filter(line_id=line.pk).update(batch_id=batch.pk)

    def foresee(self, at: datetime) -> None:
        """An answer that is dated later than now: time reaches it without another write."""
        line = self._line(at)
        self._set(OrderLine, line, response="confirmed", responded_at=at + timedelta(hours=20))

    def _set(self, model: Any, row: Any, **values: Any) -> None:
        if row is not None:
            rows = model.objects.filter(pk=row.pk)
            if hasattr(row, "ordered_at"):
                rows = rows.filter(ordered_at=row.ordered_at)
            rows.update(**values)


def count_notes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procurement_linedelta")
        return int(cursor.fetchone()[0])

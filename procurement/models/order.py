"""A purchase order that an institution sends to one distributor."""

from django.db import models

from organisations.models.stamps import PartyStamps


class Order(PartyStamps):
    """The order's head; its state is derived from its lines. Manufacturer stays empty here.

    Sending the same client_no again returns the first orders, which the unique rule guards. What was
    sent as one and went to several distributors shares `submission_no` (the number as it was given)
    and `content_digest`, by which a second sending is known to be the same; both stay empty on
    loaded orders.
    """

    order_no = models.CharField("订单号", max_length=60, unique=True)
    sent_at = models.DateTimeField("发送时间")
    urgent = models.BooleanField("加急", default=False)
    client_no = models.CharField("院内单号", max_length=100, null=True, blank=True)
    submission_no = models.CharField("提交号", max_length=100, null=True, blank=True)
    content_digest = models.CharField("内容摘要", max_length=64, null=True, blank=True)
    receiving_place = models.CharField("收货地点", max_length=200, blank=True)

    class Meta:
        verbose_name = "订单"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "client_no"], name="order_client_no_once"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "sent_at", "id"], name="order_institution"),
            models.Index(fields=["distributor", "sent_at", "id"], name="order_distributor"),
            # The province's list: heads are few, so one index serves it without a date bound too.
            models.Index(fields=["sent_at", "id"], name="order_newest"),
            models.Index(
                fields=["institution", "submission_no"],
                condition=models.Q(submission_no__isnull=False),
                name="order_submission",
            ),
        ]

    def __str__(self) -> str:
        return self.order_no

"""The outbox: what changed, for whom, written in the transaction that changed it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast


class Change(models.Model):
    """One change of one object; feed and webhooks both read these rows.

    The columns of parties and regions say who may see it, as on the object itself; organisation_id
    and user_id address tasks and notices; to_all is for everybody of the province's trade. No
    foreign keys: a change tells of an object and outlives nothing. Rows are forgotten after the
    retention (`inbox.operations.changes`).
    """

    db_privileges = "full"

    objects: ClassVar[models.Manager["Change"]] = models.Manager()

    transaction_id = models.BigIntegerField(
        "事务号",
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id"), models.TextField()),
            models.BigIntegerField(),
        ),
    )
    kind = models.CharField("种类", max_length=40)
    object_type = models.CharField("对象类型", max_length=60)
    object_key = models.CharField("对象编号", max_length=100)
    version = models.PositiveIntegerField("版本", null=True)
    url = models.CharField("链接", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    organisation_id = models.BigIntegerField("送达机构", null=True)
    user_id = models.BigIntegerField("送达人", null=True)
    roles = ArrayField(models.CharField(max_length=20), default=list, verbose_name="角色")
    to_all = models.BooleanField("面向全体", default=False)
    institution_id = models.BigIntegerField("医疗机构编号", null=True)
    manufacturer_id = models.BigIntegerField("生产企业编号", null=True)
    distributor_id = models.BigIntegerField("配送企业编号", null=True)
    enterprise_id = models.BigIntegerField("企业编号", null=True)
    pool_id = models.BigIntegerField("统筹区编号", null=True)
    county_id = models.BigIntegerField("县编号", null=True)
    city_id = models.BigIntegerField("市编号", null=True)
    province_id = models.BigIntegerField("省编号", null=True)
    handed_out_at = models.DateTimeField("分发回调时间", null=True)

    class Meta:
        verbose_name = "变更"
        indexes = [
            models.Index(fields=["transaction_id", "id"], name="change_order"),
            models.Index(
                fields=["organisation_id", "transaction_id", "id"],
                condition=models.Q(organisation_id__isnull=False),
                name="change_organisation",
            ),
            models.Index(
                fields=["institution_id", "transaction_id", "id"],
                condition=models.Q(institution_id__isnull=False),
                name="change_institution",
            ),
            models.Index(
                fields=["id"], condition=models.Q(handed_out_at__isnull=True),
                name="change_to_hand_out",
            ),
            models.Index(fields=["at"], name="change_age"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.object_key}"

"""Delivery notes, lists of late answers, numbers for both, and the change that closing a line is."""

import core.numbers.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

NUMBERS = """
CREATE SEQUENCE procurement_delivery_note_no;
CREATE SEQUENCE procurement_delayed_list_no;
"""
NO_NUMBERS = """
DROP SEQUENCE procurement_delivery_note_no;
DROP SEQUENCE procurement_delayed_list_no;
"""

# As in 0005, and closing what was not shipped (voided, or the remainder) is told too.
ANSWERED = """
CREATE OR REPLACE FUNCTION procurement_note_orders_answered() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF current_setting('zhaocai.bulk_load', true) = 'on' THEN RETURN NULL; END IF;
    PERFORM procurement_tell(array_agg(kind), array_agg(order_id), array_agg(manufacturer_id))
    FROM (
        SELECT CASE WHEN a.cancelled_at IS DISTINCT FROM b.cancelled_at THEN 'order.cancelled'
                    {closed}ELSE 'order.answered' END AS kind,
               a.order_id, a.manufacturer_id
        FROM after_it a JOIN before_it b ON b.id = a.id AND b.ordered_at = a.ordered_at
        WHERE (a.response, a.responded_at, a.reject_reason, a.cancelled_at{also_a})
              IS DISTINCT FROM (b.response, b.responded_at, b.reject_reason, b.cancelled_at{also_b})
    ) moved;
    RETURN NULL;
END $body$;
"""
TELL_CLOSED = ANSWERED.format(
    closed="WHEN a.closed_at IS DISTINCT FROM b.closed_at THEN 'order.closed'\n                    ",
    also_a=", a.closed_at",
    also_b=", b.closed_at",
)
TELL_AS_BEFORE = ANSWERED.format(closed="", also_a="", also_b="")


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0011_service_prices"),
        ("organisations", "0008_certificates"),
        ("procurement", "0013_carts_and_places"),
    ]

    operations = [
        migrations.RunSQL(NUMBERS, NO_NUMBERS),
        migrations.RunSQL(TELL_CLOSED, TELL_AS_BEFORE),
        migrations.AddField(
            model_name="lineprogress",
            name="void_at",
            field=models.DateTimeField(null=True, verbose_name="自动作废时间"),
        ),
        migrations.CreateModel(
            name="DelayedList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("list_no", models.CharField(max_length=24, unique=True, verbose_name="清单编号")),
                ("listed_on", models.DateField(verbose_name="清单日期")),
                ("listed_at", models.DateTimeField(verbose_name="发送时间")),
                ("due_on", models.DateField(verbose_name="应发送日期")),
                ("due_provisional", models.BooleanField(default=False, verbose_name="期限暂定")),
                ("row_count", models.PositiveIntegerField(verbose_name="行数")),
                (
                    "closing_note",
                    models.CharField(blank=True, max_length=500, verbose_name="办结意见"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待说明"), ("answered", "已说明"), ("closed", "已办结")],
                        default="open",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("state_at", models.DateTimeField(verbose_name="状态时间")),
                ("state_by_id", models.BigIntegerField(null=True, verbose_name="状态变更人编号")),
                ("state_by_name", models.CharField(max_length=150, verbose_name="状态变更人")),
                ("row_version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "city",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.region",
                        verbose_name="设区市",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.region",
                        verbose_name="县（市、区）",
                    ),
                ),
                (
                    "distributor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="配送企业",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="医疗机构",
                    ),
                ),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="生产企业",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.pool",
                        verbose_name="统筹区",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.region",
                        verbose_name="省份",
                    ),
                ),
            ],
            options={
                "verbose_name": "延迟响应清单",
            },
        ),
        migrations.CreateModel(
            name="DelayedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_id", models.BigIntegerField(unique=True, verbose_name="订单行编号")),
                ("ordered_at", models.DateTimeField(verbose_name="订单发送时间")),
                ("order_no", models.CharField(max_length=60, verbose_name="订单号")),
                ("line_no", models.PositiveIntegerField(verbose_name="行号")),
                (
                    "packs",
                    core.numbers.fields.QuantityField(
                        decimal_places=4, max_digits=18, verbose_name="订购包装数"
                    ),
                ),
                ("urgent", models.BooleanField(default=False, verbose_name="加急")),
                ("due_at", models.DateTimeField(verbose_name="响应时限")),
                (
                    "listed_state",
                    models.CharField(
                        choices=[
                            ("sent", "已发送"),
                            ("confirmed", "已确认"),
                            ("rejected", "已拒绝"),
                            ("part_shipped", "部分发货"),
                            ("shipped", "已发货"),
                            ("part_delivered", "部分到货"),
                            ("delivered", "已到货"),
                            ("received", "已收货"),
                            ("completed", "完成"),
                            ("cancelled", "已撤单"),
                            ("voided", "已作废"),
                        ],
                        max_length=16,
                        verbose_name="列入时状态",
                    ),
                ),
                (
                    "reason_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_stock", "备货不足，正在组织货源"),
                            ("system", "系统对接故障，未收到订单"),
                            ("overlooked", "人员疏漏"),
                            ("handled", "已线下联系，正在补办"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="原因",
                    ),
                ),
                ("reason_note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="说明时间")),
                (
                    "answered_by_name",
                    models.CharField(blank=True, max_length=150, verbose_name="说明人"),
                ),
                (
                    "city",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.region",
                        verbose_name="设区市",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.region",
                        verbose_name="县（市、区）",
                    ),
                ),
                (
                    "delayed_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="procurement.delayedlist",
                    ),
                ),
                (
                    "distributor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="配送企业",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="医疗机构",
                    ),
                ),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="生产企业",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.pool",
                        verbose_name="统筹区",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                        verbose_name="产品",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.region",
                        verbose_name="省份",
                    ),
                ),
            ],
            options={
                "verbose_name": "延迟响应行",
            },
        ),
        migrations.CreateModel(
            name="DeliveryNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note_no", models.CharField(max_length=24, unique=True, verbose_name="配送单号")),
                ("own_no", models.CharField(blank=True, max_length=60, verbose_name="企业单号")),
                (
                    "client_no",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="提交编号"
                    ),
                ),
                ("content", models.CharField(blank=True, max_length=64, verbose_name="内容摘要")),
                (
                    "receiving_place",
                    models.CharField(blank=True, max_length=200, verbose_name="收货地点"),
                ),
                ("invoice_no", models.CharField(blank=True, max_length=60, verbose_name="发票号")),
                ("carrier", models.CharField(blank=True, max_length=100, verbose_name="承运单位")),
                ("plate_no", models.CharField(blank=True, max_length=20, verbose_name="车牌号")),
                (
                    "driver",
                    models.CharField(blank=True, max_length=60, verbose_name="送货人及电话"),
                ),
                (
                    "planned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="预计到达"),
                ),
                ("cold_chain", models.BooleanField(default=False, verbose_name="冷链")),
                (
                    "cold_device",
                    models.CharField(blank=True, max_length=60, verbose_name="冷链设备"),
                ),
                (
                    "lowest_celsius",
                    models.DecimalField(
                        decimal_places=1, max_digits=5, null=True, verbose_name="启运最低温"
                    ),
                ),
                (
                    "highest_celsius",
                    models.DecimalField(
                        decimal_places=1, max_digits=5, null=True, verbose_name="启运最高温"
                    ),
                ),
                ("row_count", models.PositiveIntegerField(verbose_name="行数")),
                (
                    "packs",
                    core.numbers.fields.QuantityField(
                        decimal_places=4, max_digits=18, verbose_name="包装数合计"
                    ),
                ),
                ("shipped_at", models.DateTimeField(verbose_name="发货时间")),
                ("delivered_at", models.DateTimeField(null=True, verbose_name="送达时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("shipped", "已发货"), ("delivered", "已送达")],
                        default="shipped",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("state_at", models.DateTimeField(verbose_name="状态时间")),
                ("state_by_id", models.BigIntegerField(null=True, verbose_name="状态变更人编号")),
                ("state_by_name", models.CharField(max_length=150, verbose_name="状态变更人")),
                ("row_version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "city",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.region",
                        verbose_name="设区市",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.region",
                        verbose_name="县（市、区）",
                    ),
                ),
                (
                    "distributor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="配送企业",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="医疗机构",
                    ),
                ),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="生产企业",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.pool",
                        verbose_name="统筹区",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.region",
                        verbose_name="省份",
                    ),
                ),
            ],
            options={
                "verbose_name": "配送单",
            },
        ),
        migrations.AddIndex(
            model_name="delayedlist",
            index=models.Index(fields=["listed_on", "id"], name="delayed_list_newest"),
        ),
        migrations.AddIndex(
            model_name="delayedlist",
            index=models.Index(
                fields=["distributor", "listed_on", "id"], name="delayed_distributor"
            ),
        ),
        migrations.AddIndex(
            model_name="delayedlist",
            index=models.Index(fields=["county", "listed_on", "id"], name="delayed_county"),
        ),
        migrations.AddConstraint(
            model_name="delayedlist",
            constraint=models.UniqueConstraint(
                fields=("listed_on", "distributor", "county", "city", "province"),
                name="delayed_list_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="delayedlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    models.Q(("closing_note", ""), _negated=True),
                    _connector="OR",
                ),
                name="delayed_list_ends_in_words",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delayedlist",
            trigger=pgtrigger.compiler.Trigger(
                name="delayed_list_states",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{answered:closed,open:answered,open:closed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="658cb9a0a86c7e332880f6c55b976f96a0451fe4",
                    operation="UPDATE",
                    pgid="pgtrigger_delayed_list_states_01751",
                    table="procurement_delayedlist",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="delayedrow",
            index=models.Index(fields=["delayed_list", "due_at", "id"], name="delayed_row_of_list"),
        ),
        migrations.AddConstraint(
            model_name="delayedrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("reason_kind", "")),
                    models.Q(
                        ("answered_at__isnull", False), models.Q(("reason_kind", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="delayed_row_answer_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="delayedrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason_kind", "other"), _negated=True),
                    models.Q(("reason_note", ""), _negated=True),
                    _connector="OR",
                ),
                name="delayed_row_other_has_words",
            ),
        ),
        migrations.AddIndex(
            model_name="deliverynote",
            index=models.Index(fields=["distributor", "shipped_at", "id"], name="note_distributor"),
        ),
        migrations.AddIndex(
            model_name="deliverynote",
            index=models.Index(fields=["institution", "shipped_at", "id"], name="note_institution"),
        ),
        migrations.AddIndex(
            model_name="deliverynote",
            index=models.Index(fields=["county", "shipped_at", "id"], name="note_county"),
        ),
        migrations.AddIndex(
            model_name="deliverynote",
            index=models.Index(fields=["city", "shipped_at", "id"], name="note_city"),
        ),
        migrations.AddIndex(
            model_name="deliverynote",
            index=models.Index(fields=["shipped_at", "id"], name="note_newest"),
        ),
        migrations.AddConstraint(
            model_name="deliverynote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("own_no", ""), _negated=True),
                fields=("distributor", "own_no"),
                name="note_own_no_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverynote",
            constraint=models.UniqueConstraint(
                fields=("distributor", "client_no"), name="note_client_no_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cold_chain", False),
                    models.Q(
                        models.Q(("cold_device", ""), _negated=True),
                        ("lowest_celsius__isnull", False),
                        ("highest_celsius__gte", models.F("lowest_celsius")),
                    ),
                    _connector="OR",
                ),
                name="note_cold_chain_is_recorded",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverynote",
            constraint=models.CheckConstraint(
                condition=models.Q(("packs__gt", 0), ("row_count__gt", 0)),
                name="note_carries_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delivered_at__isnull", True), ("state", "shipped")),
                    models.Q(("delivered_at__gte", models.F("shipped_at")), ("state", "delivered")),
                    _connector="OR",
                ),
                name="note_delivered_after_shipped",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deliverynote",
            trigger=pgtrigger.compiler.Trigger(
                name="delivery_note_states",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{shipped:delivered}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="7a8ab739250d36815a15cf232d7e1089ff95f06d",
                    operation="UPDATE",
                    pgid="pgtrigger_delivery_note_states_cb717",
                    table="procurement_deliverynote",
                    when="BEFORE",
                ),
            ),
        ),
    ]

"""The tables of the running month's figures."""

import django.db.models.deletion
from django.db import migrations, models

import core.numbers.fields


def _party(related: str, label: str, null: bool = True) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False, db_index=False, null=null,
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=related,
        verbose_name=label,
    )  # fmt: skip


_KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_tables"),
        ("complaints", "0001_tables"),
        ("contracts", "0001_tables"),
        ("core", "0004_audit_seals"),
        ("monitoring", "0002_warning_numbers"),
        ("organisations", "0001_tables"),
        ("policy", "0001_tables"),
        ("procurement", "0003_line_notes"),
        ("volumes", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="LiveMonth",
            fields=[
                ("id", _KEY),
                ("month", models.DateField(unique=True, verbose_name="月份")),
                ("cut", models.DateTimeField(verbose_name="截止时刻")),
                ("folded_at", models.DateTimeField(verbose_name="更新时间")),
                ("rebuilt_at", models.DateTimeField(verbose_name="重建时间")),
                ("rebuild_seconds", models.FloatField(default=0, verbose_name="重建用时")),
                ("policy_values", models.JSONField(default=dict, verbose_name="所用政策参数")),
                ("lines", models.BigIntegerField(default=0, verbose_name="本月订单行数")),
                ("compared_at", models.DateTimeField(null=True, verbose_name="比对时间")),
                (
                    "difference",
                    models.PositiveIntegerField(default=0, verbose_name="比对不同行数"),
                ),
                (
                    "problem",
                    models.CharField(blank=True, max_length=300, verbose_name="不能更新的原因"),
                ),
            ],
            options={
                "verbose_name": "实时月份",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="live_month_first_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LiveValue",
            fields=[
                ("id", _KEY.clone()),
                ("month", models.DateField(verbose_name="月份")),
                ("indicator", models.CharField(max_length=40, verbose_name="指标")),
                (
                    "window",
                    models.CharField(
                        choices=[("month", "当月"), ("ytd", "年度累计")],
                        max_length=5,
                        verbose_name="期间",
                    ),
                ),
                (
                    "subject_type",
                    models.CharField(
                        choices=[
                            ("institution", "医疗机构"),
                            ("county", "县（市、区）"),
                            ("city", "设区市"),
                            ("pool", "统筹区"),
                            ("province", "全省"),
                            ("manufacturer", "生产企业"),
                            ("distributor", "配送企业"),
                            ("product", "产品"),
                        ],
                        max_length=12,
                        verbose_name="对象类型",
                    ),
                ),
                ("subject_code", models.CharField(max_length=40, verbose_name="对象")),
                ("batch_code", models.CharField(blank=True, max_length=40, verbose_name="批次")),
                (
                    "year_no",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="年度序号"
                    ),
                ),
                ("group_code", models.CharField(blank=True, max_length=40, verbose_name="品种")),
                ("product_code", models.CharField(blank=True, max_length=40, verbose_name="产品")),
                ("category", models.CharField(blank=True, max_length=12, verbose_name="类别")),
                (
                    "numerator",
                    core.numbers.fields.HeldField(
                        decimal_places=8, max_digits=28, verbose_name="分子"
                    ),
                ),
                (
                    "denominator",
                    core.numbers.fields.HeldField(
                        decimal_places=8, max_digits=28, verbose_name="分母"
                    ),
                ),
                ("assessed", models.BooleanField(default=True, verbose_name="纳入考核")),
                ("city", _party("organisations.region", "设区市")),
                ("county", _party("organisations.region", "县（市、区）")),
                ("enterprise", _party("organisations.organisation", "企业")),
                ("institution", _party("organisations.organisation", "医疗机构")),
                ("pool", _party("organisations.pool", "统筹区")),
                ("province", _party("organisations.region", "省份", null=False)),
            ],
            options={
                "verbose_name": "实时指标值",
                "db_table": 'rollup"."live_value',
                "indexes": [
                    models.Index(
                        fields=[
                            "subject_type", "subject_code", "indicator", "window", "batch_code",
                            "group_code", "product_code",
                        ],
                        name="live_value_key",
                    ),
                    models.Index(fields=["indicator", "subject_type"], name="live_value_rows"),
                    models.Index(fields=["institution"], name="live_value_institution"),
                    models.Index(fields=["enterprise"], name="live_value_enterprise"),
                ],
            },
        ),
    ]  # fmt: skip

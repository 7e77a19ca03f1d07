import django.contrib.postgres.fields
from django.db import migrations, models

ROLES = [
    ("clerk", "经办"), ("reviewer", "审核"), ("leader", "负责人"), ("storekeeper", "库管"),
    ("accountant", "财务"), ("admin", "机构管理员"), ("importer", "数据导入"),
    ("leads", "线索查办"),
]  # fmt: skip


def _roles() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(choices=ROLES, max_length=20), default=list, size=None,
        verbose_name="角色",
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("organisations", "0009_history_without_exceptions")]

    operations = [
        migrations.AlterField(model_name="user", name="roles", field=_roles()),
        migrations.AlterField(model_name="userevent", name="roles", field=_roles()),
        migrations.RemoveConstraint(model_name="user", name="user_roles_known"),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("roles__contained_by", [code for code, _ in ROLES])),
                name="user_roles_known",
            ),
        ),
    ]

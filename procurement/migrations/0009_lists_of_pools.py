from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("procurement", "0008_recall_differences"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(fields=["pool", "ordered_at", "id"], name="order_line_pool"),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0012_effects_of_results'),
        ('organisations', '0010_lead_role'),
        ('procurement', '0024_more_layouts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['recorded_at', 'id'], name='delivery_recorded'),
        ),
    ]

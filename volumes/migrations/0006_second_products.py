import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0011_service_prices'),
        ('organisations', '0008_certificates'),
        ('volumes', '0005_group_totals'),
    ]

    operations = [
        migrations.CreateModel(
            name='SecondProductChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(choices=[('standby', '备供产品'), ('other', '其他产品'), ('none', '不再使用第二规')], max_length=10, verbose_name='类别')),
                ('offered', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=27), default=list, size=None, verbose_name='当时的备供产品')),
                ('reason_code', models.CharField(blank=True, choices=[('clinical', '临床疗效或安全性需要'), ('specification', '剂型或规格不能替代'), ('supply', '备供企业不能及时供应'), ('special', '儿童、孕妇等特殊人群用药'), ('other', '其他（须写明）')], max_length=20, verbose_name='未选备供的原因')),
                ('explanation', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('chosen_at', models.DateTimeField(verbose_name='登记时间')),
                ('chosen_by_id', models.BigIntegerField(null=True, verbose_name='登记人编号')),
                ('chosen_by_name', models.CharField(max_length=150, verbose_name='登记人')),
                ('city', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.region', verbose_name='设区市')),
                ('county', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.region', verbose_name='县（市、区）')),
                ('distributor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='配送企业')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.group', verbose_name='品种')),
                ('institution', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='医疗机构')),
                ('manufacturer', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='生产企业')),
                ('pool', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.pool', verbose_name='统筹区')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product', verbose_name='第二规产品')),
                ('province', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.region', verbose_name='省份')),
            ],
            options={
                'verbose_name': '第二规登记',
                'indexes': [models.Index(fields=['institution', 'group', '-id'], name='second_product_newest'), models.Index(fields=['county', '-id'], name='second_product_county'), models.Index(fields=['city', '-id'], name='second_product_city'), models.Index(fields=['province', '-id'], name='second_product_province')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('basis', 'none'), ('product__isnull', True)), models.Q(models.Q(('basis', 'none'), _negated=True), ('product__isnull', False)), _connector='OR'), name='second_product_named'), models.CheckConstraint(condition=models.Q(models.Q(('basis', 'other'), _negated=True), ('offered', []), models.Q(models.Q(('reason_code', ''), _negated=True), models.Q(('explanation', ''), _negated=True)), _connector='OR'), name='second_product_other_has_reason')],
            },
        ),
    ]

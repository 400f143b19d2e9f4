from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("duheng_web", "0002_review_of_uploads"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="upload",
            options={
                "default_permissions": (),
                "ordering": ["-id"],
                "permissions": [
                    ("see_confidential", "查阅单个企业的数据"),
                    ("import_facts", "导入数据"),
                    ("accept_facts", "审核数据"),
                    ("sign_decision", "选定并签署口径"),
                    ("set_parameters", "更换参数取值"),
                    ("manage_accounts", "管理账号"),
                    ("read_audit", "查阅操作日志"),
                ],
            },
        ),
    ]

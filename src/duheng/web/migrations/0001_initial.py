"""Tables of the web; signed decisions are append-only in the database itself."""

from django.db import migrations, models

SQLITE = """
CREATE TRIGGER duheng_web_decision_{verb} BEFORE {verb} ON duheng_web_decision
BEGIN SELECT RAISE(ABORT, 'duheng_web_decision is append-only'); END;
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION duheng_web_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'duheng_web_decision is append-only'; END $$;
CREATE TRIGGER duheng_web_decision_guard BEFORE UPDATE OR DELETE ON duheng_web_decision
FOR EACH ROW EXECUTE FUNCTION duheng_web_refuse();
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(SQLITE.format(verb=verb))


class Migration(migrations.Migration):
    initial = True
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("city", models.CharField(max_length=20)),
                ("plan", models.CharField(max_length=80)),
                ("target", models.CharField(max_length=80)),
                ("definition", models.CharField(max_length=80)),
                ("reason", models.TextField(max_length=1000)),
                ("signed_by", models.CharField(max_length=150)),
                ("signed_name", models.CharField(max_length=150)),
                ("signed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["id"],
                "default_permissions": (),
                "permissions": [
                    ("see_confidential", "查阅单个企业的数据"),
                    ("import_facts", "导入数据"),
                    ("sign_decision", "选定并签署口径"),
                    ("manage_accounts", "管理账号"),
                    ("read_audit", "查阅操作日志"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("sent_by", models.CharField(max_length=150)),
                ("sent_at", models.DateTimeField()),
                ("scenario", models.CharField(default="actual", max_length=40)),
                ("settled", models.CharField(default="", max_length=20)),
            ],
            options={"ordering": ["-id"], "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="FailedLogin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(db_index=True, max_length=150)),
                ("address", models.CharField(db_index=True, max_length=64)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]

"""Release 0.1.0: sources, facts, audit entries, their triggers, and the two heads."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from duheng.ledger import triggers


def begin(apps, schema_editor):
    """Triggers, and an empty head for each chain; the ledger gets its id."""
    triggers.install(schema_editor.connection)
    head = apps.get_model("ledger", "Head")
    ledger = uuid.uuid4().hex
    for chain in ("fact", "audit"):
        head.objects.using(schema_editor.connection.alias).create(chain=chain, ledger=ledger, seq=0, hash="")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.IntegerField(primary_key=True, serialize=False)),
                ("hash", models.TextField()),
                ("algorithm", models.TextField()),
                ("kind", models.TextField()),
                ("title", models.TextField()),
                ("address", models.TextField()),
                ("digest", models.TextField()),
                ("published_on", models.TextField()),
            ],
            options={
                "verbose_name": "来源",
                "constraints": [models.UniqueConstraint(fields=["hash"], name="ledger_source_hash")],
            },
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("seq", models.IntegerField(primary_key=True, serialize=False)),
                ("hash", models.TextField()),
                ("previous", models.TextField()),
                ("algorithm", models.TextField()),
                ("scenario", models.TextField()),
                ("quantity", models.TextField()),
                ("entity", models.TextField()),
                ("item", models.TextField()),
                ("period", models.TextField()),
                ("definition", models.TextField()),
                ("value", models.TextField()),
                ("unit", models.TextField()),
                ("stated", models.TextField()),
                ("status", models.TextField()),
                ("confidence", models.TextField()),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="ledger.source"
                    ),
                ),
                ("locator", models.TextField()),
                ("recorded_at", models.TextField()),
                ("recorded_by", models.TextField()),
                ("supersedes", models.TextField()),
            ],
            options={
                "verbose_name": "事实",
                "constraints": [models.UniqueConstraint(fields=["hash"], name="ledger_fact_hash")],
                "indexes": [
                    models.Index(
                        fields=["scenario", "quantity", "entity", "period", "item", "definition"],
                        name="ledger_fact_cell",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Audit",
            fields=[
                ("seq", models.IntegerField(primary_key=True, serialize=False)),
                ("hash", models.TextField()),
                ("previous", models.TextField()),
                ("algorithm", models.TextField()),
                ("at", models.TextField()),
                ("actor", models.TextField()),
                ("action", models.TextField()),
                ("object", models.TextField()),
                ("detail", models.TextField()),
            ],
            options={
                "verbose_name": "审计记录",
                "constraints": [models.UniqueConstraint(fields=["hash"], name="ledger_audit_hash")],
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("chain", models.TextField(primary_key=True, serialize=False)),
                ("ledger", models.TextField()),
                ("seq", models.IntegerField()),
                ("hash", models.TextField()),
            ],
            options={"verbose_name": "链首"},
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]

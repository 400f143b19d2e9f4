"""The ledger's tables.

Everything is text except the counting numbers: the same bytes in SQLite and in PostgreSQL, so that one hash
holds on both. Times are `2026-01-31T08:00:00.000000Z`, dates `2026-01-31`, an absent item or definition is empty.
Rows are written by `writing` and `trail` only; triggers (see `triggers`) refuse every later change.
"""

from django.db import models


class Source(models.Model):
    """Who said it and where: a document, a submission, a telemetry roll-up, a solver run, a plan."""

    id = models.IntegerField(primary_key=True)
    hash = models.TextField()
    algorithm = models.TextField()
    kind = models.TextField()
    title = models.TextField()
    address = models.TextField()
    digest = models.TextField()
    published_on = models.TextField()

    class Meta:
        verbose_name = "来源"
        constraints = [models.UniqueConstraint(fields=["hash"], name="ledger_source_hash")]


class Fact(models.Model):
    """One statement of a source about one cell; its hash covers all columns and the fact before it."""

    seq = models.IntegerField(primary_key=True)
    hash = models.TextField()
    previous = models.TextField()
    algorithm = models.TextField()
    scenario = models.TextField()
    quantity = models.TextField()
    entity = models.TextField()
    item = models.TextField()
    period = models.TextField()
    definition = models.TextField()
    value = models.TextField()
    unit = models.TextField()
    stated = models.TextField()
    status = models.TextField()
    confidence = models.TextField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    locator = models.TextField()
    recorded_at = models.TextField()
    recorded_by = models.TextField()
    supersedes = models.TextField()

    class Meta:
        verbose_name = "事实"
        constraints = [models.UniqueConstraint(fields=["hash"], name="ledger_fact_hash")]
        indexes = [
            models.Index(
                fields=["scenario", "quantity", "entity", "period", "item", "definition"],
                name="ledger_fact_cell",
            )
        ]


class Audit(models.Model):
    """Who did what to what: chained like the facts."""

    seq = models.IntegerField(primary_key=True)
    hash = models.TextField()
    previous = models.TextField()
    algorithm = models.TextField()
    at = models.TextField()
    actor = models.TextField()
    action = models.TextField()
    object = models.TextField()
    detail = models.TextField()

    class Meta:
        verbose_name = "审计记录"
        constraints = [models.UniqueConstraint(fields=["hash"], name="ledger_audit_hash")]


class Head(models.Model):
    """The newest link of each chain (`fact`, `audit`); the row every writer locks. The one mutable table."""

    chain = models.TextField(primary_key=True)
    ledger = models.TextField()
    seq = models.IntegerField()
    hash = models.TextField()

    class Meta:
        verbose_name = "链首"

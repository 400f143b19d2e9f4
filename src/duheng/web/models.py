"""What the web itself keeps: uploads that wait for a word, failed log-ins."""

from __future__ import annotations

from django.db import models


class Upload(models.Model):
    """A file received, on its way into the ledger; the file itself lies in DUHENG_HOME.

    settled: where it stands: "" (checked by its sender), submitted (waits for another person), accepted, returned,
    discarded; confirmed (by its sender alone) in installations older than the review. good_rows: only the rows without
    errors are handed in; ready, waiting: facts and rows at that time. settled_by, settled_at, reason: who accepted or
    returned it, when and why.
    """

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    sent_by = models.CharField(max_length=150)
    sent_at = models.DateTimeField()
    scenario = models.CharField(max_length=40, default="actual")
    settled = models.CharField(max_length=20, default="")
    good_rows = models.BooleanField(default=False)
    ready = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    settled_by = models.CharField(max_length=150, default="")
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, default="")

    class Meta:
        """Newest first, and the permissions of the roles."""

        ordering = ["-id"]
        default_permissions = ()
        permissions = [
            ("see_confidential", "查阅单个企业的数据"),
            ("import_facts", "导入数据"),
            ("accept_facts", "审核数据"),
            ("sign_decision", "选定并签署口径"),
            ("set_parameters", "更换参数取值"),
            ("manage_accounts", "管理账号"),
            ("read_audit", "查阅操作日志"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sent_by})"


class FailedLogin(models.Model):
    """One failed attempt to sign in, kept to slow down guessing."""

    name = models.CharField(max_length=150, db_index=True)
    address = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        """No permissions: nobody edits these."""

        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} {self.address} {self.at:%Y-%m-%d %H:%M}"

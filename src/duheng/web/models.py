"""What the web itself keeps: uploads that wait for a word, plans read and reviewed, alarms, failed log-ins."""

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
            ("review_plans", "核对读入的规划"),
            ("set_parameters", "更换参数取值"),
            ("manage_accounts", "管理账号"),
            ("read_audit", "查阅操作日志"),
            ("handle_alarms", "处理监测报警"),
            ("manage_devices", "登记现场机"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sent_by})"


class PlanReading(models.Model):
    """A plan's document and what the program read in it; never changed.

    document: its bytes, base64, so that every process and every backup has them. release: of the program that read it.
    text: what was read from the file. said: JSON of the reading (`Reading.as_json` without the text) and, as
    "bindings", the quantity proposed for each target. Everything that people make of it are `ReadingDecision`s.
    """

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    release = models.CharField(max_length=40)
    size = models.BigIntegerField()
    sent_by = models.CharField(max_length=150)
    sent_name = models.CharField(max_length=300, default="")
    sent_at = models.DateTimeField()
    document = models.TextField()
    text = models.TextField()
    said = models.TextField()

    class Meta:
        """Newest first; one reading of a file by a release."""

        verbose_name = "规划文件"
        ordering = ["-id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["digest", "release"], name="duheng_web_one_reading")]

    def __str__(self) -> str:
        return f"{self.name} ({self.sent_by})"


class ReadingDecision(models.Model):
    """One word of a person about one entry of a reading; only ever added to.

    entry: t1 ... targets, k1 ... tasks, d1 ... doubts, h the head of the document. step counts the words about an
    entry: two people who answer the same state cannot both be step 2. word: add, accept, edit, reject, reopen. fields:
    JSON of the entry as it stands since then, "" where unchanged.
    """

    reading = models.ForeignKey(PlanReading, on_delete=models.PROTECT)
    entry = models.CharField(max_length=12)
    step = models.IntegerField()
    word = models.CharField(max_length=12)
    fields = models.TextField(default="")
    by = models.CharField(max_length=150)
    name = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        """In the order they were said."""

        verbose_name = "核对记录"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["reading", "entry", "step"], name="duheng_web_one_word_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.word} ({self.by})"


class PlanVersion(models.Model):
    """A plan saved from a reviewed reading; never changed.

    plan: id of the plan. instead_of: id of the plan it is a version of, "" for a plan of its own. files: JSON, name to
    text, of the folder as `duheng read -o` writes it; digest: SHA-256 of it. upto: the last decision it holds.
    """

    reading = models.ForeignKey(PlanReading, on_delete=models.PROTECT)
    plan = models.CharField(max_length=80, unique=True)
    instead_of = models.CharField(max_length=80, default="")
    title = models.CharField(max_length=400)
    files = models.TextField()
    digest = models.CharField(max_length=64)
    upto = models.BigIntegerField()
    by = models.CharField(max_length=150)
    name = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        """Newest first."""

        verbose_name = "规划版本"
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.plan} ({self.by})"


class Alarm(models.Model):
    """A sign of watching that somebody has to answer; never changed: what happens to it are `AlarmWord`s.

    rule, mn, factor: of the sign; device, entity: title and entity when it was opened. start, end: the period then.
    found, expected: JSON of what the sign said (`duheng.web.alarms.kept`).
    """

    scenario = models.CharField(max_length=40)
    rule = models.CharField(max_length=40)
    mn = models.CharField(max_length=64)
    factor = models.CharField(max_length=40)
    device = models.CharField(max_length=200)
    entity = models.CharField(max_length=100)
    start = models.DateTimeField()
    end = models.DateTimeField()
    found = models.TextField()
    expected = models.TextField()
    opened_at = models.DateTimeField(db_index=True)

    class Meta:
        """Newest first; one alarm for a sign."""

        verbose_name = "监测报警"
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["mn", "rule", "factor", "start"], name="duheng_web_one_alarm_a_sign"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mn} {self.rule}"


class AlarmWord(models.Model):
    """What happened to an alarm; only ever added to.

    step counts the words of an alarm: two who speak at once cannot both be step 2. word: goes-on (until: the new end),
    escalate (reason: to whom), acknowledge, note, close. by: the account; "" for the program.
    """

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="words")
    step = models.IntegerField()
    word = models.CharField(max_length=12)
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, default="")
    by = models.CharField(max_length=150, default="")
    name = models.CharField(max_length=300, default="")
    at = models.DateTimeField()

    class Meta:
        """In the order they were said."""

        verbose_name = "报警处理"
        ordering = ["step"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["alarm", "step"], name="duheng_web_one_word_of_alarm")]

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.word} ({self.by})"


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

"""The audit trail: who did what to what; append-only and chained like the facts."""

import json
from collections.abc import Mapping

from django.conf import settings
from django.db import connection, transaction

from duheng.ledger import chain, heads, moments
from duheng.ledger.records import AuditRecord
from duheng.ledger.writing import insert
from duheng.model.errors import DuhengError

COLUMNS = ("seq", "hash", "previous", "algorithm", "at", "actor", "action", "object", "detail")


def audit(actor: str, action: str, object: str, detail: str | Mapping[str, object] = "") -> int:
    """Add an audit entry and return its number; a mapping as detail is kept as JSON.

    Within a transaction it stands or falls with it. DuhengError without an actor or an action.
    """
    if not (actor and action):
        raise DuhengError("审计记录须写明何人、做了何事。")
    text = (
        detail
        if isinstance(detail, str)
        else json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    )
    actor, action, object, text = map(_writable, (actor, action, object, text))
    algorithm = chain.algorithm(settings.DUHENG_HASH)
    with transaction.atomic():
        head = heads.locked(heads.AUDIT)
        newest = _newest(head.seq)
        at = max(moments.text_of(moments.now()), newest)
        seq = head.seq + 1
        link = chain.link(chain.AUDIT, (action, actor, algorithm, at, text, object, head.hash, seq))
        insert("ledger_audit", COLUMNS, [(seq, link, head.hash, algorithm, at, actor, action, object, text)])
        heads.advance(head, seq, link)
    return seq


def trail(limit: int | None = 100, before: int | None = None, action: str | None = None) -> list[AuditRecord]:
    """The newest audit entries, newest first; `before` a number for the page that follows.

    action: only entries of this action. limit: all of them where None.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, hash, at, actor, action, object, detail FROM ledger_audit "
            "WHERE seq < %s AND (%s OR action = %s) ORDER BY seq DESC LIMIT %s",
            [
                before if before is not None else 2**62,
                action is None,
                action or "",
                limit if limit is not None else 2**62,
            ],
        )
        return [
            AuditRecord(seq, id, moments.moment_of(at), *texts) for seq, id, at, *texts in cursor.fetchall()
        ]


def _newest(seq: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT at FROM ledger_audit WHERE seq = %s", [seq])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _writable(text: str) -> str:
    """The text as every database can hold it: nobody keeps an entry about himself out by an odd character."""
    return text.replace("\0", "�").encode("utf-8", "replace").decode()

"""From a file to the ledger: all of it, or nothing, or on request the good rows with a list of those that wait."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from duheng import ledger
from duheng.ingest.comparing import compare
from duheng.ingest.documents import store_document
from duheng.ingest.export import DRILL_MARK, is_drill, write_sheets
from duheng.ingest.loading import unsaid
from duheng.ingest.magnitude import far_off
from duheng.ingest.rows import Row, shorten
from duheng.ingest.sheets import Reading, read_sheets
from duheng.ledger.records import NewFact, NewSource, Receipt
from duheng.model.errors import DuhengError
from duheng.model.findings import Finding
from duheng.model.plan import City
from duheng.model.saying import say


@dataclass(frozen=True)
class ImportResult:
    """What an import did.

    receipt: the ledger's (None where nothing was written). number: the receipt number, the source's. added,
    duplicates: facts. ready: facts that were good. waiting: rows kept out, each with its reasons; mending: see Reading.
    """

    file: str
    digest: str
    scenario: str
    receipt: Receipt | None
    number: str | None
    findings: tuple[Finding, ...]
    ready: int
    added: int
    duplicates: int
    waiting: tuple[Row, ...]
    mending: dict[str, dict[int, Sequence[object]]]
    dry_run: bool = False

    @property
    def failed(self) -> bool:
        """Whether an error was found (whatever was imported besides)."""
        return any(finding.severity == "error" for finding in self.findings)

    def as_json(self) -> dict[str, object]:
        """The result for machines: counts, findings and waiting rows."""
        return {
            "file": self.file,
            "digest": self.digest,
            "scenario": self.scenario,
            "dry_run": self.dry_run,
            "receipt": self.number,
            "ready": self.ready,
            "added": self.added,
            "duplicates": self.duplicates,
            "waiting": [
                {"sheet": row.sheet, "row": row.number, "reasons": [finding.text for finding in row.errors]}
                for row in self.waiting
            ],
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity,
                    "place": finding.place,
                    "found": finding.found,
                    "expected": finding.expected,
                    "remedy": finding.remedy,
                    "owner": finding.owner,
                    "text": finding.text,
                }
                for finding in self.findings
            ],
        }


def import_file(
    source: Path | str | bytes,
    city: City,
    *,
    dry_run: bool = False,
    good_rows: bool = False,
    scenario: str = "actual",
    status: str = "reported",
    by: str = "命令行",
    name: str | None = None,
    today: date | None = None,
) -> ImportResult:
    """Import a sheet file into the ledger.

    A file with errors imports nothing, unless `good_rows`: then its good rows enter and the others wait.
    dry_run: read and judge only. by: who answers for it. The same file again adds nothing: equal facts are
    duplicates. The file is kept verbatim by its digest; each fact's locator is its sheet and cell.
    Raises DuhengError for a scenario of targets: these come from a plan and from nowhere else.
    """
    if scenario in ("target", "drill-target"):
        raise DuhengError(
            say(
                "情景“{scenario}”只存方案中的目标，不能导入；请用 actual（真实）或 drill（演练）。",
                scenario=scenario,
            )
        )
    reading = read_sheets(source, city, name=name, scenario=scenario, status=status, today=today)
    if dry_run:
        return judged(reading, scenario)
    return enter(reading, scenario, by=by, good_rows=good_rows)


def judged(reading: Reading, scenario: str) -> ImportResult:
    """What a reading comes to while nothing of it is written."""
    fresh = unsaid(reading.facts, NewSource("submission", reading.file, "", reading.digest))
    return _result(_beside_ledger(reading, fresh, scenario), scenario, None, None, dry_run=True)


def enter(reading: Reading, scenario: str, *, by: str, good_rows: bool = False) -> ImportResult:
    """Write what was read: all of it; of a file with errors nothing, or the good rows where `good_rows`."""
    wanted = reading.facts if good_rows or not reading.failed else ()
    if not wanted:
        return _result(reading, scenario, None, None)
    # A file imported before says nothing new, even where a later file has corrected it since.
    stated_by = NewSource("submission", reading.file, "", reading.digest)
    fresh = unsaid(wanted, stated_by)
    reading = _beside_ledger(reading, fresh, scenario)
    address = store_document(reading.content, reading.digest)
    stated_by = replace(stated_by, address=address)
    said = len(wanted) - len(fresh)
    receipt = ledger.append(fresh, stated_by, by) if fresh else Receipt(0, 0, None, None)
    receipt = replace(receipt, duplicates=receipt.duplicates + said)
    number = _number(reading.digest, reading.file)
    detail = {
        "digest": reading.digest,
        "added": receipt.added,
        "duplicates": receipt.duplicates,
        "waiting": len(reading.waiting),
    }
    ledger.audit(by, "import", reading.file, detail)
    return _result(reading, scenario, receipt, number)


def _beside_ledger(reading: Reading, fresh: Sequence[NewFact], scenario: str) -> Reading:
    """The reading with what is found where its figures are held against those of the ledger."""
    found = [
        *far_off(fresh, scenario, reading.file, reading.most_times),
        *_replaced(reading, fresh, scenario),
    ]
    return replace(reading, findings=(*reading.findings, *shorten(found, reading.file)))


def _replaced(reading: Reading, fresh: Sequence[NewFact], scenario: str) -> Iterator[Finding]:
    """A notice of those figures that this file has stated before and that others have replaced since."""
    kept = set(map(id, fresh))
    said = [fact for fact in reading.facts if id(fact) not in kept]
    replaced = [one.fact for one in compare(said, scenario) if one.effect == "changed"] if said else []
    if not replaced:
        return
    first = replaced[0]
    past = ledger.history(first.quantity, first.entity, first.item, first.period, scenario, first.definition)
    now = next(one for one in past if one.standing == "effective")
    found = say(
        "本文件以前导入过，其中{n}个数后来已被别的数取代，现在仍用那些数；如本格原报 {old}，现为 {now}（{source}）",
        n=len(replaced),
        old=first.stated,
        now=now.stated,
        source=f"{now.source.title} {now.locator}".strip(),
    )
    remedy = "要改回本文件的数，请在备注中写明原因，保存后再导入。"
    yield Finding("replaced-since", "notice", f"{reading.file} {first.locator}", found, "", remedy)


def _number(digest: str, title: str) -> str | None:
    """The receipt number: that of the file as a source of the ledger, by which its facts are found again.

    A file saved again without a change has another digest but adds no source: it has the number of the first one.
    """
    sources = ledger.sources()
    known = [source.id for source in sources if source.digest == digest]
    known = known or [source.id for source in sources if source.title == title]
    return f"S{known[-1]:06d}" if known else None


def _result(
    reading: Reading, scenario: str, receipt: Receipt | None, number: str | None, dry_run: bool = False
) -> ImportResult:
    return ImportResult(
        file=reading.file,
        digest=reading.digest,
        scenario=scenario,
        receipt=receipt,
        number=number,
        findings=reading.findings,
        ready=len(reading.facts),
        added=receipt.added if receipt else 0,
        duplicates=receipt.duplicates if receipt else 0,
        waiting=reading.waiting,
        mending=reading.mending,
        dry_run=dry_run,
    )


def waiting_rows(
    result: ImportResult,
    format: Literal["csv", "xlsx"] = "xlsx",
    words: Callable[[str], str] = str,
    told: Callable[[Finding], str] = str,
) -> bytes:
    """The rows that waited, as they stood below the head of their sheet: to be mended and imported again.

    The column after the last says the reasons; nothing else differs from the file, which is read by its layout.
    words and told say our own words and the findings in another language than Chinese. DuhengError for a CSV where
    the rows stand in several sheets.
    """
    if format == "csv" and len(result.mending) > 1:
        raise DuhengError("待改正的行在几张工作表里，.csv 只能写一张表，没有写出。请改写成 .xlsx。")
    mark = [words(DRILL_MARK)] if is_drill(result.scenario) else []
    beside = {
        (row.sheet, row.number): [words("；").join(map(told, row.errors)), *mark] for row in result.waiting
    }
    sheets = {}
    for sheet, rows in result.mending.items():
        width = max(map(len, rows.values()))
        sheets[sheet] = [
            [*cells, *[""] * (width - len(cells)), *beside.get((sheet, number), ())]
            for number, cells in rows.items()
        ]
    out = io.BytesIO()
    title = words(say("{file} 待改正的行，原因在最后一列", file=result.file))
    write_sheets(sheets, out, title=title, scenario=result.scenario, format=format, words=words)
    return out.getvalue()

"""Which row of the balance a line of a file is: by its code, by its label, and what does not agree."""

from __future__ import annotations

from collections.abc import Sequence

from duheng.ingest.balance.layout import Layout, Row, plain
from duheng.model.errors import UnreadableSource
from duheng.model.findings import Finding


def codes_of(
    name: str,
    header: list[str],
    lines: list[list[str]],
    numbers: list[int],
    known: Layout,
    findings: list[Finding],
) -> list[str]:
    """The row code of each line; "" where none is known or code and label contradict, which is a finding."""
    code_at = _first(header, known.settings["code"])
    label_at = _first(header, known.settings["label"])
    if label_at is None and code_at is None:
        label_at = 0
    codes: list[str] = []
    head = ""
    for line, number in zip(lines, numbers, strict=True):
        code = line[code_at].strip() if code_at is not None else ""
        label = line[label_at] if label_at is not None else ""
        coded, labelled = known.coded(code), known.row(label, head) if label else None
        row = coded or labelled
        where = f"{name} 第{number}行"
        if row is None:
            findings.append(_unknown(where, code or label))
        elif coded and labelled and _differ(coded, labelled) and known.row(label) != coded:
            findings.append(_contradicting(where, coded, label, labelled))
            row = None
        elif row.role == "head":
            head = row.code
        codes.append(row.code if row else "")
    return codes


def _first(header: list[str], names: list[str]) -> int | None:
    wanted = {plain(name) for name in names}
    return next((i for i, head in enumerate(header) if plain(head) in wanted), None)


def _differ(coded: Row, labelled: Row) -> bool:
    """Whether a code and a label mean two rows; of-which rows of one parent are numbered differently by year."""
    beside = coded.role == labelled.role == "of" and coded.part_of == labelled.part_of
    return coded.code != labelled.code and not beside


def _unknown(where: str, said: str) -> Finding:
    return Finding(
        "row-unknown", "error", where, f"不认识的行“{said}”", "能源平衡表的行（见 cn/balance/rows.csv）",
        "请核对行代码或项目名；本行照折，但不参与恒等式核对",
    )  # fmt: skip


def _contradicting(where: str, coded: Row, label: str, labelled: Row) -> Finding:
    return Finding(
        "row-label", "error", where,
        f"行代码{coded.code}是{coded.title}，行名“{label.strip()}”却是{labelled.title}（{labelled.code}）",
        f"同一行的代码和行名，如{coded.code} {coded.title}或{labelled.code} {labelled.title}",
        "请改正其一；未猜测以何者为准，本行照折，但不参与核对，也不计入清单",
    )  # fmt: skip


def refuse_other_tables(
    name: str, rows: list[list[str]], codes: Sequence[str], findings: list[Finding]
) -> None:
    """Say once that a file is no balance, where not one line is a row of it. Raises UnreadableSource."""
    if any(codes) or any(one.code == "row-label" for one in findings):
        return
    first = next(row for row in rows if any(row))
    columns = "、".join(cell[:20] for cell in first if cell)
    raise UnreadableSource(
        f"{name}：不是能源平衡表：{len(codes)}行没有一行是平衡表的项目（首行：{columns}）；应为一行一个平衡表项目"
        "（列 row_code 或 项目，如 S1、F2、终端消费量）、一列一个品种（如 raw_coal 或 原煤），"
        "见 cn/balance/rows.csv、columns.csv"
    )

"""Comparing two plans: pairs found beside those a person expects, and the time of one comparison."""

from __future__ import annotations

from bench.figures import CHECKOUT, Figure, seconds
from duheng.reading.comparing import compare, side_of_reading
from duheng.reading.reading import read

PLANS = CHECKOUT.parent / "shared" / "plans"
FIRST = {False: "首次0.944、0.944", True: "首次1.000、0.593"}
"""Precision and recall of each set's first run, before anything was changed in the light of it."""


def main() -> list[Figure]:
    """Precision, recall and verdicts over tests/reading/comparisons.yaml; Ziyang against the national opinion."""
    if not PLANS.is_dir():
        return [Figure("比规划：同一指标", None, "", peer=f"没有样本文件夹{PLANS}")]
    return [*_set("第一组", second=False), *_set("第二组", second=True), _one()]


def _set(name: str, *, second: bool) -> list[Figure]:
    from tests.reading.comparisons import score

    found = score(PLANS, second)
    print("\n".join([*(f"漏：{one}" for one in found.missed), *(f"多：{one}" for one in found.extra)]))
    said = f"{found.expected}对，{FIRST[second]}"
    right = found.verdicts / found.right
    return [
        Figure(f"比规划（{name}）：同一指标的准确率", found.precision, "", peer=said, bound=">= 0.97",
               holds=found.precision >= 0.97),
        Figure(f"比规划（{name}）：同一指标的召回率", found.recall, "", peer=said, bound=">= 0.85",
               holds=found.recall >= 0.85),
        Figure(f"比规划（{name}）：更严、相同、更松、不可比判对", right, "", bound=">= 0.97", holds=right >= 0.97),
    ]  # fmt: skip


def _one() -> Figure:
    names = ("ziyang", "zhongyang_tandafeng_2021")
    took = seconds(lambda: compare(*(side_of_reading(read(PLANS / f"{one}.txt"), one) for one in names)))
    return Figure("读并比较资阳市方案与中央意见", took, "s")

"""Collects every trouble of a folder before anything is said about it (L10, L12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from duheng.model.errors import nearest
from duheng.model.findings import Finding

_FEW = 8


@dataclass
class Report:
    """The findings of one folder, in the order they were met; places are relative to it."""

    folder: Path
    findings: list[Finding] = field(default_factory=list)

    def add(
        self,
        code: str,
        place: str,
        found: str,
        expected: str,
        remedy: str,
        severity: Literal["error", "warning", "notice"] = "error",
    ) -> None:
        """Note one finding; remedy is what the person who keeps the file can do."""
        finding = Finding(code, severity, place, found, expected, remedy)
        if finding not in self.findings:
            self.findings.append(finding)

    def unknown(self, code: str, place: str, what: str, name: object, known: Iterable[str]) -> None:
        """Note a name that is not among the known ones, and offer all of few or the nearest of many."""
        names = list(dict.fromkeys(known))
        near = nearest(str(name), names)
        if 0 < len(names) <= _FEW:
            expected = f"{'、'.join(names)}之一"
        else:
            expected = f"“{'”、“'.join(near)}”之类已有的{what}" if near else f"已有的{what}"
        ours = what in ("键", "列", "取值")
        remedy = f"改正该{what}" if ours else f"改用已有的{what}，或先补充其定义"
        self.add(code, place, f"{what}“{brief(name)}”不存在", expected, remedy)

    def name(self, path: Path) -> str:
        """A path as it is written in findings: relative to the folder, with forward slashes."""
        try:
            return path.relative_to(self.folder).as_posix()
        except ValueError:
            return path.name

    @property
    def troubles(self) -> list[Finding]:
        """The findings that keep the folder from being used."""
        return [finding for finding in self.findings if finding.severity == "error"]


def brief(value: object) -> str:
    """A value as it is quoted in a finding: one line, at most 40 characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"

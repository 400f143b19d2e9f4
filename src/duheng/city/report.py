"""Collects every trouble of a folder before anything is said about it (L10, L12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from duheng.model.errors import nearest
from duheng.model.findings import Finding

_FEW = 8
UNREAD = ("file-missing", "file-too-large", "file-unreadable", "encoding", "not-text", "empty-file", "separator",
          "missing-column", "csv")  # fmt: skip
"""Codes of findings after which a list has no rows."""


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

    def unknown(
        self,
        code: str,
        place: str,
        what: str,
        name: object,
        known: Iterable[str],
        titles: Iterable[tuple[str, str]] = (),
        remedy: str = "",
    ) -> None:
        """Note a name that is not among the known ones, and offer all of few or the nearest of many.

        titles: (title, known name) of each, for who wrote what people call it. remedy: where the usual one says too
        little.
        """
        names = list(dict.fromkeys(known))
        called = dict(titles)
        meant = [called[title] for title in nearest(str(name), called)]
        near = nearest(str(name), names) or list(dict.fromkeys(meant))
        if str(name) in called:
            expected = f"编号“{called[str(name)]}”（这里写的是名称）"
        elif 0 < len(names) <= _FEW:
            expected = f"{'、'.join(names)}之一"
        else:
            expected = f"“{'”、“'.join(near)}”之类已有的{what}" if near else f"已有的{what}"
        ours = what in ("键", "列", "取值")
        usual = f"改正该{what}" if ours else f"改用已有的{what}，或先补充其定义"
        self.add(code, place, f"{what}“{brief(name)}”不存在", expected, remedy or usual)

    def has(self, *codes: str, place: str = "") -> bool:
        """Whether there is a finding of one of these codes whose place begins so."""
        return any(one.code in codes and one.place.startswith(place) for one in self.findings)

    def settle_places(self) -> None:
        """Without the list of entities every name is a stranger: one notice instead of a finding each, which would
        bury why."""
        if not self.has(*UNREAD, place="entities.csv"):
            return
        resting = ("unknown-entity", "unknown-unit-name", "duty-without-member", "lead-unit")
        self.findings = [finding for finding in self.findings if finding.code not in resting]
        self.add(
            "not-checked",
            "plan*.yaml、facts、registers",
            "其中的实体和单位没有核对（entities.csv没有读出来）",
            "先有可读的entities.csv",
            "改好entities.csv后再查一次",
            "notice",
        )

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

"""YAML with the line of every value, exact numbers, and no surprises.

Numbers with a fraction become Decimal (as printed), `yes` and `no` stay text, a repeated key, an anchor or
a tag is a finding: a file that people sign must say what it seems to say.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from duheng.city.report import Report, brief

Path_ = tuple[str | int, ...]
LARGEST = 8_000_000
"""Bytes of a file of a city's folder; a plan has some tens of thousands."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FRACTION = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DEEPEST = 12


@dataclass(frozen=True)
class Marked:
    """What a YAML file says, and the line (from 1) of every key and list member."""

    name: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def place(self, *path: str | int) -> str:
        """File, line and key of a value: `plan.yaml 第12行 targets[0].value`."""
        line = next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), 1)
        return f"{self.name} 第{line}行" + (f" {written(path)}" if path else "")


def written(path: Path_) -> str:
    """A path as people write it: `targets[0].value`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_text(path: Path, report: Report) -> str | None:
    """The text of a UTF-8 file; None with a finding where it is missing, too large or in another encoding."""
    name = report.name(path)
    try:
        if path.stat().st_size > LARGEST:
            report.add(
                "file-too-large",
                name,
                f"文件大于{LARGEST // 1_000_000}MB",
                "一份文字数据",
                "核对是否放错了文件",
            )
            return None
        content = path.read_bytes()
    except FileNotFoundError:
        report.add(
            "file-missing",
            name,
            "缺少该文件",
            "城市文件夹中的一个文件",
            "补上该文件，可由duheng init生成样例",
        )
        return None
    except OSError as trouble:
        report.add(
            "file-unreadable", name, f"无法读取（{trouble.strerror}）", "一个可读的文件", "检查文件权限与名称"
        )
        return None
    return _decoded(content, path, report)


def _decoded(content: bytes, path: Path, report: Report) -> str | None:
    name = report.name(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = content[: trouble.start].count(b"\n") + 1
        remedy = "用UTF-8编码另存该文件"
        if path.suffix == ".csv":
            remedy += "（Excel：另存为“CSV UTF-8（逗号分隔）”）"
        report.add("encoding", f"{name} 第{line}行", _encoding_found(content), "UTF-8编码", remedy)
        return None
    if "\x00" in text:
        report.add("not-text", name, "含有空字符，不是文字文件", "一份文字数据", "核对是否放错了文件")
        return None
    return text


def _encoding_found(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "是UTF-16编码"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return "不是UTF-8编码的文字"
    return "像是GBK（GB 18030）编码"


def read_yaml(path: Path, report: Report) -> Marked | None:
    """A YAML mapping with its lines; None with findings where the file cannot be read or is none."""
    text = read_text(path, report)
    if text is None:
        return None
    name = report.name(path)
    try:
        if _depth(text) > _DEEPEST:
            report.add("yaml", name, "嵌套过深", f"不超过{_DEEPEST}层", "核对是否放错了文件")
            return None
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            report.add("empty-file", name, "文件是空的", "键与值", "填写内容，可由duheng init生成样例")
            return None
        lines: dict[Path_, int] = {}
        data = _Reader(name, report, lines).value(node, ())
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark or trouble.context_mark
        line = mark.line + 1 if mark else 1
        report.add(
            "yaml",
            f"{name} 第{line}行",
            _explained(trouble),
            "合法的YAML",
            "检查该行及上一行的缩进、冒号、引号与括号",
        )
        return None
    except yaml.YAMLError as trouble:
        report.add("yaml", name, f"不是合法的YAML（{brief(trouble)}）", "合法的YAML", "删去不可见的控制字符")
        return None
    if not isinstance(data, dict):
        report.add("yaml", f"{name} 第1行", "最外层不是键与值", "键: 值", "参照duheng init生成的样例")
        return None
    return Marked(name, data, lines)


def _depth(text: str) -> int:
    """The nesting, counted to one past the deepest allowed: composing deeper would end the process."""
    depth = deepest = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
            if deepest > _DEEPEST:
                break
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return deepest


_PROBLEMS = {
    "could not find expected ':'": "该处缺少冒号",
    "mapping values are not allowed": "一行里有两个冒号，或上一行缩进不对",
    "expected ',' or ']'": "列表缺少逗号或右方括号",
    "expected ',' or '}'": "缺少逗号或右花括号",
    "quoted scalar": "引号没有配对",
    "found a tab character": "用了制表符缩进，请改为空格",
    "cannot start any token": "用了制表符缩进，或以不能作开头的符号开头",
    "expected <block end>": "缩进与上文不一致",
    "did not find expected": "缩进与上文不一致，或缺少冒号",
    "undefined alias": "以星号开头的值须加引号",
    "expected a single document": "一个文件里有两份文档（---）",
}


def _explained(trouble: yaml.MarkedYAMLError) -> str:
    said = f"{trouble.context or ''} {trouble.problem or ''}"
    for english, chinese in _PROBLEMS.items():
        if english in said:
            return f"不是合法的YAML：{chinese}"
    return f"不是合法的YAML（{brief(trouble.problem or trouble.context)}）"


@dataclass
class _Reader:
    """Turns the nodes of one file into plain values, noting the line of each."""

    name: str
    report: Report
    lines: dict[Path_, int]
    seen: set[int] = field(default_factory=set)

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.lines[path] = node.start_mark.line + 1
        place = f"{self.name} 第{node.start_mark.line + 1}行" + (f" {written(path)}" if path else "")
        if id(node) in self.seen:
            self.report.add(
                "yaml-alias", place, "用了锚点和引用（& *）", "直接写出的值", "把所引用的内容照写一遍"
            )
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(member, (*path, n)) for n, member in enumerate(node.value)]
        return self._scalar(node, place)

    def _pairs(self, node: yaml.MappingNode, path: Path_) -> Iterator[tuple[str, Any]]:
        known: set[str] = set()
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            place = f"{self.name} 第{key_node.start_mark.line + 1}行"
            if not isinstance(key, str):
                self.report.add("yaml", place, "键不是文字", "一个键名", "检查该行的括号与冒号")
                continue
            if key in known:
                self.report.add(
                    "repeated-key",
                    f"{place} {written((*path, key))}",
                    f"键“{brief(key)}”出现两次",
                    "每个键一次",
                    "只留一处",
                )
                continue
            known.add(key)
            yield key, self.value(value_node, (*path, key))

    def _scalar(self, node: yaml.Node, place: str) -> Any:
        text = str(node.value)
        if getattr(node, "style", None) in ('"', "'", "|", ">"):
            return text
        if not node.tag.startswith("tag:yaml.org,2002:"):
            self.report.add(
                "yaml-tag", place, f"用了标签“{brief(node.tag)}”", "普通的值", "去掉叹号及其后的标签"
            )
            return None
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "false", "False"):
            return text.lower() == "true"
        if _INTEGER.match(text) and len(text) <= 30:
            return int(text)
        if _FRACTION.match(text) and len(text) <= 60:
            return Decimal(text)
        if _DATE.match(text):
            try:
                return datetime.date.fromisoformat(text)
            except ValueError:
                return text
        return text

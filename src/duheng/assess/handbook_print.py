"""Printing of the handbook's blocks as Markdown and as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to another entry, with text around it."""

    text: str
    to: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One quantity, rule, parameter, target ...: its title, labelled lines (empty ones are not printed), a table."""

    title: str
    anchor: str
    lines: Sequence[tuple[str, Sequence[str | Link]]]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()

    @property
    def stated(self) -> list[tuple[str, list[str | Link]]]:
        """The lines that say something."""
        kept = [(label, [value for value in values if value]) for label, values in self.lines]
        return [(label, values) for label, values in kept if values]


Block = Heading | Text | Entry


def as_markdown(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown, with an anchor before each entry."""
    return "\n".join(line for block in blocks for line in _markdown(block))


def _markdown(block: Block) -> list[str]:
    match block:
        case Heading():
            return [f'<a id="{block.anchor}"></a>', "", f"{'#' * block.level} {_plain(block.text)}", ""]
        case Text():
            return [_plain(block.text), ""]
    lines = [f'<a id="{block.anchor}"></a>', "", f"#### {_plain(block.title)}", ""]
    lines += [f"- {_plain(label)}：{'；'.join(_linked(v) for v in values)}" for label, values in block.stated]
    if block.rows:
        lines += ["", _row(block.columns), _row(["---"] * len(block.columns)), *map(_row, block.rows)]
    return [*lines, ""]


def _linked(value: str | Link) -> str:
    if isinstance(value, str):
        return _plain(value)
    return f"{_plain(value.before)}[{_plain(value.text)}](#{value.to}){_plain(value.after)}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_plain(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _plain(text: str) -> str:
    """Text in which nothing is read as a mark of Markdown or HTML: `<fuel>` and `a*b` stay as they are."""
    for sign in "\\`*_[]":
        text = text.replace(sign, "\\" + sign)
    return text.replace("<", "&lt;").replace("\n", " ")


_STYLE = """
body{font-family:"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;line-height:1.6;color:#1f2d3d;
max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{border-bottom:2px solid #1e5eff;padding-bottom:.2rem;margin-top:2.5rem}
article{border:1px solid #d5dbe3;border-radius:4px;padding:.2rem 1rem .8rem;margin:.8rem 0;break-inside:avoid}
h4{margin:.6rem 0}dl{display:grid;grid-template-columns:minmax(6rem,14rem) 1fr;gap:.15rem 1rem;margin:0}
dt{color:#55606e}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin-top:.8rem;font-size:.9rem}
th,td{border:1px solid #d5dbe3;padding:.2rem .5rem;text-align:left;vertical-align:top}
nav ul{list-style:none;padding:0}@media print{article{border-color:#999}a{color:inherit;text-decoration:none}}
@media(max-width:40rem){dl{grid-template-columns:1fr}dt{font-weight:600}}
"""


def as_html(blocks: Iterable[Block]) -> str:
    """The blocks as one page with contents, style within; no script, nothing fetched."""
    made = list(blocks)
    headings = [block for block in made if isinstance(block, Heading)]
    title = headings[0].text if headings else "规则手册"
    contents = "".join(
        f'<li><a href="#{escape(h.anchor)}">{"　" * (h.level - 2)}{escape(h.text)}</a></li>'
        for h in headings
        if h.level > 1
    )
    body = "\n".join(_html(block) for block in made)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<nav aria-label="目录"><ul>{contents}</ul></nav>\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _html(block: Block) -> str:
    match block:
        case Heading():
            return f'<h{block.level} id="{escape(block.anchor)}">{escape(block.text)}</h{block.level}>'
        case Text():
            return f"<p>{escape(block.text)}</p>"
    lines = "".join(
        f"<dt>{escape(label)}</dt><dd>{'；'.join(_anchored(v) for v in values)}</dd>"
        for label, values in block.stated
    )
    table = ""
    if block.rows:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in block.columns)
        cells = "".join(f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>" for row in block.rows)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"
    title = f"<h4>{escape(block.title)}</h4>"
    return f'<article id="{escape(block.anchor)}">{title}<dl>{lines}</dl>{table}</article>'


def _anchored(value: str | Link) -> str:
    if isinstance(value, str):
        return escape(value)
    link = f'<a href="#{escape(value.to)}">{escape(value.text)}</a>'
    return f"{escape(value.before)}{link}{escape(value.after)}"

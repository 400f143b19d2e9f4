"""Begins the folder of a new city: a commented example that passes `duheng check` and is then rewritten."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from string import Template

from duheng.model.errors import DuhengError

_TEMPLATE = Path(__file__).with_name("template")
_NO_CODE = "999900"
_BAD = set('\\/:*?"<>|\n\r\t$#{}[]&!%@`') | {"'"}


def init(city: str, into: Path, code: str | None = None) -> Path:
    """Write a new city's folder below `into` and return it.

    city: its name, or its six-digit division code; code: the code where a name is given (999900 where
    unknown, to be replaced). The folder is named by the code. Raises DuhengError where the name or code
    cannot be one, or where the folder exists and is not empty: nothing of anybody's is overwritten.
    """
    city = city.strip()
    digits = city.isascii() and city.isdigit()
    id = city if digits else (code or _NO_CODE).strip()
    name = "本市" if digits else city
    if len(id) != 6 or not (id.isascii() and id.isdigit()):
        raise DuhengError(f"区划代码“{id}”：应为六位数字，如512000。")
    if not name or len(name) > 30 or _BAD & set(name):
        raise DuhengError(f"城市名称“{name[:30]}”：应为不超过30个字的名称，不含标点符号。")
    folder = into / id
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DuhengError(f"文件夹“{folder}”已有内容，没有改动它。请换一个位置，或先移走原有内容。")
    province = f"{id[:2]}0000"
    # A municipality is its own province: the nation stands above it.
    words = {"id": id, "name": name, "code": id[:4], "province": "100000" if province == id else province}
    for source in sorted(path for path in _TEMPLATE.rglob("*") if path.is_file()):
        target = folder / source.relative_to(_TEMPLATE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(source, words), "utf-8")
    return folder


def _filled(source: Path, words: dict[str, str]) -> str:
    text = source.read_text("utf-8")
    if source.suffix != ".csv":
        return Template(text).substitute(words)
    # Cell by cell: a name with a comma stays one cell.
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in csv.reader(io.StringIO(text)):
        writer.writerow([Template(cell).substitute(words) for cell in row])
    return out.getvalue()

"""Where the packaged data (`cn/`: units, quantities, axes, parameters, cities) lies."""

from __future__ import annotations

import csv
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from duheng.model.errors import UnreadableSource

VARIABLE = "DUHENG_DATA"
# The C parser reads ten times as fast where PyYAML was built with it; both are safe loaders.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """Content of a YAML file of the package. Raises yaml.YAMLError."""
    return yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506  # a safe loader, see above


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a csv file of the package by column. Raises csv.Error, OSError, UnicodeDecodeError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def root() -> Path:
    """The `cn` folder: `DUHENG_DATA` where set, else `duheng/cn` of the package, else `cn/` of the checkout.

    Raises UnreadableSource where none of them is a folder.
    """
    return _root(os.environ.get(VARIABLE) or None)


@lru_cache(maxsize=64)
def _root(stated: str | None) -> Path:
    if stated is not None:
        folder = Path(stated).expanduser()
        if not folder.is_dir():
            raise UnreadableSource(
                f"环境变量{VARIABLE}：指向“{stated}”，应为已有的数据文件夹。请改正或取消该变量。"
            )
        return folder.resolve()
    package = Path(__file__).resolve().parents[1]
    places = (package / "cn", package.parents[1] / "cn")
    for place in places:
        if place.is_dir():
            return place
    raise UnreadableSource(
        f"找不到数据文件夹cn：应在“{places[0]}”或“{places[1]}”。请重新安装，或设置{VARIABLE}。"
    )

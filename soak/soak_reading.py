"""Ten thousand damaged documents through `duheng.reading`: a reading whose places are true, or words."""

from __future__ import annotations

import random
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

from bench.figures import CHECKOUT, Figure
from duheng.reading.reading import Reading, read
from soak.fuzzing import Defect, Fuzz
from soak.mutation import ODD, bytes_changed, text_changed

CASES = 10_000
PLANS = CHECKOUT.parent / "shared" / "plans"
NOTICE = CHECKOUT / "tests" / "reading" / "notice.txt"
WORDS = (
    *ODD,
    "分别",
    "、",
    "（",
    "）",
    "到2025年",
    "以上",
    "百分点",
    "（责任单位：",
    "下同",
    "一、",
    "（一）",
    "1.",
    "~",
    "|",
    "\t",
    "%",
)
SUFFIXES = (".txt", ".txt", ".txt", ".html", ".docx")


def main() -> list[Figure]:
    """All cases in one process; the sample plans where they are at hand, else the notice of the tests."""
    texts = [path.read_text("utf-8") for path in sorted(PLANS.glob("*.txt"))] or [NOTICE.read_text("utf-8")]
    fuzz = Fuzz("duheng read")
    with tempfile.TemporaryDirectory(prefix="duheng-reading-") as folder:
        for seed in range(CASES):
            read_damaged(fuzz, Path(folder), texts, seed)
    return fuzz.figures()


def read_damaged(fuzz: Fuzz, folder: Path, texts: list[str], seed: int) -> None:
    """One document: damaged as text, as bytes, or both."""
    chance = random.Random(seed)
    path = folder / f"plan{chance.choice(SUFFIXES)}"
    text = characters_changed(chance.choice(texts), chance)
    content = packed(path.suffix, text_changed(text, chance, WORDS), chance)
    path.write_bytes(bytes_changed(content, chance) if chance.random() < 0.3 else content)

    def work() -> bool:
        reading = read(path)
        if wrong := untrue(reading):
            raise Defect(wrong)
        return True

    fuzz.tried(f"document, seed {seed}", work)


def characters_changed(text: str, chance: random.Random) -> str:
    """Characters dropped, doubled and swapped, up to one in a hundred; now and then only a piece of the text."""
    signs = list(text[: chance.choice((len(text), len(text), 3000, 200))])
    for _ in range(chance.randint(0, max(1, len(signs) // 100))):
        at = chance.randrange(len(signs)) if signs else 0
        match chance.randrange(3) if signs else 3:
            case 0:
                del signs[at]
            case 1:
                signs.insert(at, signs[at])
            case 2:
                other = chance.randrange(len(signs))
                signs[at], signs[other] = signs[other], signs[at]
    return "".join(signs)


def packed(suffix: str, text: str, chance: random.Random) -> bytes:
    """The text as a file of that kind."""
    if suffix == ".txt":
        return text.encode(chance.choice(("utf-8", "utf-8-sig", "gb18030")), "replace")
    if suffix == ".html":
        return ("<html><body><p>" + text.replace("\n", "</p><p>") + "</p></body></html>").encode(
            "utf-8", "replace"
        )
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in escaped.split("\n"))
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        document = f"<w:document {names}><w:body>{body}</w:body></w:document>"
        package.writestr("word/document.xml", document.encode("utf-8", "replace"))
    return out.getvalue()


def untrue(reading: Reading) -> str | None:
    """What of a reading does not stand where it says, if anything."""
    for target in reading.targets:
        if reading.text[target.start : target.end] != target.quote:
            return f"target at {target.start}: {target.quote[:60]!r}"
    for task in reading.tasks:
        if reading.text[task.start : task.end] != task.quote:
            return f"task at {task.start}: {task.quote[:60]!r}"
    for doubt in reading.doubts:
        if not 0 <= doubt.start <= doubt.end <= len(reading.text):
            return f"doubt at {doubt.start}-{doubt.end}: {doubt.message}"
    return None

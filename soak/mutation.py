"""Seeded damage: to bytes, to the text of a table or of YAML, to the parts of an .xlsx package."""

from __future__ import annotations

import io
import random
import re
import zipfile

# What people and machines put where something else belongs; the last ones are what attackers put there.
ODD = (
    "", " ", "-", "—", "-1", "0", "０．５", "1e999", "-1e-999", "NaN", "inf", "1,2,3", "1.2.3", "12万", "百分之五",
    "9" * 400, "2023-02-30", "2023年13月", "0000", "99999", "2023Q5", "十四五", "null", "~", "true", "[]", "{}",
    "[[[[", "- - -", "? :", "&a [*a]", "*b", "!!python/object/apply:os.system [ls]", "!!binary ===", "%YAML 9",
    "<<: *x", "|", ">-", "'", '"', '"""', "\ufeff", "\u200b", "\u202e",
    "\0", "\x1b[2J", "\ud7ff", "𠮷", "é", "²", "①", "٣",
    "吨/吨/吨", "万万万亿", "kgce/(m2", "<fuel>", "%s", "%(x)d", "{0.__class__}", "${x}", "=1+1", "@SUM(A1)",
    "<script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd", "/dev/zero", "http://127.0.0.1/", "A" * 5000,
    "(" * 500,
)  # fmt: skip
_TOKEN = re.compile(r"[^\s,:;/?&=<>\"'\[\]{}]+")
_LONGEST = 200_000  # a doubled text is not doubled again beyond this


def bytes_changed(data: bytes, chance: random.Random) -> bytes:
    """Bytes dropped, doubled, swapped, flipped, replaced or cut off, one to six times."""
    text = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        if not text:
            break
        at = chance.randrange(len(text))
        length = chance.choice((1, 1, 2, 7, 64, 1000))
        piece = bytes(text[at : at + length])
        match chance.randrange(6):
            case 0:
                del text[at : at + length]
            case 1:
                text[at:at] = piece
            case 2:
                other = chance.randrange(len(text))
                text[at], text[other] = text[other], text[at]
            case 3:
                text[at] ^= 1 << chance.randrange(8)
            case 4:
                text[at : at + length] = chance.randbytes(len(piece))
            case _:
                del text[at + 1 :]
    return bytes(text)


def text_changed(text: str, chance: random.Random, words: tuple[str, ...] = ODD) -> str:
    """Lines dropped, doubled, swapped, moved in; words and marks replaced, one to four times."""
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                del lines[at]
            case 1 if len(text) < _LONGEST:
                lines[at:at] = lines[at : at + chance.choice((1, 1, 5, 40))]
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = chance.choice((" ", "  ", "\t", "")) + lines[at].lstrip()
            case 4:
                lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
            case _:
                lines[at] = word_changed(lines[at], chance, words)
        text = "\n".join(lines)
    return text


def word_changed(line: str, chance: random.Random, words: tuple[str, ...] = ODD) -> str:
    """One word of a line replaced by an odd one, joined with it, or by another word of the line."""
    found = list(_TOKEN.finditer(line))
    if not found:
        return line + chance.choice(words)
    one = chance.choice(found)
    put = chance.choice((chance.choice(words), one[0] + chance.choice(words), chance.choice(found)[0]))
    return line[: one.start()] + put + line[one.end() :]


def package_changed(data: bytes, chance: random.Random) -> bytes:
    """An .xlsx whose parts are dropped, damaged as text or as bytes, exchanged or swollen, packed anew."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name, other = chance.choice(list(parts)), chance.choice(list(parts))
    match chance.randrange(7):
        case 0:
            del parts[name]
        case 1:
            parts[name], parts[other] = parts[other], parts[name]
        case 2:
            parts[name] = bytes_changed(parts[name], chance)
        case 3:  # a bomb: much that packs well, just below and above what is allowed
            parts[name] += b" " * chance.choice((1_000_000, 30_000_000))
        case _:
            parts[name] = markup_changed(parts[name].decode(), chance).encode("utf-8", "replace")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as new:
        for part, content in parts.items():
            new.writestr(part, content)
    return out.getvalue()


def markup_changed(text: str, chance: random.Random) -> str:
    """Elements doubled, dropped or exchanged, attributes and texts replaced; still close to what it was."""
    for _ in range(chance.randint(1, 4)):
        pieces = re.split(r"(?<=>)", text)
        at, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        match chance.randrange(5):
            case 0:
                pieces[at:at] = pieces[at : at + chance.choice((1, 3, 30))]
            case 1:
                del pieces[at]
            case 2:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case _:
                pieces[at] = word_changed(pieces[at], chance)
        text = "".join(pieces)
    return text

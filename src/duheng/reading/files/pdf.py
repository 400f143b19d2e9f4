"""A .pdf with a text layer: pages joined, tables where ruling lines are. A scan is refused: it holds no words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from statistics import median

import pypdfium2
from pypdfium2 import raw

from duheng.reading.files.pdf_tables import Box, Grid, grids
from duheng.reading.files.source import Block, Content, Progress, limits, refuse

_SCANNED = "请用OCR软件（如WPS“图片转文字”、ABBYY FineReader）识别后另存为.docx，或向制文机关索取可编辑的版本"
_FEWEST = 10  # signs of a page that has a text layer
_COLUMN_LINES = 6  # of each column at least
_COLUMN_WIDTH = 0.28  # of the page: half the lines of a column of prose are as wide
_NARROW = 0.06  # of the page: how far from its middle a column may end
_WHOLE = 1e6  # points: beyond any page


def read_pdf(content: bytes, place: str, progress: Progress | None = None) -> Content:
    """The pages in order; progress(done, all) is called after each. Raises UnreadableSource."""
    with closing(_open(content, place)) as document:
        if len(document) > limits()["pages"]:
            raise refuse(place, f"有{len(document)}页，上限{limits()['pages']}页", "请拆分后分别读入")
        blocks: list[Block] = []
        pages: list[int] = []
        pictures: list[int] = []
        in_columns: list[int] = []
        for index in range(len(document)):
            said, scanned, columns = _page(document, index, place)
            pages.append(len(blocks))
            blocks += said
            in_columns += [index + 1] if columns else []
            if scanned:
                pictures.append(index + 1)
            if progress is not None:
                progress(index + 1, len(document))
    written = sum(len(str(block)) for block in blocks)
    if written < _FEWEST * max(1, len(pages) // 2):
        found = "是扫描件，没有文字层" if pictures else "没有文字"
        raise refuse(place, found, _SCANNED)
    return Content(blocks, _remarks(pictures, in_columns), pages, printed=True)


def _remarks(pictures: list[int], in_columns: list[int]) -> list[tuple[str, str]]:
    found = []
    if pictures:
        found.append(("scanned_pages", f"第{_named(pictures)}页是图片，没有文字层，未读入"))
    if in_columns:
        found.append(("columns", f"第{_named(in_columns)}页分为两栏，先左栏后右栏读入"))
    return found


def _named(pages: list[int]) -> str:
    return "、".join(map(str, pages[:10])) + ("等" if len(pages) > 10 else "")


def _open(content: bytes, place: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise refuse(place, "PDF有密码", "请用密码打开后另存为没有密码的PDF") from None
        raise refuse(place, "PDF损坏，不能打开", "请重新下载，或用PDF阅读器打开后另存") from None


def _page(document: pypdfium2.PdfDocument, index: int, place: str) -> tuple[list[Block], bool, bool]:
    """Lines and rows of a page from top to bottom; whether it is a picture without words, and whether in columns."""
    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as words:
            found = [(one.box, one) for one in grids(page)]
            gutter = _gutter(words, page.get_width()) if not found else None
            blocks = list(_bands(words, found) if gutter is None else _columns(words, *gutter))
            if sum(len(str(block)) for block in blocks) >= _FEWEST:
                return blocks, False, gutter is not None
            pictures = page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3)
            return blocks, any(True for _ in pictures), False
    except pypdfium2.PdfiumError:
        raise refuse(
            f"{place}第{index + 1}页", "损坏，不能读取", "请重新下载，或用PDF阅读器打开后另存"
        ) from None


def _gutter(words: pypdfium2.PdfTextPage, width: float) -> tuple[float, float] | None:
    """Where the page is parted into two columns of prose: the middle, and the height [points] they begin at.

    Both columns have lines nearly as wide as they are: short pieces side by side are a table nobody ruled.
    """
    boxes = [words.get_rect(at) for at in range(words.count_rects())]
    middle = width / 2
    left = [box for box in boxes if box[2] <= middle + _NARROW * width]
    right = [box for box in boxes if box[0] >= middle - _NARROW * width]
    if min(len(left), len(right)) < _COLUMN_LINES or max(b[2] for b in left) > min(b[0] for b in right):
        return None
    if any(median(b[2] - b[0] for b in side) < _COLUMN_WIDTH * width for side in (left, right)):
        return None
    top = max(box[3] for box in right)
    across = [box for box in boxes if box not in left and box not in right and box[1] < top]
    between = (max(box[2] for box in left) + min(box[0] for box in right)) / 2
    return (between, top) if len(across) <= 1 else None


def _columns(words: pypdfium2.PdfTextPage, middle: float, top: float) -> Iterator[Block]:
    """What stands above the columns, the left one, the right one."""
    yield from _lines(words.get_text_bounded(left=-_WHOLE, bottom=top, right=_WHOLE, top=_WHOLE))
    yield from _lines(words.get_text_bounded(left=-_WHOLE, bottom=-_WHOLE, right=middle, top=top))
    yield from _lines(words.get_text_bounded(left=middle, bottom=-_WHOLE, right=_WHOLE, top=top))


def _bands(words: pypdfium2.PdfTextPage, tables: list[tuple[Box, Grid]]) -> Iterator[Block]:
    """What stands above, in and below each table."""
    top = _WHOLE
    if not tables:
        yield from _lines(words.get_text_range())
        return
    for box, grid in sorted(tables, key=lambda one: -one[0].top):
        yield from _lines(words.get_text_bounded(left=-_WHOLE, bottom=box.top, right=_WHOLE, top=top))
        for row in grid.cells:
            yield [" ".join(_said(words, cell).split()) if cell is not None else "" for cell in row]
        top = box.bottom
    yield from _lines(words.get_text_bounded(left=-_WHOLE, bottom=-_WHOLE, right=_WHOLE, top=top))


def _said(words: pypdfium2.PdfTextPage, cell: Box) -> str:
    said = words.get_text_bounded(left=cell.left, bottom=cell.bottom, right=cell.right, top=cell.top)
    # A word broken at the edge of its cell goes on without a blank, as Chinese is written.
    return "".join(_lines(said))


def _lines(said: str) -> list[str]:
    # U+FFFE is how the library marks a hyphen at the end of a line.
    return [line.strip("\x00 ") for line in said.replace("\ufffe", "").splitlines() if line.strip("\x00 ")]

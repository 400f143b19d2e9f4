"""A .pdf with a text layer: pages joined, tables where ruling lines are. A scan is refused: it holds no words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pypdfium2
from pypdfium2 import raw

from duheng.reading.files.pdf_tables import Box, Grid, grids
from duheng.reading.files.source import Block, Content, Progress, limits, refuse

_SCANNED = "请用OCR软件（如WPS“图片转文字”、ABBYY FineReader）识别后另存为.docx，或向制文机关索取可编辑的版本"
_FEWEST = 10  # signs of a page that has a text layer
_WHOLE = 1e6  # points: beyond any page


def read_pdf(content: bytes, place: str, progress: Progress | None = None) -> Content:
    """The pages in order; progress(done, all) is called after each. Raises UnreadableSource."""
    with closing(_open(content, place)) as document:
        if len(document) > limits()["pages"]:
            raise refuse(place, f"有{len(document)}页，上限{limits()['pages']}页", "请拆分后分别读入")
        blocks: list[Block] = []
        pages: list[int] = []
        pictures: list[int] = []
        for index in range(len(document)):
            said, scanned = _page(document, index, place)
            pages.append(len(blocks))
            blocks += said
            if scanned:
                pictures.append(index + 1)
            if progress is not None:
                progress(index + 1, len(document))
    written = sum(len(str(block)) for block in blocks)
    if written < _FEWEST * max(1, len(pages) // 2):
        found = "是扫描件，没有文字层" if pictures else "没有文字"
        raise refuse(place, found, _SCANNED)
    return Content(blocks, _remarks(pictures), pages)


def _remarks(pictures: list[int]) -> list[tuple[str, str]]:
    if not pictures:
        return []
    named = "、".join(map(str, pictures[:10])) + ("等" if len(pictures) > 10 else "")
    return [("scanned_pages", f"第{named}页是图片，没有文字层，未读入")]


def _open(content: bytes, place: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise refuse(place, "PDF有密码", "请用密码打开后另存为没有密码的PDF") from None
        raise refuse(place, "PDF损坏，不能打开", "请重新下载，或用PDF阅读器打开后另存") from None


def _page(document: pypdfium2.PdfDocument, index: int, place: str) -> tuple[list[Block], bool]:
    """Lines and rows of a page from top to bottom, and whether it is a picture without words."""
    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as words:
            found = [(one.box, one) for one in grids(page)]
            blocks = list(_bands(words, found))
            if sum(len(str(block)) for block in blocks) >= _FEWEST:
                return blocks, False
            pictures = page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3)
            return blocks, any(True for _ in pictures)
    except pypdfium2.PdfiumError:
        raise refuse(
            f"{place}第{index + 1}页", "损坏，不能读取", "请重新下载，或用PDF阅读器打开后另存"
        ) from None


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

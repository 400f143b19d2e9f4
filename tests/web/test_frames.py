"""Pictures that leave their page: what they say of themselves, and where the watermark lies."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from duheng.ingest.export import DRILL_NOTICE
from duheng.web.frames import framed, marked, size, wrapped

Site = Callable[..., Client]
BARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">'
    '<rect width="300" height="200" fill="white"/><path d="M0 0"/></svg>'
)


def test_the_mark_lies_between_ground_and_lines() -> None:
    svg = marked(BARE, "演练数据")
    assert svg.index('fill="white"') < svg.index("演练数据") < svg.index("<path")


def test_a_picture_without_mark_is_left_alone() -> None:
    assert marked(BARE, "") == BARE


def test_the_frame_adds_title_notice_and_notes_around_the_picture() -> None:
    svg = framed(BARE, "标题 <1>", "演练", ["数据截至 2026-01-01"])
    assert svg.index("标题 &lt;1&gt;") < svg.index("演练") < svg.index("<path") < svg.index("数据截至")
    assert size(svg)[0] == 300
    assert size(svg)[1] > 200


def test_what_states_no_size_is_refused() -> None:
    with pytest.raises(ValueError, match="no width and height"):
        size("<svg>")


def test_lines_break_where_the_room_ends_and_never_within_a_latin_word() -> None:
    assert wrapped("单位地区生产总值", 10, 40) == ["单位地区", "生产总值"]
    assert wrapped("energy use", 10, 40) == ["energy", "use"]
    assert wrapped("", 10, 40) == []


@pytest.mark.parametrize("chart", ["trend", "map"])
def test_an_exported_picture_says_what_it_shows_and_of_which_day(drill: Site, chart: str) -> None:
    svg = drill().get(f"/board.svg?scenario=drill&as_of=2025-12-31&chart={chart}").content.decode()
    for words in (DRILL_NOTICE, "数据截至 2025-12-31", "资府发〔2023〕3号", "资阳市"):
        assert words in svg
    assert "<a " not in svg


def test_a_map_without_review_number_says_so_wherever_it_goes(drill: Site) -> None:
    said = "无审图号，仅供内部工作使用"
    assert said in drill().get("/").content.decode()
    assert said in drill().get("/board.svg?chart=map").content.decode()


def test_the_notice_of_a_drill_on_paper_is_the_notice_of_the_program(drill: Site) -> None:
    from duheng.web.words import english

    link = re.search(r'href="(/static/duheng/style\.css[^"]*)"', drill().get("/").content.decode())
    assert link
    response = drill().get(link[1])
    style = b"".join(response).decode()
    response.close()
    assert f'content: "{DRILL_NOTICE}"' in style
    assert f'content: "{english()[DRILL_NOTICE]}"' in style

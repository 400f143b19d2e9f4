"""A plan version as it was saved: the document with its targets and units, for every reader."""

from __future__ import annotations

from duheng.web import plan_versions, readings
from duheng.web.document_marks import pieces
from duheng.web.page import Ask, Page
from duheng.web.pages.readings import PARTS, as_json
from duheng.web.reading_cards import cards
from duheng.web.readings import Review


def show(ask: Ask, number: str) -> Page:
    """The saved version: what was accepted, where it stands in the document, who said so."""
    version = plan_versions.find(number)
    whole = readings.review(version.reading, version.upto)
    kept = {id: one for id, one in whole.entries.items() if one.kept or one.kind in "hd"}
    review = Review(whole.kept, kept, whole.last)
    shown = cards(ask, review)
    unbound = [one for one in review.of("t") if not one.fields.get("quantity")]
    return Page(
        template="plan_version.html",
        title=ask.words("{title}（第{n}版）", title=version.title, n=version.pk),
        data={
            **as_json(review),
            "plan": version.plan,
            "version_of": version.instead_of or None,
            "saved_by": version.name,
            "saved_at": version.at.isoformat(),
            "files_sha256": version.digest,
        },
        context={
            "version": version,
            "kept": version.reading,
            "pieces": pieces(review),
            "shown": shown,
            "parts_of": [(PARTS[kind], [shown[one.id] for one in review.of(kind)]) for kind in PARTS],
            "left": [one for one in whole.listed() if not one.kept],
            "open_doubts": [one for one in whole.of("d") if one.standing == readings.OPEN],
            "unbound": unbound,
            "counts": review.counts(),
        },
    )

"""What goes into the ledger and what comes out of it: plain frozen records."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

# How sure a figure is (L2: the first outranks the others), how it came from its document; as pages and exports say it.
STATUS_TITLES = {"audited": "核定", "measured": "监测", "reported": "填报", "estimated": "估算"}
CONFIDENCE_TITLES = {"quoted": "原文", "derived": "推算", "memory": "未核实"}
STATUSES = tuple(STATUS_TITLES)
KINDS = ("document", "submission", "telemetry", "solver", "plan")


@dataclass(frozen=True, slots=True)
class NewSource:
    """Where facts come from.

    kind: document | submission | telemetry | solver | plan; title: what a reader calls it; address: file, URL or
    page; digest: hash of the content, empty where there is none; published_on: its date, None where unknown.
    """

    kind: str
    title: str
    address: str = ""
    digest: str = ""
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewFact:
    """One statement about one cell (quantity, entity, item, period, scenario, definition).

    value: exact, in the quantity's declared unit (`unit` names it where the caller knows it);
    stated: as printed, with its own unit; status: audited | measured | reported | estimated;
    confidence: quoted | derived | memory ...; locator: page or cell within the source.
    """

    quantity: str
    entity: str
    item: str | None
    period: str
    scenario: str
    definition: str | None
    value: Decimal
    stated: str
    status: str
    confidence: str
    locator: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an append did: facts added, duplicates left out, first and last number given (None where none was)."""

    added: int
    duplicates: int
    first_seq: int | None
    last_seq: int | None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source as the ledger holds it; `hash` covers its other columns."""

    id: int
    hash: str
    kind: str
    title: str
    address: str
    digest: str
    published_on: date | None


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A fact as the ledger holds it.

    id: its hash; standing: effective | superseded (by a newer fact of the same status) | outranked (by a higher one).
    """

    seq: int
    id: str
    previous: str
    algorithm: str
    scenario: str
    quantity: str
    entity: str
    item: str | None
    period: str
    definition: str | None
    value: Decimal
    unit: str
    stated: str
    status: str
    confidence: str
    source: SourceRecord
    locator: str
    recorded_at: datetime
    recorded_by: str
    supersedes: str | None
    standing: str


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An audit entry: who did what to what, and when."""

    seq: int
    id: str
    at: datetime
    actor: str
    action: str
    object: str
    detail: str

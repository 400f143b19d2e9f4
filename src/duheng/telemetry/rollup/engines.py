"""Where roll-up expressions run: DuckDB by default, a Spark cluster or any other backend of Ibis on request.

An expression is written over named tables. On DuckDB Ibis is the compiler only and DuckDB's own client runs the text:
that keeps memory small. Elsewhere the backend of Ibis runs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol

import duckdb
import ibis
import ibis.expr.types as ir
import polars as pl

from duheng.model.errors import DuhengError
from duheng.telemetry.readings.layout import SCHEMA

MEMORY = "640MB"


@dataclass(frozen=True)
class Within:
    """From first to before last in a column of times: apart from the expression, which is so compiled once for all."""

    column: str
    first: datetime
    last: datetime


class Engine(Protocol):
    """What runs expressions."""

    def readings(self, name: str, files: Sequence[Path]) -> None:
        """Let `name` be the rows of these Parquet files of the shared schema."""

    def table(self, name: str, rows: pl.DataFrame) -> None:
        """Let `name` be these rows."""

    def keep(self, name: str, expression: ir.Table) -> None:
        """Let `name` be the result of an expression, worked out once."""

    def fetch(self, expression: ir.Table, within: Within | None = None) -> pl.DataFrame:
        """The result of an expression, of it the rows `within` two times."""


class DuckDB:
    """DuckDB in this process, in memory, spilling into `folder` where that is not enough."""

    def __init__(self, spill: Path | None = None, memory: str = MEMORY, threads: int | None = None) -> None:
        settings: dict[str, Any] = {"memory_limit": memory, "preserve_insertion_order": False}
        if threads is not None:
            settings["threads"] = threads
        if spill is not None:
            settings["temp_directory"] = str(spill)
        self.connection = duckdb.connect(":memory:", config=settings)
        self._kinds: dict[str, str] = {}
        self._texts: dict[Any, str] = {}

    def readings(self, name: str, files: Sequence[Path]) -> None:
        if not files:
            self.table(name, pl.DataFrame(schema=SCHEMA))
            return
        self._drop(name, "VIEW")
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        columns = ", ".join(f'"{column}"' for column in SCHEMA)
        self.connection.execute(
            f"CREATE TEMP VIEW {name} AS SELECT {columns} "  # noqa: S608
            f"FROM read_parquet([{listed}], hive_partitioning = false)"
        )

    def table(self, name: str, rows: pl.DataFrame) -> None:
        self._drop(name, "TABLE")
        self.connection.register("given", rows.to_arrow())
        self.connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM given")  # noqa: S608
        self.connection.unregister("given")

    def keep(self, name: str, expression: ir.Table) -> None:
        text = self.text(expression)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE kept_result AS {text}")
        self._drop(name, "TABLE")
        self.connection.execute(f"ALTER TABLE kept_result RENAME TO {name}")

    def fetch(self, expression: ir.Table, within: Within | None = None) -> pl.DataFrame:
        return self.connection.execute(_bounded(self.text(expression), within)).pl()

    def text(self, expression: ir.Table) -> str:
        """The SQL of an expression; compiled once, for that takes longer than many a query."""
        # An expression is never equal to another, its operation is.
        operation = expression.op()
        if operation not in self._texts:
            self._texts[operation] = str(ibis.to_sql(expression, dialect="duckdb"))
        return self._texts[operation]

    def _drop(self, name: str, kind: str) -> None:
        """Make room for a view or table of that name."""
        if name in self._kinds:
            self.connection.execute(f"DROP {self._kinds[name]} {name}")
        self._kinds[name] = kind


class Spark:
    """A Spark cluster (`spark://host:7077`, `local-cluster[2,1,1024]`, `local[2]`). It must see the same files.

    Needs pyspark and a Java runtime, which the product itself does without. DuhengError where they are missing.
    """

    def __init__(self, master: str) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as trouble:
            raise DuhengError(
                f"本机没有安装 pyspark（{trouble.name}），不能使用 --engine {master}。"
                "请在运行环境中安装 pyspark 与 Java 运行时；缺省的 DuckDB 引擎不需要它们。"
            ) from trouble
        builder = SparkSession.builder.master(master).appName("duheng rollup")
        settings = {
            "spark.ui.enabled": "false",
            "spark.sql.session.timeZone": "UTC",
            # Times of the readings have no zone; as times of UTC they are the same numbers everywhere.
            "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
            "spark.sql.ansi.enabled": "false",
        }
        for name, value in settings.items():
            builder = builder.config(name, value)
        try:
            self.session = builder.getOrCreate()
        except Exception as trouble:  # whatever the gateway to Java raises
            raise DuhengError(
                f"未能连接 Spark（{master}）：{str(trouble).splitlines()[0]}。请核对地址，并确认本机装有 Java 运行时。"
            ) from trouble
        self.session.sparkContext.setLogLevel("ERROR")
        self._compiler = ibis.pyspark.connect(self.session)

    def readings(self, name: str, files: Sequence[Path]) -> None:
        if not files:
            self.table(name, pl.DataFrame(schema=SCHEMA))
            return
        frame = self.session.read.parquet(*(str(file) for file in files))
        frame.select(*SCHEMA).createOrReplaceTempView(name)

    def table(self, name: str, rows: pl.DataFrame) -> None:
        self.session.createDataFrame(rows.to_arrow()).createOrReplaceTempView(name)

    def keep(self, name: str, expression: ir.Table) -> None:
        frame = self.session.sql(self.text(expression)).cache()
        frame.count()
        frame.createOrReplaceTempView(name)

    def fetch(self, expression: ir.Table, within: Within | None = None) -> pl.DataFrame:
        text = _bounded(self.text(expression), within)
        return plain_times(pl.DataFrame(self.session.sql(text).toArrow()))

    def text(self, expression: ir.Table) -> str:
        """The SQL of an expression."""
        return str(self._compiler.compile(expression))


class AnyBackend:
    """Any other backend of Ibis by its address (`postgres://...`, `clickhouse://...`)."""

    def __init__(self, address: str) -> None:
        scheme, known = address.partition("://")[0], _backends()
        if "://" not in address or scheme not in known:
            raise DuhengError(
                f"--engine {address}：没有这种计算引擎，应为 duckdb、spark://主机:端口 或 {'、'.join(known)} 之一的地址"
                "（如 postgres://主机/库）。请改正；不写 --engine 即用 DuckDB。"
            )
        try:
            self.backend: Any = ibis.connect(address)
        except ImportError as trouble:
            raise DuhengError(
                f"--engine {address}：本机没有安装它的驱动（{trouble.name or scheme}），应先安装。"
                f"请在运行环境中安装 ibis-framework[{scheme}]；缺省的 DuckDB 引擎不需要它。"
            ) from trouble
        except Exception as trouble:  # every backend raises what its driver raises
            said = str(trouble).splitlines()[0] if str(trouble) else type(trouble).__name__
            raise DuhengError(
                f"--engine {address}：未能连接，应为可连接的{scheme}。请核对主机、端口、账号和网络；驱动的原话：{said}"
            ) from trouble

    def readings(self, name: str, files: Sequence[Path]) -> None:
        rows = pl.read_parquet(list(files), columns=list(SCHEMA)) if files else pl.DataFrame(schema=SCHEMA)
        self.table(name, rows)

    def table(self, name: str, rows: pl.DataFrame) -> None:
        self.backend.create_table(name, rows.to_arrow(), temp=True, overwrite=True)

    def keep(self, name: str, expression: ir.Table) -> None:
        self.backend.create_table(name, expression, temp=True, overwrite=True)

    def fetch(self, expression: ir.Table, within: Within | None = None) -> pl.DataFrame:
        if within is not None:
            at = expression[within.column]
            expression = expression.filter(at >= ibis.literal(within.first), at < ibis.literal(within.last))
        return plain_times(pl.DataFrame(self.backend.to_pyarrow(expression)))


def _backends() -> list[str]:
    """Names of the backends that Ibis can be connected to by an address."""
    return sorted({"postgresql", *(one.name for one in entry_points(group="ibis.backends"))})


def engine(address: str | None = None, spill: Path | None = None) -> Engine:
    """The engine by its address; DuckDB in this process where None or `duckdb`. DuhengError where it cannot be had."""
    if address is None or address == "duckdb":
        return DuckDB(spill)
    if address.startswith(("spark://", "local", "yarn", "k8s://")):
        return Spark(address)
    return AnyBackend(address)


def _bounded(text: str, within: Within | None) -> str:
    if within is None:
        return text
    first, last = (moment.isoformat(" ") for moment in (within.first, within.last))
    column = within.column
    return (
        f"SELECT * FROM (\n{text}\n) AS whole "  # noqa: S608  # a name of ours and two times
        f"WHERE {column} >= TIMESTAMP '{first}' AND {column} < TIMESTAMP '{last}'"
    )


def plain_times(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with times of UTC as times without a zone."""
    zoned = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Datetime)]
    return rows.with_columns(
        pl.col(name).dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(pl.Datetime("us"))
        if rows.schema[name].time_zone else pl.col(name).cast(pl.Datetime("us"))  # type: ignore[attr-defined]
        for name in zoned
    )  # fmt: skip

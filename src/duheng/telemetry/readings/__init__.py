"""Readings as Parquet files by day and site: written from batches of rows, compacted, kept and dropped by rule."""

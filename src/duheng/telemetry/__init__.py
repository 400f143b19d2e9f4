"""Live monitoring: pollution sources by HJ 212 and energy meters, from the wire to the ledger.

Beside ingest: may use ledger, rules, engine, city and model; knows neither web nor cli nor Django. What it keeps
stands below DUHENG_HOME/telemetry: segments (verbatim), readings and rollups (Parquet).
"""

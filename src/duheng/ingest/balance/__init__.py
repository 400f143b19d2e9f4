"""Energy balance tables: read, converted to standard coal, checked. No database is needed."""

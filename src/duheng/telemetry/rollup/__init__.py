"""Roll-up: readings to valid hours, days and months, loads and energy, sums by place, facts of the ledger."""

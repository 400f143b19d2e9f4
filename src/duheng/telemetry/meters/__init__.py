"""Energy meters: their messages, counters and virtual meters."""

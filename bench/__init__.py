"""Benchmarks: figures with a peer beside them, never pass-or-fail timings (`make bench`)."""

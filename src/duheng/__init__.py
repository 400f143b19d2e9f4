"""Duheng 度衡: a rulebook over a ledger.

It runs a city's energy-saving and emission-reduction plan. Every number shows the clause above it and the
evidence below it. The parts and the direction of their imports: docs/architecture.md.
"""

__version__ = "0.1.0"

"""The ledger as a Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Facts, sources and audit entries: append-only, each chained to the one before."""

    name = "duheng.ledger"
    label = "ledger"
    verbose_name = "账本"

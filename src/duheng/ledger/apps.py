"""The ledger as a Django application."""

from django.apps import AppConfig
from django.core.signals import request_started
from django.db.backends.signals import connection_created


class LedgerConfig(AppConfig):
    """Facts, sources and audit entries: append-only, each chained to the one before."""

    name = "duheng.ledger"
    label = "ledger"
    verbose_name = "账本"

    def ready(self) -> None:
        """Let a running server notice that a restore has put another database file in the place of its own."""
        from duheng.ledger import exchanged

        connection_created.connect(exchanged.remember)
        request_started.connect(exchanged.leave)

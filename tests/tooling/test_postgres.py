"""The server the tests of ledger and web run on."""

from __future__ import annotations

import psycopg
import pytest

from tests import postgres


@pytest.mark.slow
def test_the_server_answers_under_its_own_address_and_is_gone_afterwards() -> None:
    with postgres.server() as url, psycopg.connect(url) as connection:
        row = connection.execute("select current_setting('server_encoding'), 1 + 1").fetchone()
        assert row == ("UTF8", 2)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)

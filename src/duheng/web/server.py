"""Starting the server: gunicorn with threads; each worker makes the ledger ready, the first one says so.

Only what the first page needs is done before the address is printed; pictures are warmed afterwards in a thread.
"""

from __future__ import annotations

import fcntl
import importlib
import logging
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from duheng.model.errors import DuhengError

DRILL = {"scenario": "drill"}
WARM_AFTER, PATIENCE = 1.5, 30.0  # seconds
BOOT_ERROR = 3
"""The code by which a worker tells gunicorn not to start it again."""


class RefusedStart(DuhengError):
    """A production start with what is fine only for practice; the message lists every reason."""


def prepare() -> list[tuple[str, str, str]]:
    """The ledger ready, the city loaded, demo accounts made in demo mode; returns name, password, role of each.

    One process at a time; the second finds everything done. RefusedStart in production with demo accounts or
    unsafe settings.
    """
    from duheng import ledger

    ledger.setup()
    from django.conf import settings

    from duheng.ingest.loading import load_city
    from duheng.web import state
    from duheng.web.demo import make_accounts

    with _alone():
        if settings.PRODUCTION:
            _refuse_unsafe()
        if ledger.head().seq == 0:
            print("首次启动：正在建立数据库并装入城市数据……", file=sys.stderr, flush=True)
        load_city(state.city(), drill=not settings.PRODUCTION)
        return [] if settings.PRODUCTION else make_accounts(settings.PRODUCTION)


@contextmanager
def _alone() -> Iterator[None]:
    """Holds a lock on the installation's folder, so that two workers do not load the same city at once."""
    from duheng.web.store import home

    with (home() / ".start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _refuse_unsafe() -> None:
    from django.core.checks import ERROR, Tags, run_checks

    found = run_checks(tags=[Tags.security, Tags.database], databases=["default"])
    grave = [one for one in found if one.level >= ERROR]
    if grave:
        raise RefusedStart("\n".join(f"不能启动：{one.msg}　{one.hint or ''}" for one in grave))


def check_settings() -> None:
    """RefusedStart where the settings themselves are refused; reads nothing but the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duheng.settings")
    from django.core.exceptions import ImproperlyConfigured

    try:
        importlib.import_module("duheng.settings")
    except ImproperlyConfigured as error:
        raise RefusedStart(f"不能启动：{error}") from error


def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve until stopped; prints the address, and the demo accounts in demo mode. RefusedStart where it must not.

    Nothing heavy is loaded before the workers are forked: threads of libraries (Polars, the renderer) do not
    survive a fork. Each worker loads for itself, side by side; the first one announces.
    """
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
    from gunicorn.errors import HaltServer  # type: ignore[import-untyped]

    check_settings()
    announced = multiprocessing.Value("b", 0)
    refused = multiprocessing.Value("b", 0)
    shown = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104  (compared only)

    class Application(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in _settings(host, port, workers, threads).items():
                self.cfg.set(name, value)
            self.cfg.set("post_fork", lambda _, worker: _after_the_first(worker, announced, refused))
            # Once the reason is said in words, gunicorn's own lines about workers that do not boot add nothing.
            self.cfg.set("on_starting", lambda arbiter: _hush(arbiter.log.error_log, refused))

        def load(self) -> Any:
            try:
                accounts = prepare()
            except DuhengError as error:
                _once(refused, str(error), sys.stderr)
                sys.exit(BOOT_ERROR)
            _once(announced, announcement(shown, accounts), sys.stdout)
            from duheng.web.wsgi import application

            return application

    _run(Application().run, HaltServer, refused)


def _run(run: Callable[[], None], halted: type[BaseException], refused: Any) -> None:
    """Run the master; exit code 2 where a worker refused to start and said why."""
    master = os.getpid()
    try:
        run()
    except (SystemExit, halted) as stopped:
        # The workers are forks of this very call: their own exit code is for gunicorn and must pass unchanged.
        if refused.value and os.getpid() == master:
            raise SystemExit(2) from stopped
        raise


def _once(flag: Any, text: str, stream: TextIO) -> None:
    with flag.get_lock():
        if not flag.value:
            flag.value = 1
            print(text, file=stream, flush=True)


def announcement(address: str, accounts: list[tuple[str, str, str]]) -> str:
    """What a start prints: the address, and the demo accounts where there are."""
    lines = [f"度衡 {address}    （Ctrl+C 停止）"]
    if accounts:
        lines.append("演示账号（仅供练习，正式运行时拒绝）：")
        lines += [f"  {name:<10} {password}    {role}" for name, password, role in accounts]
    return "\n".join(lines)


def _settings(host: str, port: int, workers: int, threads: int) -> dict[str, Any]:
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": threads,
        "timeout": 300,
        "graceful_timeout": 20,
        "keepalive": 15,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "loglevel": "warning",
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108
        "post_worker_init": _warm_later,
        "limit_request_line": 8190,
    }


def _hush(log: logging.Logger, refused: Any) -> None:
    log.addFilter(lambda _: not refused.value)


def _after_the_first(worker: Any, announced: Any, refused: Any) -> None:
    # The first worker has the processor to itself until it serves; the others follow.
    until = time.monotonic() + PATIENCE
    while worker.age > 1 and not (announced.value or refused.value) and time.monotonic() < until:
        worker.notify()
        time.sleep(0.05)
    if refused.value:
        sys.exit(BOOT_ERROR)  # it would be refused for the same reason


def _warm_later(worker: Any) -> None:
    # After the fork: the renderer has threads of its own, which a fork would not carry over. And not at once:
    # whoever waits for the first page should have the processor to himself.
    later = threading.Timer(WARM_AFTER, warm)
    later.daemon = True
    later.start()


def warm() -> None:
    """Make the first page and start the renderer, so that nobody waits for either."""
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection
    from django.test import RequestFactory
    from django.urls import resolve

    from duheng.web import charts

    try:
        # As data, too: the page may come from disk, and then nothing behind it has been worked out yet.
        for path, query in (
            ("/", {}),
            ("/board.json", {}),
            ("/", DRILL),
            ("/board.json", DRILL),
            ("/doubts", {}),
        ):
            request = RequestFactory().get(path, query)
            request.user = AnonymousUser()
            request.session = SessionStore()
            found = resolve(path)
            found.func(request, *found.args, **found.kwargs)
        charts.warm()
    except Exception:
        logging.getLogger("django.duheng").exception(
            "warming the first page failed; pages are made when asked for"
        )
    finally:
        connection.close()


def taken(host: str, port: int) -> bool:
    """Whether something already listens there."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def set_password(name: str, password: str) -> list[str]:
    """Give an account a new password; what is wrong with it, [] when done. DuhengError for an unknown name."""
    from django.contrib.auth.models import User

    from duheng import ledger
    from duheng.web.passwords import weaknesses

    user = User.objects.filter(username=name).first()
    if user is None:
        raise DuhengError(f"没有名为“{name}”的账号。")
    if troubles := weaknesses(password, user):
        return troubles
    user.set_password(password)
    user.save(update_fields=["password"])
    ledger.audit("命令行", "password", name, "")
    return []


def add_account(name: str, password: str, role: str, fullname: str = "") -> list[str]:
    """Make an account; what is wrong, [] when made."""
    from duheng.web.pages.accounts import add

    return add("命令行", name, password, role, fullname)


def stop_account(name: str) -> None:
    """Stop an account for good or until resumed on the page; its entries stay. DuhengError for an unknown name."""
    from django.contrib.auth.models import User

    from duheng import ledger

    if not User.objects.filter(username=name).update(is_active=False):
        raise DuhengError(f"没有名为“{name}”的账号。")
    ledger.audit("命令行", "account-stop", name, "")

"""Django settings: configuration only, everything from the environment.

* DUHENG_HOME           folder of database, documents, backups (default: `var/` of a checkout, ~/.local/share/duheng)
* DUHENG_DATABASE_URL   postgres://user:password@host:port/name, sqlite:///path (default: DUHENG_HOME/duheng.sqlite3)
* DUHENG_ENV            production | demo (default)
* DUHENG_SECRET_KEY     the signing secret; the demo generates its own into DUHENG_HOME
* DUHENG_SECRET_KEY_FILE  a file that holds it
* DUHENG_ALLOWED_HOSTS  host names, separated by commas; required in production
* DUHENG_DEBUG          1 shows Django's debug pages; refused in production
* DUHENG_HASH           sha256 (default) | sm3: the hash of new links of the ledger's chain
"""

import contextlib
import importlib.util
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from duheng.model.errors import DuhengError

PACKAGE = Path(__file__).resolve().parent


class Misconfigured(ImproperlyConfigured, DuhengError):
    """The environment says something that cannot be served; the message is for whoever set it."""


def _home() -> Path:
    """The folder that holds everything this installation owns; made when absent."""
    checkout = PACKAGE.parent.parent
    default = (
        checkout / "var" if (checkout / "pyproject.toml").is_file() else Path.home() / ".local/share/duheng"
    )
    home = Path(os.environ.get("DUHENG_HOME") or default).expanduser().resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise Misconfigured(
            f"数据文件夹 {home} 无法建立（{trouble.strerror}）；请用 DUHENG_HOME 指明可写的文件夹。"
        ) from trouble
    return home


def _sqlite(path: Path) -> dict[str, Any]:
    # WAL lets readers go on while one writes; FULL makes an acknowledged commit survive power loss;
    # IMMEDIATE takes the write lock at BEGIN, so that two writers wait for each other instead of failing half way.
    pragmas = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536"
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 60, "init_command": pragmas},
        "CONN_MAX_AGE": 600,
    }


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's description of the database at `url`; of the SQLite file in `home` where it is empty.

    Misconfigured for a scheme that is neither postgres nor sqlite.
    """
    if not url:
        return _sqlite(home / "duheng.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in ("postgres", "postgresql"):
        raise Misconfigured(
            f"DUHENG_DATABASE_URL 的开头为 {parts.scheme!r}，应为 postgres:// 或 sqlite:///；请改正该环境变量。"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def _demo_secret(home: Path) -> str:
    """The secret of a demo installation: made once, kept in its folder, readable by its owner only."""
    file = home / "demo-secret"
    if not file.exists():
        # Whole or not there: two processes may start at once, and the second must never read an empty file.
        handle, name = tempfile.mkstemp(dir=home, prefix=".demo-secret-")
        with os.fdopen(handle, "w", encoding="ascii") as new:
            new.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(name, file)
        Path(name).unlink()
    return file.read_text(encoding="ascii").strip()


def _secret(home: Path, production: bool) -> str:
    file = os.environ.get("DUHENG_SECRET_KEY_FILE")
    try:
        given = Path(file).read_text(encoding="utf-8") if file else os.environ.get("DUHENG_SECRET_KEY", "")
    except (OSError, ValueError) as trouble:
        raise Misconfigured(
            f"DUHENG_SECRET_KEY_FILE 指明的 {file} 无法读取：{trouble}。请核对路径与权限。"
        ) from trouble
    given = given.strip()
    if not production:
        return given or _demo_secret(home)
    demo = home / "demo-secret"
    if len(given) < 32 or len(set(given)) < 10 or (demo.is_file() and given == demo.read_text().strip()):
        raise Misconfigured(
            "正式运行需要自己的密钥：DUHENG_SECRET_KEY 未设置、过短（至少 32 个字符）或为演示密钥。"
            '可用 python3 -c "import secrets; print(secrets.token_urlsafe(48))" 生成，'
            "写入文件并以 DUHENG_SECRET_KEY_FILE 指明。"
        )
    return given


def _hosts(production: bool) -> list[str]:
    named = [host.strip() for host in os.environ.get("DUHENG_ALLOWED_HOSTS", "").split(",") if host.strip()]
    if production and (not named or "*" in named):
        raise Misconfigured("正式运行须用 DUHENG_ALLOWED_HOSTS 写明本站域名（逗号分隔，不得为 *）。")
    return named or ["127.0.0.1", "localhost", "[::1]", "testserver"]


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "on")


# -- the installation
DUHENG_HOME = _home()
DUHENG_HASH = os.environ.get("DUHENG_HASH", "sha256")
PRODUCTION = os.environ.get("DUHENG_ENV", "demo") == "production"
DEBUG = _flag("DUHENG_DEBUG")
if PRODUCTION and DEBUG:
    raise Misconfigured("正式运行不得打开 DUHENG_DEBUG；请去掉该环境变量。")
SECRET_KEY = _secret(DUHENG_HOME, PRODUCTION)
ALLOWED_HOSTS = _hosts(PRODUCTION)

# -- storage
DATABASES = {"default": database(os.environ.get("DUHENG_DATABASE_URL", ""), DUHENG_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- time and language
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
LANGUAGE_CODE = "zh-hans"
USE_I18N = True

# -- applications
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "duheng.ledger",
]
if importlib.util.find_spec("duheng.web") is not None:
    INSTALLED_APPS.append("duheng.web")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# -- web (edited together with duheng.web)
WEB = PACKAGE / "web"
INSTALLED_APPS.append("django_htmx")
ROOT_URLCONF = "duheng.web.urls"
WSGI_APPLICATION = "duheng.web.wsgi.application"
APPEND_SLASH = False
DUHENG_CITY = os.environ.get("DUHENG_CITY", "512000")
DUHENG_BEHIND_PROXY = _flag("DUHENG_BEHIND_PROXY")
MIDDLEWARE = [
    "duheng.web.middleware.limit_size",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "duheng.web.middleware.policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "duheng.web.middleware.SayErrors",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [WEB / "templates"],
        "OPTIONS": {"environment": "duheng.web.jinja.environment"},
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB / "static"]
# The files lie in the wheel: no collecting step, and names that carry a hash of the content may be kept for long.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 31_536_000
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
FILE_UPLOAD_HANDLERS = ["duheng.web.uploads.LimitedFile"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DUHENG_UPLOAD_LIMIT = int(os.environ.get("DUHENG_UPLOAD_LIMIT", str(40 * 1024 * 1024)))
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "duheng.web.middleware.csrf_failed"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = PRODUCTION
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DUHENG_BEHIND_PROXY else None
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if PRODUCTION else []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}

"""Django settings. What an operator may set is an `ANLAN_*` variable; docs/reference/settings.md lists them all."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from anlan.foundation import rooms
from anlan.foundation.home import home, makes, secret

HOME = home()
DEBUG = False
SECRET_KEY = secret("django").hex()
ALLOWED_HOSTS = [h for h in os.environ.get("ANLAN_HOSTS", "").split(",") if h]
ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]  # a watchdog on this machine
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ANLAN_ORIGINS", "").split(",") if o]
HTTPS = os.environ.get("ANLAN_HTTPS", "") == "1"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *(room.name for room in rooms.found()),
    "anlan.conf.plug.Rooms",
]

MIDDLEWARE = [
    "anlan.conf.middleware.SecurityHeaders",
    "anlan.conf.static.Static",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "anlan.ui.middleware.PreferencesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "anlan.conf.middleware.Context",
    "anlan.conf.idempotency.Idempotency",
]

ROOT_URLCONF = "anlan.conf.urls"
WSGI_APPLICATION = "anlan.conf.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "anlan.ui.context.page",
                "anlan.conf.page.page",
            ],
        },
    }
]


def database(url: str) -> dict[str, object]:
    """Django's words for a database URL: `sqlite` (default) or `postgresql://user:pass@host:port/name`."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "records.sqlite3",
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
            },
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": HOME / "test-records.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(
            f"ANLAN_DATABASE_URL starts with {parts.scheme!r}; write postgresql://user:password@host/name"
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
    }


DATABASES = {"default": database(os.environ.get("ANLAN_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
SESSION_COOKIE_AGE = 12 * 3600  # one duty shift
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "anlan.ui.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True  # Django's own sentences, of forms above all, in the reader's language
LANGUAGE_CODE = "zh-hans"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
if makes():
    STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "anlan.conf.static.ByDigest",
]
STORAGES = {"staticfiles": {"BACKEND": "anlan.conf.static.Hashed"}}
WHITENOISE_MIMETYPES = {".mjs": "text/javascript"}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ANLAN_LOG", "WARNING")},
}

CHANNELS = [n for n in os.environ.get("ANLAN_CHANNELS", "").split(",") if n]
ADDRESS = os.environ.get("ANLAN_ADDRESS", "").rstrip("/")
METRICS_TOKEN = os.environ.get("ANLAN_METRICS_TOKEN", "")
GATEWAYS = os.environ.get("ANLAN_GATEWAYS", "sl651")
SL651_PEER_LINES = int(os.environ.get("ANLAN_SL651_PEER_LINES", "32"))
PACK_FOLDERS = [Path(__file__).parent.parent / "packs", HOME / "packs"]

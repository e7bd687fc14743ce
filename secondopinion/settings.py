"""Every setting, driven by the environment; the defaults need nothing but Python."""

import os
from pathlib import Path
from urllib.parse import urlparse

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from secondopinion.core.country_names import names
from secondopinion.environment import database, flag, kept_secret, made, number, tls

ROOT = Path(__file__).resolve().parent


# Where this installation keeps what it owns
DATA_DIR = Path(os.environ.get("DATA_DIR", Path.cwd() / "var")).resolve()
DEMO = flag("DEMO")
DEBUG = flag("DEBUG")
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")

SECRET_KEY = os.environ.get("SECRET_KEY", "")
_secret_file = DATA_DIR / "secret-key"
if not SECRET_KEY:
    made("DATA_DIR", DATA_DIR)
    SECRET_KEY = kept_secret("DATA_DIR", _secret_file)

# The vault: a master key outside the database; an empty value means DATA_DIR/master-key
VAULT_DIR = Path(os.environ.get("VAULT_DIR") or DATA_DIR / "vault")
VAULT_MASTER_KEY_NAMED = bool(os.environ.get("VAULT_MASTER_KEY_FILE"))  # then none is made
VAULT_MASTER_KEY_FILE = Path(os.environ.get("VAULT_MASTER_KEY_FILE") or DATA_DIR / "master-key")

ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1 localhost").split()
if urlparse(SITE_URL).hostname not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(str(urlparse(SITE_URL).hostname))
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_countries",  # for its names of countries in every language
    "django.forms",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "secondopinion.core",
    "secondopinion.audit",
    "secondopinion.accounts",
    "secondopinion.program",
    "secondopinion.messaging",
    "secondopinion.cases",
    "secondopinion.findings",
    "secondopinion.guardians",
    "secondopinion.conversations",
    "secondopinion.billing",
    "secondopinion.translation",
    "secondopinion.records",
    "secondopinion.imaging",
    "secondopinion.arrivals",
    "secondopinion.experts",
    "secondopinion.opinions",
    "secondopinion.followup",
    "secondopinion.referrals",
    "secondopinion.outcomes",
    "secondopinion.desk",
    "secondopinion.interop",
    "secondopinion.pacs",
    "secondopinion.web",
]
if DEMO:
    INSTALLED_APPS.append("secondopinion.demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "secondopinion.web.static_files.StaticFilesMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "secondopinion.web.middleware.ReaderMiddleware",
    "secondopinion.web.offered.OfferedMiddleware",
    "secondopinion.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "secondopinion.web.urls"
ASGI_APPLICATION = "secondopinion.web.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "secondopinion.web.context.house",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "secondopinion.web.templatetags.house",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR}/secondopinion.sqlite3"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "slow"],
    }
}

# Counts of tries, shared by every process that serves; and what each process may remember itself
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    },
    "memory": {"BACKEND": "secondopinion.core.kept.KeptCache", "LOCATION": "memory"},
}

# Sign-in
# An address is unique whatever its case, by a constraint that this check does not look at.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["secondopinion.web.signin.backend.PersonBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_ADAPTER = "secondopinion.web.signin.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
# Digits alone: a keyboard in Arabic or Hindi has no Latin letters. Three can be tried of each code.
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": False}
ACCOUNT_FORMS = {"confirm_login_code": "secondopinion.web.signin.factor.MailedCodeForm"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = False
MFA_ADAPTER = "secondopinion.web.signin.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey is two factors: the device, and its lock
MFA_TOTP_ISSUER = "Second Opinion"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s that a phone's clock may be wrong by
MFA_FORMS = {
    "authenticate": "secondopinion.web.signin.factor.SignInForm",
    "reauthenticate": "secondopinion.web.signin.factor.AgainForm",
}

# Single sign-on of staff by OpenID Connect, where OIDC_ISSUER is set
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "").rstrip("/")
OIDC_LABEL = os.environ.get("OIDC_LABEL", "Hospital account")
OIDC_FACTOR = os.environ.get("OIDC_FACTOR", "no")  # no, amr, yes: does its own factor count
OIDC_EMAIL_IS_VERIFIED = flag("OIDC_EMAIL_IS_VERIFIED")  # for providers that do not say so
OIDC_ROLES_CLAIM = os.environ.get("OIDC_ROLES_CLAIM", "groups")
OIDC_ROLES = {  # group=role; group=role
    group.strip(): role.strip()
    for group, equals, role in (
        each.rpartition("=") for each in os.environ.get("OIDC_ROLES", "").split(";")
    )
    if equals
}
SOCIALACCOUNT_ADAPTER = "secondopinion.web.signin.single.SingleSignOnAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "staff",
                "name": OIDC_LABEL,
                "client_id": os.environ.get("OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("OIDC_CLIENT_SECRET", ""),
                "settings": {
                    "server_url": OIDC_ISSUER,
                    "oauth_pkce_enabled": True,
                    "token_auth_method": os.environ.get("OIDC_TOKEN_AUTH", "client_secret_basic"),
                    "scope": os.environ.get("OIDC_SCOPES", "openid profile email").split(),
                },
            }
        ]
        if OIDC_ISSUER
        else []
    }
}
STAFF_SESSION_SECONDS = number("STAFF_SESSION_SECONDS", 8 * 3600)

# Whether pages are read by the engine after they arrive; more of its languages in a folder.
UNDERSTAND_PAGES = flag("UNDERSTAND_PAGES", default=True)
OCR_LANGUAGES_DIR = os.environ.get("OCR_LANGUAGES_DIR", "")

EMERGENCY_ACCESS_HOURS = number("EMERGENCY_ACCESS_HOURS", 4)

SESSION_COOKIE_AGE = number("FAMILY_SESSION_SECONDS", 14 * 24 * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXY_COUNT", 1 if flag("BEHIND_PROXY") else 0)
_https = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https and flag("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked on the machine itself, without the proxy
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, "'wasm-unsafe-eval'"],
    "worker-src": [CSP.SELF, "blob:"],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "media-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["secondopinion.web.sealing.SealingHandler"]
FORM_MAX_BYTES = 25 * 1024 * 1024  # of a form anywhere; a report to be verified is far below
FORM_WITH_FILES_MAX_BYTES = number("FORM_WITH_FILES_MAX_BYTES", 2 * 1024**3)
UPLOAD_MAX_BYTES = number("UPLOAD_MAX_BYTES", 8 * 1024**3)

# Languages: those whose catalogues are complete
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("ar", _("Arabic"))]
FORMAT_MODULE_PATH = ["secondopinion.core.formats"]
COUNTRIES_OVERRIDE = names()  # of django_countries
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = made("DATA_DIR", DATA_DIR / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "vault": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAULT_DIR, "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# Mail: by SMTP when SMTP_HOST is set, else into files, which the demonstration shows on a page
SMTP_HOST = os.environ.get("SMTP_HOST", "")
SMTP_TLS = tls("SMTP_TLS")
SMTP_PORT = number("SMTP_PORT", 465 if SMTP_TLS == "implicit" else 587)
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "second-opinion@localhost")
# Gateways for texts that say only "you have a message" (messaging/gateways.py); none: off
SMS_URL, SMS_KEY = os.environ.get("SMS_URL", ""), os.environ.get("SMS_KEY", "")
WHATSAPP_URL = os.environ.get("WHATSAPP_URL", "")
WHATSAPP_KEY = os.environ.get("WHATSAPP_KEY", "")
# Where video calls are held: the address of a room, with {room} for its name, which is made by lot
# and says nothing. Empty: no calls.
VIDEO_ROOMS = os.environ.get("VIDEO_ROOMS", "https://meet.jit.si/{room}")
# An address of the mail server that hands replies to `secondopinion mail receive`; none: off
MAIL_REPLIES = os.environ.get("MAIL_REPLIES", "")
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": SMTP_HOST,
            "port": SMTP_PORT,
            "username": os.environ.get("SMTP_USER", ""),
            "password": os.environ.get("SMTP_PASSWORD", ""),
            "use_tls": SMTP_TLS == "starttls",
            "use_ssl": SMTP_TLS == "implicit",
            "timeout": 20,
        },
    }
    if SMTP_HOST and not DEMO  # nobody there is to be written to
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": DATA_DIR / "mail"},
    }
}

# Other DICOMweb servers: DICOMWEB_SERVERS names them, DICOMWEB_NAME_URL and so on describe each
DICOMWEB_SERVERS = {
    name: {
        key.lower(): os.environ.get(f"DICOMWEB_{name.upper().replace('-', '_')}_{key}", "")
        for key in ("URL", "LABEL", "USER", "PASSWORD", "TOKEN", "CA_FILE")
    }
    for name in os.environ.get("DICOMWEB_SERVERS", "").split()
}
# ClamAV's daemon, host:port or the path of its socket: what comes waits until it has looked at it
CLAMD = os.environ.get("CLAMD", "")
# A translation machine outside the hospital; only asked where a family has agreed.
TRANSLATION_URL = os.environ.get("TRANSLATION_URL", "")
TRANSLATION_KEY = os.environ.get("TRANSLATION_KEY", "")
TRANSLATION_NAME = os.environ.get("TRANSLATION_NAME", "translation service")[:40]
# Where families pay: by bank transfer, noted by hand, or on the hosted page of a provider.
PAYMENTS = os.environ.get("PAYMENTS", "hand")
STRIPE_API_URL = os.environ.get("STRIPE_API_URL", "https://api.stripe.com").rstrip("/")
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
DICOMWEB_FORWARD_TO = os.environ.get("DICOMWEB_FORWARD_TO", "")

# The report's signature
SIGNING_CERT_FILE = os.environ.get("SIGNING_CERT_FILE", "")
SIGNING_KEY_FILE = os.environ.get("SIGNING_KEY_FILE", "")
SIGNING_KEY_PASSWORD = os.environ.get("SIGNING_KEY_PASSWORD", "")
SIGNING_TRUST_ROOTS = os.environ.get("SIGNING_TRUST_ROOTS", "")
# A key that never leaves its device (PKCS#11): the module, in place of a file
SIGNING_PKCS11_MODULE = os.environ.get("SIGNING_PKCS11_MODULE", "")
SIGNING_PKCS11_TOKEN = os.environ.get("SIGNING_PKCS11_TOKEN", "")
SIGNING_PKCS11_KEY = os.environ.get("SIGNING_PKCS11_KEY", "")
SIGNING_PKCS11_PIN = os.environ.get("SIGNING_PKCS11_PIN", "")
TSA_URL = os.environ.get("TSA_URL", "")
TSA_TRUST_ROOTS = os.environ.get("TSA_TRUST_ROOTS", "")
REPORT_FONTS_DIR = os.environ.get("REPORT_FONTS_DIR", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"refused": {"()": "secondopinion.core.refusals.WithoutWords"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refused"]}
    },
    # An error's message may quote what a family wrote: the house logs its frames instead.
    "loggers": {"django.request": {"level": "CRITICAL"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}

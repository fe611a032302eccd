"""The settings of one installation, read from the environment once, at the composition root."""

from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, PositiveInt, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEFAULT_TIME_ZONE = "Asia/Shanghai"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def default_data_dir() -> Path:
    """Return the per-user directory for the embedded database and stored files."""
    return Path.home() / ".local" / "share" / "peibi"


class Settings(BaseSettings):
    """
    What an operator can set. Every field is an environment variable with the prefix `PEIBI_`.

    `docs/settings.md` documents each one; a test compares the two.
    """

    model_config = SettingsConfigDict(env_prefix="PEIBI_", extra="ignore", frozen=True)

    database_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="A Postgres server to use instead of the embedded one.",
    )
    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Where the embedded Postgres and stored files live.",
    )
    postgres_bin: Path | None = Field(
        default=None,
        description="The directory with the programs of the Postgres to embed, to use another one "
        "than the installed package's.",
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=1, le=65_535, description="The port to listen on.")
    workers: PositiveInt = Field(default=1, description="Web processes started by `peibi serve`.")
    database_pool: PositiveInt = Field(
        default=8, description="Database connections, and request threads, of one web process."
    )
    public_url: str | None = Field(
        default=None,
        description="The address that people use, for links in mail and the command line. "
        "With `https://` cookies are Secure and HSTS is sent.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks, separated by commas, whose X-Forwarded-* is believed.",
    )
    time_zone: str = Field(
        default=DEFAULT_TIME_ZONE,
        description="The time zone of every page, mail and document, by its IANA name. Each names "
        "it.",
    )
    session_idle_minutes: PositiveInt = Field(
        default=12 * 60, description="A web session ends after this long without a request."
    )
    session_lifetime_hours: PositiveInt = Field(
        default=14 * 24, description="A web session ends this long after sign-in, used or not."
    )
    is_catalogue_public: bool = Field(
        default=True, description="Whether people without an account may browse the catalogue."
    )
    files_url: str | None = Field(
        default=None,
        description="A directory or fsspec URL for stored files, instead of the data directory.",
    )
    files_quota_mb: PositiveInt = Field(
        default=5_000, description="The most megabytes of files that one account may store."
    )
    files_scan_command: str | None = Field(
        default=None,
        description="A command that checks an upload on its standard input for viruses.",
    )
    jobs_in_process: bool = Field(
        default=True,
        description="Whether web processes run background jobs; else `peibi worker` must.",
    )
    smtp_host: str | None = Field(
        default=None,
        description="The mail server. Without one, mails are kept as files in the data directory.",
    )
    smtp_port: int = Field(default=587, ge=1, le=65_535, description="The port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How mail is encrypted; the certificate is verified. `none` only to this "
        "machine itself.",
    )
    smtp_ca_file: Path | None = Field(
        default=None, description="Certificates to trust instead of the system's, as a PEM file."
    )
    smtp_user: str | None = Field(default=None, description="The account at the mail server.")
    smtp_password: SecretStr | None = Field(
        default=None, description="The password of that account."
    )
    mail_from: str | None = Field(
        default=None, description="The address that mails come from; needed with a mail server."
    )
    metrics: bool = Field(default=False, description="Whether GET /metrics answers.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least severe level that is logged."
    )
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto", description="`auto` is text on a terminal and JSON elsewhere."
    )

    @field_validator("time_zone")
    @classmethod
    def check_zone(cls, value: str) -> str:
        """Refuse a name that is no time zone."""
        try:
            ZoneInfo(value)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            message = f"There is no time zone {value!r}. Write one like Asia/Shanghai or UTC."
            raise ValueError(message) from None
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def split_commas(cls, value: object) -> object:
        """Read `10.0.0.1, 10.1.0.0/16` as two addresses."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @model_validator(mode="after")
    def check_mail(self) -> Self:
        """Refuse a mail server without a sender, or one that would read mail in the clear."""
        if self.smtp_host is None:
            return self
        if not self.mail_from or "@" not in self.mail_from:
            message = "PEIBI_SMTP_HOST needs PEIBI_MAIL_FROM, the address that mails come from"
            raise ValueError(message)
        if self.smtp_security == "none" and self.smtp_host not in LOOPBACK:
            message = "PEIBI_SMTP_SECURITY=none is only for a mail server on this machine itself"
            raise ValueError(message)
        return self

    @property
    def is_https(self) -> bool:
        """Whether people reach the portal over TLS, so that cookies may be Secure."""
        return self.public_url is not None and self.public_url.startswith("https://")

    @property
    def base_url(self) -> str:
        """The address to put before a path in a link, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

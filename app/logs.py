"""Structured logs: one line per event, as JSON for machines or as text on a terminal."""

import logging
import logging.config
import sys
from contextvars import ContextVar

import structlog

from app.settings import Settings

# The id of the request that is being answered, "" outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")


def add_request_id(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Put the current request's id into an event."""
    if identifier := request_id.get():
        event["request_id"] = identifier
    return event


def configure_logs(settings: Settings) -> None:
    """Send every logger of the process to standard error in one format."""
    as_json = settings.log_format == "json" or (
        settings.log_format == "auto" and not sys.stderr.isatty()
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # By itself it prints every local variable, a password or a token among them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request_id,
    ]
    final: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        *([structlog.processors.format_exc_info] if as_json else []),
        renderer,
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": final,
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": settings.log_level.upper()},
            "loggers": {
                # Its start-up lines repeat what `peibi serve` prints.
                "uvicorn": {"level": "WARNING"},
                "alembic": {"level": "WARNING"},
                # A line for each look for lost jobs, every 15 seconds; failures are errors.
                "procrastinate": {"level": "WARNING"},
            },
        }
    )

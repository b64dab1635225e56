"""Structured logs without personal data: names of things and fingerprints, never contents."""

import logging
import sys

import structlog

FORBIDDEN = frozenset(
    {"phone", "text", "body", "name", "token", "access_token", "refresh_token", "uid", "id_number"}
)


def _refuse_personal_data(logger, method, event: dict) -> dict:
    return {key: "[removed]" if key in FORBIDDEN else value for key, value in event.items()}


def configure(json_lines: bool = True) -> None:
    renderer = structlog.processors.JSONRenderer() if json_lines else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _refuse_personal_data,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Today's sys.stderr, not the one of the moment a logger was first used: that one may be closed.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )

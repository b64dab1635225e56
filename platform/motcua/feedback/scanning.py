"""A virus scanner of the installation's choice sees every file before we do: a command that reads it from its
standard input and ends with 0 for clean and 1 for infected, as `clamdscan -` does.
"""

import subprocess

import structlog
from flask import current_app

from motcua.core.errors import MotcuaError

from .pictures import PictureRefused

TIMEOUT_S = 20.0

log = structlog.get_logger(__name__)


class ScannerAway(MotcuaError):
    code, status = "scanner_away", 503
    message = "Hiện chưa kiểm tra được ảnh. Xin gửi lại ảnh sau ít phút."


def scan(file: bytes) -> None:
    """Raises PictureRefused for an infected file, ScannerAway when nobody could tell. Nothing without a scanner."""
    command = current_app.config["SETTINGS"].scan_command
    if not command:
        return
    try:
        done = subprocess.run(list(command), input=file, capture_output=True, timeout=TIMEOUT_S, check=False)  # noqa: S603 - the operator's own command
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("virus_scan_failed", error=type(error).__name__)
        raise ScannerAway from error
    if done.returncode == 1:
        log.warning("virus_found")
        raise PictureRefused("Tệp này không an toàn nên không được nhận. Xin gửi ảnh khác.")
    if done.returncode != 0:
        log.error("virus_scan_failed", returncode=done.returncode)
        raise ScannerAway

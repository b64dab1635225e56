"""The folder in which provinces' systems leave their files at night, as this host has it."""

import os
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


def folder_of(setting: Path | None) -> Path | None:
    """The folder, where there is one and it can be read."""
    return setting if setting is not None and os.access(setting, os.R_OK | os.X_OK) else None


def folder_for_work(setting: Path | None, tenant_id: str) -> Path | None:
    """The same on a worker: another host has found files, and each time this one is asked they stay where they are."""
    folder = folder_of(setting)
    if folder is None:
        log.error(
            "drop_folder_not_on_this_host",
            tenant=tenant_id,
            folder=str(setting) if setting else None,
            remedy="Set MOTCUA_DROP_FOLDER and mount the same folder on every host with workers"
            " (docs/scale.md, Many hosts).",
        )
    return folder

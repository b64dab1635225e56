import asyncio
import contextlib
import json
import logging
import os
import time
from pathlib import Path

from .world import World

log = logging.getLogger(__name__)

SETTLE_S = 1.0
SHARE_OF_TIME = 20
"""A save may take at most one twentieth of the time: big worlds are saved less often."""


class StateFile:
    """Saves the world beside its file and renames, so that a kill leaves the old state or the new."""

    def __init__(self, path: Path, world: World):
        self._path, self._world = path, world
        self._saved_version = -1
        self._task: asyncio.Task | None = None

    def load(self) -> bool:
        """Fill the world; False when there is no file yet. ValueError when it cannot be read."""
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            return False
        try:
            self._world.load(json.loads(text))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{self._path}: {error}") from error
        self._saved_version = self._world.version
        return True

    def save(self) -> None:
        version = self._world.version
        if version == self._saved_version:
            return
        text = json.dumps(self._world.dump(), ensure_ascii=False, separators=(",", ":"))
        draft = self._path.with_name(self._path.name + ".new")
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self._path)
        self._saved_version = version

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_saving())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.save()

    async def _keep_saving(self) -> None:
        pause_s = SETTLE_S
        while True:
            await asyncio.sleep(pause_s)
            started = time.perf_counter()
            try:
                self.save()
            except OSError as error:
                log.error("State could not be saved to %s: %s", self._path, error)
            pause_s = max(SETTLE_S, SHARE_OF_TIME * (time.perf_counter() - started))

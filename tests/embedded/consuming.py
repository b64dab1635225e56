"""Other processes that use the servers of a data folder."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import motcua

SOURCE_ROOT = Path(motcua.__file__).parent.parent
CONSUMER = Path(__file__).with_name("consumer.py")


def python_path() -> str:
    return os.pathsep.join(filter(None, [str(SOURCE_ROOT), os.environ.get("PYTHONPATH")]))


class Consumer:
    def __init__(self, argv, env, popen):
        self.process = subprocess.Popen(
            [str(part) for part in argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": python_path()} | (env or {}),
            **popen,
        )

    def answer(self) -> dict:
        return json.loads(self.process.stdout.readline())

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def end(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=20)


class Consumers(ExitStack):
    """`start` a consumer of `var`; all end with the `with` block. `popen` as for subprocess.Popen."""

    def start(
        self, var: Path, *options: str, python=(sys.executable,), script=CONSUMER, env=None, **popen
    ) -> Consumer:
        child = Consumer([*python, script, var, *options], env, popen)
        self.callback(child.end)
        return child

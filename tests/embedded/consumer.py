"""A process that uses the servers of a data folder until its standard input ends.

It writes one JSON line: the endpoints, or {"problem": code, "message": text}.
"""

import dataclasses
import json
import sys
from pathlib import Path

from motcua.core.errors import MotcuaError
from motcua.embedded import services


def main() -> None:
    var, *options = sys.argv[1:]
    try:
        answer = dataclasses.asdict(services.ensure(Path(var), timeout_s=30))
    except MotcuaError as error:
        answer = {"problem": error.code, "message": error.message}
    sys.stdout.write(json.dumps(answer, default=str) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    if "release" in options:
        services.release()


main()

"""Everything at once on one machine: web, workers and, for development, the Zalo simulator."""

import http.client
import sys
from collections.abc import Callable

from motcua.boot import boot
from motcua.core.config import Settings
from motcua.embedded.supervisor import Child, Supervisor, require_free_port

HOST = "127.0.0.1"


def children(settings: Settings, workers: int, port: int, simulator_port: int | None) -> list[Child]:
    """The processes, in the order in which each needs the one before."""
    env = {
        "MOTCUA_VAR": str(settings.var),
        "MOTCUA_HOME": str(settings.home),
        "MOTCUA_PUBLIC_PORT": str(port),
    }
    started = []
    if simulator_port:
        env["ZALO_BASE_URL"] = f"http://{HOST}:{simulator_port}"
        state = settings.var / "zalo-simulator.json"
        argv = [
            sys.executable,
            "-m",
            "zalo_simulator",
            "--host",
            HOST,
            "--port",
            str(simulator_port),
            "--state",
            state,
        ]
        started.append(Child("simulator", argv, ready=_answers(simulator_port, "/sim/api/health")))
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    granian += ["--workers", "1", "--blocking-threads", "4", "--log-level", "warning"]
    granian += ["--working-dir", str(settings.home), "wsgi:app"]
    started.append(Child("web", granian, env=env, ready=_answers(port, "/healthz")))
    for number in range(1, workers + 1):
        argv = [sys.executable, settings.home / "worker.py"]
        # Ready when a worker's sweep has told Redis that it lives.
        ready = _answers(port, "/readyz") if number == workers else None
        started.append(Child(f"worker-{number}", argv, env=env, ready=ready))
    return started


def supervisor(
    settings: Settings, workers: int, port: int, simulator_port: int | None, announce: Callable
) -> Supervisor:
    """Raises PortTaken before anything is started."""
    require_free_port(HOST, port, "web")
    if simulator_port:
        require_free_port(HOST, simulator_port, "Zalo giả lập")
    # The servers are looked after by their own keeper; asking again also brings the keeper back.
    return Supervisor(
        children(settings, workers, port, simulator_port), settings.var / "log", announce, tick=boot
    )


def run_until_signal(workers: int, port: int, simulator_port: int | None) -> None:
    with supervisor(boot(), workers, port, simulator_port, _print) as running:
        _print(f"Web: http://{HOST}:{port}  ·  bấm Ctrl-C để dừng tất cả.")
        running.run_until_signal()


def _answers(port: int, path: str) -> Callable[[], bool]:
    def ready() -> bool:
        connection = http.client.HTTPConnection(HOST, port, timeout=1)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    return ready


def _print(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()

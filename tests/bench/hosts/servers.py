"""The embedded PostgreSQL and Valkey opened to the network, as a database host would be."""

import os
import signal
import subprocess
from pathlib import Path

import redis

from motcua.embedded import processes, services
from motcua.embedded.folders import VarFolder
from motcua.embedded.identity import choose_identity
from motcua.embedded.postgres import Postgres, choose_installation
from motcua.embedded.server import server_environment

POSTGRES_PORT, REDIS_PORT = 5432, 6379
OPEN = {
    "listen_addresses": "*",
    # A host that is cut off must not hold its locks for hours: the database notices within seconds.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


class OpenPostgres(Postgres):
    """Listens on TCP besides its socket."""

    def arguments(self, data: str) -> list[str | Path]:
        flags = [part for name, value in OPEN.items() for part in ("-c", f"{name}={value}")]
        return [*super().arguments(data), *flags]


def open_postgres(var: Path, sockets: Path) -> subprocess.Popen:
    """Take the cluster of `var` over from its keeper and serve it to 10.77.0.0/16."""
    services.stop(var)
    folder = VarFolder.at(var)
    server = OpenPostgres(folder, sockets, choose_identity(folder))
    server.installation = choose_installation(server.data)
    sockets.mkdir(parents=True, exist_ok=True)
    with (server.data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.77.0.0/16 trust\n")
    output = os.open(var / "log" / "postgres-tcp.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with server.view(server.data) as (data, fds):
        process = processes.spawn(
            server.arguments(data),
            output=output,
            env=server_environment(),
            death_signal=signal.SIGQUIT,
            pass_fds=fds,
            cwd="/",
            **server.identity.popen_options(),
        )
    os.close(output)
    if not processes.wait_until(server.answers, 20):
        raise TimeoutError("PostgreSQL does not answer on its socket")
    return process


def open_redis(var: Path) -> str:
    """Serve Valkey on TCP, too; its unix address."""
    url = services.ensure(var, need=("redis",)).redis_url
    server = redis.Redis.from_url(url)
    server.config_set("protected-mode", "no")
    server.config_set("bind", "*")
    server.config_set("port", REDIS_PORT)
    return url

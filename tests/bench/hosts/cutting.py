"""Worker hosts on two networks, one PostgreSQL, one Redis, and a cable that is pulled while thousands of messages go.

`python -m tests.bench.hosts.cutting` prints the story and, last, one line of JSON.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen

from motcua.core import roles
from motcua.embedded import services
from motcua.messaging.dispatch import claims
from tests.bench import processes, rooms
from tests.bench.chaos import person, running
from tests.bench.chaos.province import open_webhooks, settle
from tests.bench.hosts import network, servers
from tests.bench.hosts.holding import cut_off
from tests.installation import ROOT, Installation, installed

FED_FOR_S, CUT_AT_S, LATE = 25.0, 6.0, 200
ZALO_TAKES_MS = 400  # longer than pulling a cable takes: a host that is cut off then waits for answers
LOOKS_EVERY_S = 0.2  # what becomes uncertain may be settled soon after
LIMIT_S, LONGEST_S = 240.0, 900.0


def hosts(sends: int) -> dict:
    """In a network of its own, in a child: see `tell`. Raises NoNamespaces where none can be had."""
    argv = [sys.executable, "-m", "tests.bench.hosts.cutting", "--inside", "--sends", str(sends)]
    pipe = subprocess.PIPE
    status, said, complained = network.inside(argv, LONGEST_S, cwd=ROOT, stdout=pipe, stderr=pipe)
    if status:
        raise RuntimeError(complained[-2_000:])
    return json.loads(said.splitlines()[-1])


def tell(sends: int, say) -> dict:
    """What `chaos.counting` counts; `holding.Cut.told` of the host that was cut off; `sent_while_cut` by the one
    that was left; `sent_by_returned` by the one that was cut off, alone, after its cable was back."""
    network.run(network.IP, "link", "set", "lo", "up")
    with ExitStack() as stack:
        two = [network.Host("a", 1), network.Host("b", 2)]
        for host in two:
            stack.callback(host.end)
        folder = stack.enter_context(rooms.folder("hosts"))
        home = installed(Path(folder) / "var", simulator_host="0.0.0.0")
        stack.callback(home.tidy)
        started: list[Popen] = []
        stack.callback(lambda: [processes.end(one) for one in started])
        return _cut(home, two, started, sends, say)


def _cut(home: Installation, two: list[network.Host], started: list[Popen], sends: int, say) -> dict:
    var, sockets = home.settings.var, services.ensure(home.settings.var).postgres_socket_dir
    admin = running.address(home)
    provinces = settle(home, admin, running.PROVINCES, running.PEOPLE)
    started.append(servers.open_postgres(var, sockets))
    servers.open_redis(var)
    home.env |= _addresses(f"/motcua?host={sockets}", "", home.settings.redis_url)
    open_webhooks(home)
    home.start("web")
    for path in (running.CONSULTATION, running.TEMPLATES):
        home.simulator.fault(path, "latency", latency_ms=ZALO_TAKES_MS)
    workers = {host.name: _worker(home, host) for host in two}
    started += workers.values()
    watcher = running.Watcher(admin, LOOKS_EVERY_S)
    watcher.start()
    began = time.monotonic()
    feeder = threading.Thread(
        target=running.feed, args=(home, provinces, sends, began, FED_FOR_S), daemon=True
    )
    feeder.start()

    def taken() -> int:
        return home.simulator.ask("GET", "/stats")["accepted"]

    processes.wait_for(lambda: taken() > sends // 20, "both hosts at work", 60)
    time.sleep(max(began + CUT_AT_S - time.monotonic(), 0))
    cut = cut_off(admin, two[0], say)
    before, lease_s = taken(), claims.LEASE.total_seconds()
    time.sleep(lease_s / 2)
    cut = cut.still_held(admin)
    say(f"host a cut off after {before} of {sends} messages, with {len(cut.held)} of them")
    time.sleep(lease_s / 2 + 10)
    while_cut = taken() - before
    say(f"host b alone: {while_cut} messages meanwhile")
    two[0].plug_in()
    feeder.join()
    watcher.wait_until_settled(sends, LIMIT_S)
    asked = person.decide(home, [one.slug for one in provinces], set(running.taken_numbers(home)))
    watcher.wait_until_settled(sends, LIMIT_S)
    processes.end(workers["b"])
    say("host a is back; host b is switched off")
    alone = taken()
    running.feed(home, provinces, LATE, time.monotonic(), 0.0, first=sends)
    processes.wait_for(lambda: taken() - alone >= LATE, "host a sends alone", LIMIT_S, 0.2)
    say(f"host a sent {taken() - alone} messages alone")
    watcher.wait_until_settled(sends + LATE, LIMIT_S)
    figures = running.verdict(home, sends + LATE, watcher, asked)
    told = {"sent_while_cut": while_cut, "sent_by_returned": taken() - alone}
    return figures | cut.told(admin, watcher.ever_uncertain) | told


def _worker(home: Installation, host: network.Host) -> Popen:
    """On that host, everything it needs over TCP."""
    place = host.gateway
    env = home.env | _addresses(
        "/motcua", f"{place}:{servers.POSTGRES_PORT}", f"redis://{place}:{servers.REDIS_PORT}/0"
    )
    env |= {"ZALO_BASE_URL": f"http://{place}:{home.simulator.port}"}
    log = home.settings.var / "log" / f"host-{host.name}.log"
    return processes.start([*host.enter(), sys.executable, "worker.py"], env=env, cwd=ROOT, log=log)


def _addresses(tail: str, server: str, redis_url: str) -> dict[str, str]:
    urls = {role: f"postgresql://{login}@{server}{tail}" for role, login in roles.ROLE_OF.items()}
    return {
        "DATABASE_URL": urls["app"],
        "DATABASE_OWNER_URL": urls["owner"],
        "DATABASE_REPORT_URL": urls["report"],
        "REDIS_URL": redis_url,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sends", type=int, default=5_000)
    parser.add_argument("--inside", action="store_true")
    given = parser.parse_args()
    processes.end_in_order()

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    if given.inside:
        say(json.dumps(tell(given.sends, say)))
    else:
        argv = [sys.executable, "-m", "tests.bench.hosts.cutting", "--inside", "--sends", str(given.sends)]
        try:
            sys.exit(network.inside(argv, LONGEST_S, cwd=ROOT)[0])
        except network.NoNamespaces as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()

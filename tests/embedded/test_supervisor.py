"""Our own processes: in order, restarted, stopped in reverse, and never left behind."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from motcua.embedded.backoff import Backoff
from motcua.embedded.problems import ServerWouldNotStart
from motcua.embedded.processes import wait_until
from motcua.embedded.supervisor import Child, Supervisor
from tests.embedded.consuming import python_path
from tests.embedded.observing import is_running

SLEEPER = "import time; time.sleep(60)"
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("set", flush=True)
time.sleep(60)
"""


def python(code):
    return [sys.executable, "-c", textwrap.dedent(code)]


@contextmanager
def signals_once(claim, *numbers):
    """Signal ourselves from another thread once the supervisor listens and `claim` holds."""
    deaf = signal.getsignal(signal.SIGTERM)

    def run():
        if wait_until(lambda: signal.getsignal(signal.SIGTERM) is not deaf and claim(), 20):
            for number in numbers:
                os.kill(os.getpid(), number)
                time.sleep(0.2)  # two at once would be one

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join()


@pytest.fixture
def log_dir(tmp_path):
    return tmp_path / "log"


def written_in(log: Path) -> str:
    """So far: a log begins with the child's first output, and a test may look before."""
    return log.read_text() if log.exists() else ""


def test_children_start_in_order_each_once_the_one_before_is_ready(log_dir, tmp_path):
    first = Child(
        "first",
        python(
            f"import time, pathlib; time.sleep(.2); pathlib.Path({str(tmp_path / 'up')!r}).touch(); time.sleep(60)"
        ),
        ready=(tmp_path / "up").exists,
    )
    second = Child(
        "second", python(f"import pathlib; print(pathlib.Path({str(tmp_path / 'up')!r}).exists())")
    )

    with Supervisor([first, second], log_dir, [].append):
        assert wait_until(lambda: "True" in written_in(log_dir / "second.log"), 30)


def test_output_and_added_environment_reach_the_child(log_dir):
    code = (
        "import os, sys; print(os.environ['LANE'], bool(os.environ['PATH'])); print('oops', file=sys.stderr)"
    )
    with Supervisor([Child("worker", python(code), env={"LANE": "urgent"})], log_dir, [].append):
        assert wait_until(lambda: "urgent True\n" in written_in(log_dir / "worker.log"), 30)
        assert wait_until(lambda: "oops\n" in written_in(log_dir / "worker.log"), 30)


def test_a_child_that_dies_before_it_is_ready_is_told_and_the_others_are_stopped(log_dir):
    other = Child("worker", python(SLEEPER))
    broken = Child("web", python("import sys; sys.exit('cannot bind')"), ready=lambda: False)
    supervisor = Supervisor([other, broken], log_dir, [].append)

    with pytest.raises(ServerWouldNotStart, match="cannot bind"):
        supervisor.start()

    assert supervisor.pid_of("worker") is None


def test_a_program_that_does_not_exist_is_told(log_dir):
    with pytest.raises(ServerWouldNotStart, match="No such file"):
        Supervisor([Child("web", [log_dir / "missing"])], log_dir, [].append).start()


def test_a_killed_child_is_started_again(log_dir):
    said = []
    with Supervisor([Child("web", python(SLEEPER))], log_dir, said.append) as supervisor:
        old = supervisor.pid_of("web")
        os.kill(old, signal.SIGKILL)
        with signals_once(lambda: supervisor.pid_of("web") not in (None, old), signal.SIGTERM):
            supervisor.run_until_signal()
    assert said == [
        f"web đã dừng (mã -9), sẽ khởi động lại ngay. Nguyên nhân có trong {log_dir / 'web.log'}."
    ]


def test_a_child_that_keeps_dying_is_given_up_with_a_clear_sentence(log_dir):
    said = []
    children = [
        Child("worker", python(SLEEPER)),
        Child("web", python("import sys; sys.exit('no secret key')")),
    ]
    backoff = Backoff(first_s=0.01, give_up_after=3)

    supervisor = Supervisor(children, log_dir, said.append, backoff=backoff)
    with supervisor, pytest.raises(ServerWouldNotStart, match="no secret key"):
        supervisor.run_until_signal()

    assert len(said) == 3
    assert said[-1].startswith("web dừng liên tục ngay sau khi khởi động")
    assert supervisor.pid_of("worker") is None


def test_a_child_that_need_not_be_restarted_may_end(log_dir):
    said = []
    with (
        Supervisor([Child("load", python("pass"), restart=False)], log_dir, said.append) as supervisor,
        signals_once(lambda: said, signal.SIGINT),
    ):
        supervisor.run_until_signal()

    assert said == ["load đã kết thúc (mã 0)."]


def test_a_signal_stops_all_in_reverse_order_and_handlers_are_put_back(log_dir, tmp_path):
    code = """
        import signal, sys, time
        def end(*_):
            with open({path!r}, "a") as file:
                file.write("{name} ")
            sys.exit()
        signal.signal(signal.SIGTERM, end)
        print("set", flush=True)
        time.sleep(60)
    """
    order = tmp_path / "order"
    children = [
        Child(
            name,
            python(code.format(path=str(order), name=name)),
            ready=lambda name=name: "set" in written_in(log_dir / f"{name}.log"),
        )
        for name in ("database", "web", "worker")
    ]
    before = signal.getsignal(signal.SIGINT)
    with (
        Supervisor(children, log_dir, [].append) as supervisor,
        signals_once(lambda: True, signal.SIGINT),
    ):
        supervisor.run_until_signal()

    assert order.read_text() == "worker web database "
    assert signal.getsignal(signal.SIGINT) is before


def test_a_stubborn_child_is_killed_after_its_time(log_dir):
    log = log_dir / "web.log"
    child = Child("web", python(STUBBORN), ready=lambda: "set" in written_in(log), stop_timeout_s=0.3)
    with Supervisor([child], log_dir, [].append) as supervisor:
        pid = supervisor.pid_of("web")

    assert not is_running(pid)


def test_a_second_signal_does_not_wait(log_dir):
    log = log_dir / "web.log"
    child = Child("web", python(STUBBORN), ready=lambda: "set" in written_in(log), stop_timeout_s=60)
    with (
        Supervisor([child], log_dir, [].append) as supervisor,
        signals_once(lambda: True, signal.SIGINT, signal.SIGINT),
    ):
        pid = supervisor.pid_of("web")
        supervisor.run_until_signal()

    assert not is_running(pid)


def test_grandchildren_do_not_outlive_a_child(log_dir):
    code = f"""
        import subprocess, sys
        own = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}])
        print(own.pid, flush=True)
        own.wait()
    """
    log = log_dir / "web.log"
    child = Child("web", python(code), ready=lambda: written_in(log).endswith("\n"))
    with Supervisor([child], log_dir, [].append):
        grandchild = int(written_in(log))

    assert wait_until(lambda: not is_running(grandchild), 30)


def test_tick_is_called_while_it_runs(log_dir):
    ticks = []
    with (
        Supervisor([], log_dir, [].append, tick=lambda: ticks.append(1)) as supervisor,
        signals_once(lambda: ticks, signal.SIGTERM),
    ):
        supervisor.run_until_signal()

    assert ticks


def test_children_die_with_a_supervisor_that_is_killed(log_dir):
    code = f"""
        import sys
        from pathlib import Path
        from motcua.embedded.supervisor import Child, Supervisor
        sleeper = [sys.executable, "-c", {SLEEPER!r}]
        children = [Child(name, sleeper) for name in ("web", "worker")]
        with Supervisor(children, Path({str(log_dir)!r}), [].append) as supervisor:
            print(supervisor.pid_of("web"), supervisor.pid_of("worker"), flush=True)
            supervisor.run_until_signal()
    """
    with subprocess.Popen(
        python(code), stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": python_path()}
    ) as process:
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert all(map(is_running, pids))
        process.kill()

    assert len(pids) == 2
    assert wait_until(lambda: not any(map(is_running, pids)), 30)


def test_a_port_freed_by_a_dead_child_can_be_taken_by_its_successor(log_dir):
    """The whole group is gone before the restart, so a worker that held the port cannot stand in the way."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = f"""
        import os, socket, time
        server = socket.create_server(("127.0.0.1", {port}))
        os.fork()
        time.sleep(60)
    """
    said = []
    child = Child("web", python(code), ready=lambda: _answers(port))
    with Supervisor([child], log_dir, said.append) as supervisor:
        old = supervisor.pid_of("web")
        os.kill(old, signal.SIGKILL)
        with signals_once(
            lambda: supervisor.pid_of("web") not in (None, old) and _answers(port), signal.SIGTERM
        ):
            supervisor.run_until_signal()

    assert len(said) == 1


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True

"""The worker: RQ jobs of all lanes, urgent first, and the sweep beside them."""

import argparse
import sys
import time

import structlog
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from motcua.alerts import jobs as alert_jobs
from motcua.app import create_app
from motcua.beside import Beside, InApp, Occupied
from motcua.boot import boot
from motcua.catalogue.importing import jobs as importing_jobs
from motcua.conversation import jobs as conversation_jobs
from motcua.conversation import report_photos
from motcua.core import collecting, queue
from motcua.core.errors import MotcuaError
from motcua.dossiers import jobs as dossier_jobs
from motcua.dossiers.adapters import pulling
from motcua.dossiers.door import jobs as door_jobs
from motcua.dossiers.door import telling
from motcua.exports import jobs as export_jobs
from motcua.messaging import alarms, template_sync
from motcua.messaging import jobs as messaging_jobs
from motcua.messaging.dispatch import serving
from motcua.messaging.pace.waking import Waker
from motcua.subscriptions import telling as telling_subscribers
from motcua.sweeper import HEARTBEAT, HEARTBEAT_TTL_S, Sweeper
from motcua.warming import Warmer

RECONNECT_AFTER_S = 1.0
# A drain's loop gives up the interpreter thousands of times a second; Python's own 5 ms would be lost each time
# that the sweep or a job is reckoning.
SWITCH_EVERY_S = 0.001

log = structlog.get_logger(__name__)

# Imported before the first job, so that none pays for it; `alarms` watches from then on.
JOBS = (
    alarms,
    messaging_jobs,
    template_sync,
    conversation_jobs,
    report_photos,
    telling_subscribers,
    alert_jobs,
    importing_jobs,
    export_jobs,
    dossier_jobs,
    door_jobs,
    telling,
    pulling,
)


class Worker(InApp, SimpleWorker):
    """Runs jobs in this process: a drain sends thousands of messages over connections that stay open,
    which a process forked for each job would open anew."""

    def __init__(self, *args, app: Flask, occupied: Occupied, **options):
        self.app, self.occupied, self.is_told_to_stop = app, occupied, False
        super().__init__(*args, **options)

    def perform_job(self, job, *args, **options):
        with self.occupied.at(job.func_name):
            return super().perform_job(job, *args, **options)

    def request_stop(self, signum, frame):
        """A drain hands back what has not left; RQ waits for the job, and a second signal does not."""
        self.is_told_to_stop = True
        serving.stop()
        super().request_stop(signum, frame)


def main() -> None:
    parser = argparse.ArgumentParser(description="Gửi tin và đọc hộp thư webhook.")
    parser.add_argument("--burst", action="store_true", help="làm hết việc đang có rồi thoát")
    parser.add_argument("--lanes", default=",".join(queue.LANES), help="các làn theo thứ tự ưu tiên")
    chosen = parser.parse_args()
    try:
        app = create_app(boot())
    except MotcuaError as error:
        sys.exit(error.message)
    work(app, chosen.lanes.split(","), burst=chosen.burst)


def work(app: Flask, lanes: list[str], *, burst: bool = False) -> None:
    """Work until a signal says stop (or, with `burst`, until nothing is left)."""
    sys.setswitchinterval(SWITCH_EVERY_S)
    collecting.settle()
    serving.serve_only(lanes)
    occupied = Occupied()
    beside = (
        Sweeper(app),
        Waker(HEARTBEAT, HEARTBEAT_TTL_S),
        Warmer(app),
        Beside(app, lanes, occupied.is_long),
    )
    for one in beside:
        one.start()
    log.info("worker_started", lanes=lanes)
    try:
        while not _is_done(app, lanes, occupied, burst):
            time.sleep(RECONNECT_AFTER_S)
    finally:
        for one in reversed(beside):
            one.stop()
            one.join(timeout=5)
        with app.app_context():
            serving.close()


def _is_done(app: Flask, lanes: list[str], occupied: Occupied, burst: bool) -> bool:
    """Work until told to stop, or (`burst`) nothing is left. False when it ended otherwise and must begin anew.

    RQ quits where Redis went away while a job ran, or was slow: with an error if Redis is still away when it says
    goodbye, and without one if Redis has come back by then. Behind a cut cable nobody refuses; the time runs out.
    """
    worker = None
    try:
        worker = Worker(
            [queue.lane_queue(lane) for lane in lanes],
            connection=queue.connection(),
            serializer=JSONSerializer,
            app=app,
            occupied=occupied,
        )
        worker.work(burst=burst, logging_level="WARNING")
    except (RedisConnectionError, RedisTimeoutError) as error:
        log.warning("redis_away", error=type(error).__name__)
        return worker is not None and worker.is_told_to_stop
    if not (burst or worker.is_told_to_stop):
        log.warning("worker_begins_anew")
    return burst or worker.is_told_to_stop

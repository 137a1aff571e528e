"""The process that runs the jobs: beside the web server, alone, or as one of many.

APScheduler tells the time; which days are due is read from the runs that were kept (services/job/job),
so nothing is lost with the process and nothing needs a store of the scheduler's own. The scheduler
is started by a command, never on import.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from tracker.jobs import lock
from tracker.jobs.schedule import JOBS
from tracker.models import fault
from tracker.models.base import ZONE, db
from tracker.services.job import job as jobs
from tracker.services.job.job import Daily, Job

logger = logging.getLogger(__name__)

PULSE_SECONDS = 10  # another process takes over within this time and the system's own
CATCH_UP_MINUTES = 10  # what failed, or was slept through, is tried again
TICK_SECONDS, FILE_PULSE_SECONDS = 0.02, 0.1  # where the moment is read from a file
OPTIONS = {"misfire_grace_time": 3600, "coalesce": True, "max_instances": 1}


class Runner:
    """One process's part in the scheduling: it works while it holds the lock."""

    def __init__(self, app: Flask, *, from_file: bool = False) -> None:
        self.app = app
        self.from_file = from_file
        self.now: Callable[[], datetime] = app.extensions["tracker.now"]
        self.process = f"{socket.gethostname()}:{os.getpid()}"
        self.working = False
        self.worked: datetime | None = None
        self.stopping = threading.Event()
        with app.app_context():
            settings = app.extensions["tracker.settings"]
            self.lock = lock.of(db.engine, settings.instance)
        self.scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(1), "pulse": ThreadPoolExecutor(1)},
            job_defaults=OPTIONS,
            timezone=ZONE,
        )
        self._plan()

    def _plan(self) -> None:
        every = IntervalTrigger
        seconds = FILE_PULSE_SECONDS if self.from_file else PULSE_SECONDS
        self.scheduler.add_job(self.pulse, every(seconds=seconds, timezone=ZONE), executor="pulse")
        if self.from_file:
            logging.getLogger("apscheduler").setLevel(logging.ERROR)  # ticks are skipped while a job runs
            self.scheduler.add_job(self.catch_up, every(seconds=TICK_SECONDS, timezone=ZONE))
            return
        self.scheduler.add_job(self.catch_up, every(minutes=CATCH_UP_MINUTES, timezone=ZONE), id="catch_up")
        with self.app.app_context():
            for each in JOBS:
                self.scheduler.add_job(self.catch_up, trigger_of(each), args=[(each,)], id=each.name)

    # -- what the scheduler calls ---------------------------------------------------------------

    def pulse(self) -> None:
        """Take the lock, or see that it is still held, and say that the scheduler lives."""
        held = self.lock.take() and not self.stopping.is_set()
        if held and not self.working:
            logger.info("%s works", self.process)
            self.working = True
            if not self.from_file:
                self.scheduler.add_job(self.catch_up, id="first", replace_existing=True)
        self.working = held
        if held and not self.from_file:
            self._safely(lambda: jobs.beat(now=self.now(), process=self.process, caught_up=False))

    def catch_up(self, only: tuple[Job, ...] = JOBS) -> None:
        """Run what is due and was not run, oldest first."""
        if self.working:
            self._safely(lambda: self._catch_up(only))

    def _catch_up(self, only: tuple[Job, ...]) -> None:
        moment = self.now()
        if self.from_file and moment == self.worked:
            return  # time stands
        jobs.catch_up(only, lambda: moment, lambda: self.working and not self.stopping.is_set())
        if only is JOBS and self.working:
            jobs.beat(now=moment, process=self.process, caught_up=True)
            self.worked = moment

    def _safely(self, act: Callable[[], Any]) -> None:
        """Keep the scheduler alive while the database is away."""
        with self.app.app_context():
            try:
                act()
            except Exception as error:
                message = fault.sentence(error)
                if message is None:
                    logger.exception("the scheduler goes on after an error")
                else:
                    logger.error("the scheduler goes on: %s (%s)", message, type(error).__name__)

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin, in threads of its own."""
        self.pulse()
        self.scheduler.start()

    def stop(self) -> None:
        """Finish the job in hand, begin no other, give the lock back."""
        self.stopping.set()
        if self.scheduler.running:
            self.scheduler.pause()
            self.scheduler.get_jobs()  # waits for the turn in hand: it could not end a job once stopped
            self.scheduler.shutdown(wait=True)
        self.working = False
        self.lock.release()


def trigger_of(job: Job) -> CronTrigger | IntervalTrigger:
    """Return the scheduler's trigger of a job, in the office's zone whatever the machine's is."""
    if isinstance(job.trigger, Daily):
        at = job.trigger.at
        return CronTrigger(hour=at.hour, minute=at.minute, timezone=ZONE)
    return IntervalTrigger(minutes=job.trigger.minutes, timezone=ZONE)


@contextmanager
def beside(app: Flask) -> Iterator[Runner]:
    """Run the jobs in threads while something else runs, such as the web server."""
    runner = Runner(app)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def alone(app: Flask, *, from_file: bool = False) -> None:
    """Run the jobs until the process is told to stop."""
    runner = Runner(app, from_file=from_file)
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: runner.stopping.set())
    runner.start()
    while not runner.stopping.wait(0.5):
        pass
    runner.stop()

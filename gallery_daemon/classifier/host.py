"""The daemon's side of the classifier process: started on demand, ended when idle, never trusted.

The main thread alone changes anything here, so nothing is locked. What the process says comes by
`deliver` into the main loop's inbox, and from there, in the main thread, into `received`; whatever
is due is done in `tick`, which also hands out the reports. The loop's turn: take all that is in the
inbox, waiting at most until `next_deadline` for a first thing, and hand each `Arrival` to
`received`; `submit`, while `has_room`; `tick`.

Photos are sent only after `Ready`, so a death before that is a failed start, and no photo's fault.
What a death after it means for the photos is the `backlog`'s judgement.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from gallery_daemon.classifier.backlog import Backlog, Verdict
from gallery_daemon.classifier.child import Arrival, Child, Gone
from gallery_daemon.classifier.messages import (
    Answer,
    Broken,
    Ready,
    Refusal,
    RefusalKind,
    Request,
    Setup,
    Started,
)
from gallery_daemon.classifier.patience import Attempts, Patience
from gallery_daemon.classifier.reports import Classified, Refused, Report
from gallery_daemon.errors import ClassifierLost
from gallery_daemon.logs.events import ClassifierFailed, ClassifierStarted, ClassifierStopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.photo import Photo

# -P: the working folder may be a synced one, and no `torch.py` in it shall be imported.
WORKER = (sys.executable, "-P", "-m", "gallery_daemon.classifier.worker")

# Enough that a full batch is always being read while another is in the network.
_BATCHES_OUT = 4


class ClassifierHost:
    """Takes photos, gives one report for each, and looks after the process."""

    def __init__(
        self,
        setup: Setup,
        deliver: Callable[[Arrival], None],
        patience: Patience | None = None,
        command: tuple[str, ...] = WORKER,
    ) -> None:
        """Nothing is started yet. `deliver` is called by other threads and must never block."""
        self._setup = setup
        self._deliver = deliver
        self._patience = patience or Patience()
        self._attempts = Attempts(self._patience)
        self._command = command
        self._backlog = Backlog()
        self._reports: list[Report] = []
        self._child: Child | None = None
        self._children = 0
        self._is_ready = False
        self._quiet_since = 0.0  # when the child was started, became ready, or last answered
        self._missed: float | None = None  # a deadline that had passed at the last tick

    @property
    def outstanding(self) -> int:
        """How many photos have no report yet."""
        return len(self._backlog)

    @property
    def pid(self) -> int | None:
        """The process's number in the system; None while there is none."""
        return None if self._child is None else self._child.pid

    @property
    def has_room(self) -> bool:
        """Whether another photo may be submitted; the rest waits in the caller's backlog."""
        return self.outstanding < _BATCHES_OUT * self._setup.batch_size

    @property
    def unanswered(self) -> tuple[Photo, ...]:
        """The photos without a report, the most advanced first."""
        return self._backlog.photos

    def submit(self, photo: Photo, *, want_hash: bool = False) -> None:
        """A photo waits for the next `tick` to send it. To be called only while `has_room`."""
        self._backlog.add(photo, want_hash=want_hash)

    def received(self, arrival: Arrival, now: float) -> None:
        """The process has said something, and the main loop has taken it from its inbox."""
        child = self._child
        if child is None or arrival.child != child.number:
            return  # the last words of a process that was given up already
        match arrival.message:
            case Ready() as ready if not self._is_ready:
                self._is_ready, self._quiet_since = True, now
                self._reports.append(
                    ClassifierStarted(
                        ready.model, ready.engine, ready.load_ms, child.pid, ready.measured
                    )
                )
            case Started(job_id):
                self._backlog.start(job_id, now)
            case Answer() | Refusal() as reply:
                self._answered(reply, now)
            case Broken(sentence, hint) if not self._is_ready:
                child.kill()
                self._child = None
                self._fail(ClassifierLost(sentence, hint), now, is_lost=True)
            case Ready() | Broken():
                self._crashed(child, "it began a second time", now)
            case Gone(problem):
                self._crashed(child, problem, now)

    def tick(self, now: float) -> tuple[Report, ...]:
        """Do what is due: end, start, send. Gives all reports since the last call, in order."""
        if self._child is not None:
            self._end_if_due(self._child, now)
        if self._child is None and self.outstanding and now >= self._attempts.next_at:
            self._start_child(now)
        if self._child is not None and self._is_ready:
            while (job := self._backlog.send(now)) is not None:
                self._child.send(Request(job.id, job.photo.path, job.photo.identity, job.want_hash))
        return self._take_reports()

    def next_deadline(self) -> float | None:
        """When `tick` must be called at the latest, in monotonic seconds; None: no need.

        A time in the past means: at once.
        """
        if self._child is None:
            return self._attempts.next_at if self.outstanding else None
        if self._is_ready and self._backlog.has_sendable:
            return -math.inf
        return self._due_at()

    def close(self) -> tuple[Report, ...]:
        """The process has ended, within 2 seconds, and will not be started again.

        Gives the last reports; photos that have none are `unanswered`.
        """
        if self._child is not None:
            self._child.end()
            self._stopped("closed")
        return self._take_reports()

    def _start_child(self, now: float) -> None:
        self._children += 1
        try:
            self._child = Child(self._command, self._children, self._deliver)
        except OSError as error:
            self._fail(
                ClassifierLost(f"cannot start the classifier process: {error.strerror or error}"),
                now,
            )
            return
        self._quiet_since = now
        self._child.send(self._setup)

    def _due_at(self) -> float | None:
        """When the process must have become ready, answered, or found something to do."""
        if not self._is_ready:
            return self._quiet_since + self._patience.start_s
        if self.outstanding:
            return self._backlog.overdue_at(self._patience.photo_s)
        return self._quiet_since + self._patience.idle_s

    def _end_if_due(self, child: Child, now: float) -> None:
        due_at = self._due_at()
        if due_at is None or now < due_at:
            return
        if due_at != self._missed:
            # The loop may have been busy elsewhere, and what we wait for lies in its inbox.
            self._missed = due_at
        elif self.outstanding:
            self._hung(child, now)
        else:
            child.end()
            self._stopped(f"idle for {self._patience.idle_s:g} s")

    def _answered(self, reply: Answer | Refusal, now: float) -> None:
        job = self._backlog.finish(reply.id, now)
        if job is None:
            return  # never asked for: a process that parses hostile files may say anything
        self._quiet_since = now
        self._attempts.succeeded()
        if isinstance(reply, Answer):
            self._reports.append(
                Classified(job.photo, reply.facts, reply.prediction, reply.batch, reply.classify_ms)
            )
        else:
            self._reports.append(Refused(job.photo, reply.kind, reply.reason, reply.facts))

    def _crashed(self, child: Child, problem: str | None, now: float) -> None:
        ending = child.reap() if problem is None else child.kill()
        if problem is not None:
            ending = f"it broke the pipe's rules: {problem}"
        elif ending == "SIGKILL":
            ending = "SIGKILL, perhaps for want of memory"
        blame = f"reading it crashed the classifier process ({ending})"
        self._judge(self._backlog.bury_crashed(), f"crashed ({ending})", blame, now)

    def _hung(self, child: Child, now: float) -> None:
        child.kill()
        if not self._is_ready:
            cause = f"was not ready after {self._patience.start_s:g} s"
        else:
            cause = f"hung for {self._patience.photo_s:g} s"
        blame = f"reading it took longer than {self._patience.photo_s:g} s"
        self._judge(self._backlog.bury_hung(self._patience.photo_s, now), cause, blame, now)

    def _judge(self, verdict: Verdict, cause: str, blame: str, now: float) -> None:
        """The process is dead, of `cause`; `blame` is the reason for a photo that is convicted."""
        was_ready = self._is_ready
        self._stopped(cause)
        if verdict.convicted is not None:
            self._attempts.succeeded()
            photo = verdict.convicted.photo
            self._reports.append(Refused(photo, RefusalKind.UNREADABLE, blame, None))
        elif verdict.accuses_nobody and (self.outstanding or not was_ready):
            self._fail(ClassifierLost(f"the classifier process {cause}"), now)

    def _stopped(self, reason: str) -> None:
        if self._is_ready:
            self._reports.append(ClassifierStopped(reason))
        self._child, self._is_ready = None, False

    def _fail(self, error: ClassifierLost, now: float, *, is_lost: bool = False) -> None:
        """Nothing came of this start."""
        wait_s = self._attempts.failed(now)
        is_lost = is_lost or self._attempts.are_lost
        self._reports.append(ClassifierFailed(error, is_lost, wait_s))

    def _take_reports(self) -> tuple[Report, ...]:
        reports, self._reports = tuple(self._reports), []
        return reports

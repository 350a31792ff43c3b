"""The daemon's side of the classifier process: started on demand, ended when idle, never trusted.

Only the main thread calls the host, so nothing is locked. What the process says comes by `deliver`
into the main loop's inbox, and from there, in the main thread, into `received`; whatever is due is
done in `tick`, which also returns the events. One turn of the loop: take all that is in the inbox,
waiting for the first at most until `next_deadline`, and pass each `ChildEvent` to `received`;
`submit` while `has_room`; `tick`.

Each photo that was submitted comes back in exactly one `Classified` or `Refused`, or is still among
`unanswered` when the host is closed. Photos are sent only after `Ready`, so a death before that is
a failed start and no photo's fault.

A photo is first looked at quickly, if it is told when that is enough (`IsEnough`). Where it is not,
the photo is asked for once more, in full, and only the second answer comes back.

What a death of the process after `Ready` means for the photos is decided by `backlog`. A model that
cannot be loaded will not load a moment later, so each wait before another start is twice the one
before.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gallery_daemon.backoff import Backoff
from gallery_daemon.classifier.backlog import Backlog, Blame
from gallery_daemon.classifier.child import Child, ChildEvent, PipeClosed
from gallery_daemon.classifier.messages import (
    Answer,
    Broken,
    Measured,
    Ready,
    Refusal,
    RefusalKind,
    Request,
    Setup,
    Started,
)
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.errors import ClassifierLost
from gallery_daemon.logs.events import (
    ClassifierFailed,
    ClassifierStarted,
    ClassifierStopped,
    EnginesMeasured,
)
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.photo import Facts, Photo, Prediction

# -P: the working folder may be a synced one, and a `torch.py` in it must not be imported.
WORKER = (sys.executable, "-P", "-m", "gallery_daemon.classifier.worker")

# Enough that a full batch is always being read while another is in the network.
_BATCHES_OUT = 4
# After so many failed starts in a row the process counts as lost.
_LOST_AFTER = 3
# What a process may say of engines; one that says more floods the log.
_MOST_MEASUREMENTS = 5
# The machine may have been slow, and the file may be well: unlike other quarantined ones, which are
# read anew only when they change.
_ANOTHER_TRY = (
    "to try again: raise `seconds` under `limits`, then `gallery-daemon sort FOLDER --again`"
)


class IsEnough(Protocol):
    """Says whether the answer of a quick look may stand."""

    def __call__(self, photo: Photo, facts: Facts, prediction: Prediction, /) -> bool:
        """Whether a full look at the photo would change nothing."""
        ...


HostEvent = (
    Classified
    | Refused
    | ClassifierStarted
    | ClassifierStopped
    | ClassifierFailed
    | EnginesMeasured
)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long the host waits, in seconds.

    `photo_s`: for one photo, from its `Started`. `idle_s`: before it ends a process with nothing to
    do. `start_s`: for the model to load (from a cold NAS disk it takes a minute). `retry_s`: after
    a failed start, doubled each time up to `longest_retry_s`.
    """

    photo_s: float = 30.0
    idle_s: float = 300.0
    start_s: float = 180.0
    retry_s: float = 1.0
    longest_retry_s: float = 300.0


class StartAttempts:
    """The failed starts since the last success, and when the next one is due."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._backoff = Backoff(timeouts.retry_s, timeouts.longest_retry_s)
        self._failures = 0
        self.next_at = -math.inf

    @property
    def are_lost(self) -> bool:
        """Whether so many failed in a row that a command should give up."""
        return self._failures >= _LOST_AFTER

    def failed(self, now: float) -> float:
        """The last start failed; returns the seconds until the next."""
        self._failures += 1
        wait_s = self._backoff.wait_s(self._failures)
        self.next_at = now + wait_s
        return wait_s

    def succeeded(self) -> None:
        """The process gave an answer."""
        self._failures = 0


class ClassifierHost:
    """Takes photos, returns one event for each, and runs the process."""

    def __init__(
        self,
        setup: Setup,
        deliver: Callable[[ChildEvent], None],
        timeouts: Timeouts | None = None,
        command: tuple[str, ...] = WORKER,
        is_enough: IsEnough | None = None,
    ) -> None:
        """Nothing is started yet. `deliver` is called by other threads and must never block.

        Without `is_enough` every look is a full one.
        """
        self._is_enough = is_enough
        self._setup = setup
        self._deliver = deliver
        self._timeouts = timeouts or Timeouts()
        self._attempts = StartAttempts(self._timeouts)
        self._command = command
        self._backlog = Backlog()
        self._events: list[HostEvent] = []
        self._child: Child | None = None
        self._children = 0
        self._is_ready = False
        self._measurements = 0  # of the process that runs
        self._quiet_since = 0.0  # when the child was started, became ready, or last answered
        self._missed: float | None = None  # a deadline that had passed at the last tick

    @property
    def outstanding(self) -> int:
        """How many photos have no answer yet."""
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
    def has_untold(self) -> bool:
        """Whether the next `tick` returns events that were received before."""
        return bool(self._events)

    @property
    def unanswered(self) -> tuple[Photo, ...]:
        """The photos without an answer, the most advanced first."""
        return self._backlog.photos

    def submit(self, photo: Photo, *, want_hash: bool = False) -> None:
        """A photo waits for the next `tick` to send it. To be called only while `has_room`."""
        look = LookKind.FULL if self._is_enough is None else LookKind.QUICK
        self._backlog.add(photo, want_hash=want_hash, look=look)

    def received(self, event: ChildEvent, now: float) -> None:
        """Take in what the process has said."""
        child = self._child
        if child is None or event.child != child.number:
            return  # from an earlier process
        match event.message:
            case Ready() as ready if not self._is_ready:
                self._is_ready, self._quiet_since = True, now
                self._events.append(
                    ClassifierStarted(
                        ready.model, ready.engine, ready.load_ms, child.pid, ready.measured
                    )
                )
            case Started(job_id):
                self._backlog.start(job_id, now)
            case Answer() | Refusal() as reply:
                self._answered(reply, now)
            case Measured(engine, measured) if self._may_tell_of_engines():
                self._events.append(EnginesMeasured(engine, measured))
            case Measured():
                self._crashed(child, "it told of engines when it should not", now)
            case Broken(sentence, hint) if not self._is_ready:
                child.kill()
                self._child = None
                self._fail(ClassifierLost(sentence, hint), now, is_lost=True)
            case Ready() | Broken():
                self._crashed(child, "it began a second time", now)
            case PipeClosed(problem):
                self._crashed(child, problem, now)

    def tick(self, now: float) -> tuple[HostEvent, ...]:
        """Do what is due: end, start, send. Returns the events since the last call, in order."""
        if self._child is not None:
            self._end_if_due(self._child, now)
        if self._child is None and self.outstanding and now >= self._attempts.next_at:
            self._start_child(now)
        if self._child is not None and self._is_ready:
            while (job := self._backlog.send(now)) is not None:
                photo = job.photo
                request = Request(job.id, photo.path, photo.identity, job.want_hash, job.look)
                self._child.send(request)
        return self._take_events()

    def next_deadline(self) -> float | None:
        """When `tick` must be called at the latest, in monotonic seconds; None: no need.

        A time in the past means at once.
        """
        if self._child is None:
            return self._attempts.next_at if self.outstanding else None
        if self._is_ready and self._backlog.has_sendable:
            return -math.inf
        return self._due_at()

    def close(self) -> tuple[HostEvent, ...]:
        """The process has ended, within 2 seconds, and will not be started again.

        Returns the last events; photos without one are `unanswered`.
        """
        if self._child is not None:
            self._child.end()
            self._stopped("closed")
        return self._take_events()

    def _may_tell_of_engines(self) -> bool:
        self._measurements += 1
        return self._is_ready and self._measurements <= _MOST_MEASUREMENTS

    def _start_child(self, now: float) -> None:
        self._children += 1
        self._measurements = 0
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
            return self._quiet_since + self._timeouts.start_s
        if self.outstanding:
            return self._backlog.overdue_at(self._timeouts.photo_s)
        return self._quiet_since + self._timeouts.idle_s

    def _end_if_due(self, child: Child, now: float) -> None:
        due_at = self._due_at()
        if due_at is None or now < due_at:
            return
        if due_at != self._missed:
            # The loop may have been busy, and the awaited answer may be in its inbox.
            self._missed = due_at
        elif self.outstanding:
            self._hung(child, now)
        else:
            child.end()
            self._stopped(f"idle for {self._timeouts.idle_s:g} s")

    def _answered(self, reply: Answer | Refusal, now: float) -> None:
        job = self._backlog.finish(reply.id, now)
        if job is None:
            return  # not asked for: a process that parses hostile files may say anything
        self._quiet_since = now
        self._attempts.succeeded()
        if job.look is LookKind.QUICK and not self._is_final(job.photo, reply):
            self._backlog.look_again(job)
        elif isinstance(reply, Answer):
            self._events.append(
                Classified(
                    job.photo,
                    reply.facts,
                    reply.prediction,
                    reply.batch,
                    reply.classify_ms,
                    reply.remark,
                    reply.features,
                )
            )
        else:
            self._events.append(Refused(job.photo, reply.kind, reply.reason, reply.facts))

    def _is_final(self, photo: Photo, reply: Answer | Refusal) -> bool:
        """Whether the photo need not be looked at in full."""
        if self._is_enough is None or isinstance(reply, Refusal):
            return True
        return self._is_enough(photo, reply.facts, reply.prediction)

    def _crashed(self, child: Child, problem: str | None, now: float) -> None:
        ending = child.reap() if problem is None else child.kill()
        if problem is not None:
            ending = f"it broke the pipe's rules: {problem}"
        elif ending == "SIGKILL":
            ending = "SIGKILL, perhaps for want of memory"
        reason = f"reading it crashed the classifier process ({ending})"
        self._judge(self._backlog.bury_crashed(), f"crashed ({ending})", reason, now)

    def _hung(self, child: Child, now: float) -> None:
        child.kill()
        if not self._is_ready:
            cause = f"was not ready after {self._timeouts.start_s:g} s"
        else:
            cause = f"hung for {self._timeouts.photo_s:g} s"
        reason = f"reading it took longer than {self._timeouts.photo_s:g} s; {_ANOTHER_TRY}"
        self._judge(self._backlog.bury_hung(self._timeouts.photo_s, now), cause, reason, now)

    def _judge(self, blame: Blame, cause: str, reason: str, now: float) -> None:
        """The process died of `cause`; `reason` is the one for a photo that is convicted."""
        was_ready = self._is_ready
        self._stopped(cause)
        if blame.convicted is not None:
            self._attempts.succeeded()
            photo = blame.convicted.photo
            self._events.append(Refused(photo, RefusalKind.UNREADABLE, reason, None))
        elif blame.accuses_no_photo and (self.outstanding or not was_ready):
            self._fail(ClassifierLost(f"the classifier process {cause}"), now)

    def _stopped(self, reason: str) -> None:
        if self._is_ready:
            self._events.append(ClassifierStopped(reason))
        self._child, self._is_ready = None, False

    def _fail(self, error: ClassifierLost, now: float, *, is_lost: bool = False) -> None:
        """This start failed."""
        wait_s = self._attempts.failed(now)
        is_lost = is_lost or self._attempts.are_lost
        self._events.append(ClassifierFailed(error, is_lost, wait_s))

    def _take_events(self) -> tuple[HostEvent, ...]:
        events, self._events = tuple(self._events), []
        return events

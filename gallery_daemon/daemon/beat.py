"""The one timer of an idle daemon: whatever is looked at from time to time is looked at on a beat.

The watch folders, the configuration, the clock and the service manager each want a look every so
often. With deadlines of their own they would wake the machine one after the other. So deadlines
that are not pressing are moved forward to a beat, and fall together.
"""

BEAT_S = 5.0
"""Seconds from one beat to the next. As long as a vanished watch folder may go unnoticed."""


def next_beat(now: float, within_s: float = BEAT_S) -> float:
    """The last beat that is at most `within_s` seconds from now; both in monotonic seconds.

    Who cannot wait for a beat has no share in them: then it is the end of that time itself.
    """
    latest = now + within_s
    return latest if within_s < BEAT_S else latest // BEAT_S * BEAT_S

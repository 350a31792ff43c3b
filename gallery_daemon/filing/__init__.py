"""Filing: the only room that changes a person's files, and it never overwrites or loses one.

`sidecars` says which files belong to a photo; `plan` turns a decision into steps; `journal` writes
down the intent before the act and the outcome after it; `place` has the few effects on the disk,
each of which fails rather than replace; `execute` goes from intent to act to done; `recover` clears
up, at the next start, what a crash cut short.
"""

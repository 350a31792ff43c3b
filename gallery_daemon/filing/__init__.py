"""Filing: the only room that changes a person's files, and it never overwrites or loses one.

`sidecars` says which files belong to a photo; `plan` is what a decision comes to; `journal` writes
down the intent before the act and the end after it, as `record` has them, in `columns`; `place` has
the few effects on the disk, each of which fails rather than replace, and `act` their order;
`execute` goes from intent to act to end, and `trouble` says what the operating system's refusals
mean; `recover` clears up, at the next start, what a crash cut short.
"""

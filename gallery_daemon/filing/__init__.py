"""Filing: the only room that changes a person's files, and it never overwrites or loses one.

`sidecars` says which files belong to a photo; `plan` is what a decision comes to; `journal` writes
down the intent before the act and the end after it, as `record` has them, in `columns`, if nobody
else `claims` the file, and answers a `query`, which of many files are `known`, or what is
`remembered` of one, and keeps the `looks` at them and the order in which photos were `seen`; below
it are the SQL `statements`, and the
`database` with a `schema` that grows. `place` has the few effects on the disk, each of which fails
rather than replace, and `act` their order, which `paper` goes through without any effect; `execute`
looks at the library `beforehand` and goes from intent to act to end, and `trouble` says what the
operating system's refusals mean; `recover` clears up what was cut short by a crash or a refusal, if
its `owner` is gone. `onward` moves what was filed to another place in the library, and back; `undo`
takes a filing back out of it; `rebuild` makes a new journal in place of a damaged one; `day` counts
what it has of one day.
"""

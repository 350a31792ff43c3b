"""The program is killed, starved and lied to, and nothing is lost or doubled.

`python -m tests.faults.kills` kills it at every system call that changes anything: `material` has
the photos, `scene` the little world they lie in, `running` the daemon in it, `tracing` the strace
that kills it, `trial` one kill and the start after it, `oracle` what must be true then, `sweep` all
kills of one case at one call, `anew` the same of `refile`, `undone` of `undo`, `proof` where the
bugs of `planted` must be found. `learn_kills` does the same to `learn`, with the fit of
`quick_learner`.

`python -m tests.faults.fuzz` feeds it pictures that `mutate` has broken: `looker` one by one to the
decoders, `feeding` in batches to a real daemon. Photos of which only the thumbnail is bad
(`thumbnails`) are shown to `quick_looker`.

`python -m tests.faults.week` plays seven days of a person who drags and a daemon that learns:
`week_story` has the days, `week_photo` one photo, `week_home` what must always be true,
`week_daemon` the program that waits for seconds where it waits for minutes, `week_worker` a
classifier process without a model.

`household` is a whole daemon in one process for the random life of `test_machine`, and `belongings`
what a person has in it.
"""

"""Figures that are measured and not tested: `python -m tests.benchmarks`, or one of its own.

How fast, all in one run (`python -m tests.benchmarks`): `inputs` has the photos, `contest` who runs
in which order, `processes` starts them; the contestants are `article`, `loader`, `ours` and the
`ceilings`; `previews` is decoding alone, `lone` one photo at a time; `figures` are medians and
ratios, `tables` shows them.

`alike` has the copies that are found and the others that are mistaken for one, with `asking` the
journal. `agreement` compares engines, `decoding` previews with whole pictures, `elsewhere` is the
model on photos that nobody collected for training, `edits` what becomes of edited photos that kept
the camera's preview. `idle` (with `known`) is the daemon when nothing
happens, `backlog` its memory through 10,000 photos, both by what `cost` reads of processes; `first`
is the first photo after installation, from the process's start until it is filed; `flood` (with
`flooded`) is the daemon under 50,000.

`looks` holds this build against an older one, in all of this, and says what was aimed at: `builds`
are the two, `versus_sort` and `versus_run` measure them by turns, `rows` is the table. It makes
photos as phones write them (`camera_photos`), of pictures that no training has seen (`held_out`).
"""

"""Arriving: names below the watch folders become candidates, and candidates settle.

`candidate` says which paths count and `ignore` which names never do; `below` reaches them without
following a link; `mounts` chooses how a folder is watched; `watch` turns events into candidates and
mends itself, with what `spare` finds out; `scan` lists what events missed; `settle` knows who has
been still long enough; `arrivals` is the front that hands out settled files.
"""

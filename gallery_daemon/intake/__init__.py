"""Names below the watch folders become candidates, and candidates settle.

- `candidate` says which paths count.
- `watch` turns events into candidates, natively or by polling (`watch_mode`); `scan` lists what
  events missed. Neither follows a link. `mounted` notices that a folder's disk is unmounted.
- `appearances` watches the library, by the kernel's events alone.
- `settle` knows which files have been unchanged long enough, and `arrivals` hands them out.
"""

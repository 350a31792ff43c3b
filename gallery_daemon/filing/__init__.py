"""Filing: the only room that changes a person's files, and it never overwrites or loses one.

`steps` turns a decision into steps, file by file. `execute` checks the `preconditions`, writes the
intents into the journal, and lets `joint_acts` act and write the ends, over the `shared_folders` of
photos that are decided together; `act` has the order of effects, `disk` the few effects, each of
which fails rather than replace, over what `reading` sees there, `removal` those that end a name,
and `os_errors` the sentences for a refusal of the system. `attributes` is what a
copy carries besides the bytes, which `content` compares where an mtime cannot tell. `permissions`
and `file_systems` know beforehand what will be refused, and why; so `overlay` goes the same way
without any effect. `library_state` asks whether the library takes photos at all. `recover` ends
what a crash or a refusal cut short. `sidecars` says which files belong to a photo, by the names
that `takeout` and `versions` know; `beside` what they are called there, and `superseded` how an
edited one takes the name of the version before. `relocate` moves a filed file within the library,
`undo` takes it back out, `emptied` takes away the folders that nothing is left in, and `rebuild`
makes a new journal in place of a damaged one.
"""

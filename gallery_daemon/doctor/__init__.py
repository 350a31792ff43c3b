"""What the daemon needs, looked at: what is well, what is not, and what to do about it.

`finding` is one line of the answer. The others have, for each thing that may be wrong, a probe
(`look_at_...`), which reads the system and changes nothing, and a pure judgement (`judge_...`) of
what it read, which is a table in the tests. They follow a photo's way:

- `watched`: the watch folders, the kernel's limits, sync tools.
- `model_and_rules`: the model bundle, its engine, the rules' warnings.
- `library`: the library, hard links, free space, the journal.
- `running`: the daemon, its service, clock and packages.
- `examine`: asks all of them in turn.
"""

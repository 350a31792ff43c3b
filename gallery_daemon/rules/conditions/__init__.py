"""The conditions of the YAML, each with all that the program knows of it.

Each is a class below `condition.Atom`: what the YAML calls it, when it holds and why, which others
it follows from, and what it reads beyond the journal. `config.conditions` has a line for each: its
key, its class, and the kind in `config.kinds` that reads its value.
"""

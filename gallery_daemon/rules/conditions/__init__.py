"""The conditions of the YAML, each with all that the program knows of it.

Each is a class below `condition.Atom`: what the YAML calls it, when it holds and why, which others
it follows from, and what it reads beyond the journal. Its value is read by the file of the same
name in `config.kinds`, and `config.conditions` has the line that joins the two.
"""

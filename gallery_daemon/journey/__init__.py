"""One photo's journey: from a name that was seen to the line in the log.

`pipeline` is the table of contents; every other room does one step of it and returns a value.
"""

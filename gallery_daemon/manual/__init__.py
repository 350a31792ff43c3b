"""The manual: Markdown pages that ship with the package, one for each topic.

`pages` finds and reads them, for `gallery-daemon manual`. `manpage` turns some of them into
gallery-daemon.1 while a wheel is built.
"""

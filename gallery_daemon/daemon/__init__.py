"""The process that runs for weeks: it constructs the journey, turns it, watches, reloads, reports.

`daemon` is its life from start to stop; `wiring` constructs everything for one configuration.
"""

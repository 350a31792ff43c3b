"""Tests of the room that looks at photos."""

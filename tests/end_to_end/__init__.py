"""A real daemon process: one photo in, one line out."""

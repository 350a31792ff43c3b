"""Tests of the classifier process and its host."""

"""Tests of the pictures that training imagines."""

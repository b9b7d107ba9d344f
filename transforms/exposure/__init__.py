"""Transforms by concern: exposure."""

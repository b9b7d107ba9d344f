"""Transforms by concern: identity."""

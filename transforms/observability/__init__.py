"""Transforms by concern: observability."""

"""Transforms by concern: portability."""

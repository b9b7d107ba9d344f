"""Transforms by concern: resilience."""

"""Transforms by concern: encryption."""

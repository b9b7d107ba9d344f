"""Transforms by concern: layout."""

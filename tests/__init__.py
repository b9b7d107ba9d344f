"""Tests, the corpus run and the bench."""

"""Run iacfix on real projects and have independent judges say what became of them: `python -m tests.corpus`."""

"""The README says what the code does."""

from tests.docs import README, refreshed


def test_the_readme_is_what_the_code_would_write() -> None:
    text = README.read_text(encoding="utf-8")
    assert refreshed(text) == text, "run `make docs`"


def test_the_readme_shows_a_real_patch() -> None:
    text = README.read_text(encoding="utf-8")
    assert "+  count = var.enable_route53 ? 1 : 0" in text
    assert "EXAMPLE" not in text

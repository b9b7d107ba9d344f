"""Options of the test run."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-fixtures", action="store_true", help="record after/ from what the run does")


@pytest.fixture(scope="session")
def updating(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-fixtures"))

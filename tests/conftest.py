"""Options and settings of the whole suite."""

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --renew` writes golden pages and expected messages anew, to be read in the diff."""
    parser.addoption("--renew", action="store_true", help="write expected outputs anew")


@pytest.fixture
def renew(request: pytest.FixtureRequest) -> bool:
    """Is what is expected to be written anew?"""
    return bool(request.config.getoption("--renew"))

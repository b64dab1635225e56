import pytest

from motcua.services.land_price import SERVICE
from tests.services.land_price.tables import DA_NANG, HCMC, published


@pytest.fixture(scope="session")
def city():
    """The book of the real table of Ho Chi Minh City."""
    return SERVICE.prepare([published(HCMC)])


@pytest.fixture(scope="session")
def press():
    """The book of Đà Nẵng's press figures."""
    return SERVICE.prepare([published(DA_NANG)])

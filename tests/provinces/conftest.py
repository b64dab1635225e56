"""Provinces founded as the vendor's form founds them."""

import pytest

from motcua.provinces import founding

FORM = {
    "unit": "old-60",
    "slug": "binh-thuan",
    "host": "binh-thuan.localhost",
    "admin_email": "an@binhthuan.example",
    "admin_name": "Nguyễn Văn An",
}


def founded(**given) -> founding.Founded:
    form = founding.FoundingForm().load({**FORM, **given})
    return founding.found(form, "Lê Thị Vân")


@pytest.fixture
def founded_province(app, national):
    return founded()

"""A citizen's photograph: its place is read, and nothing else of the file goes on."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from motcua.feedback import pictures
from motcua.feedback.pictures import PictureRefused, remade, within_vietnam

from .photographs import PHAN_THIET, jpeg, png, png_that_claims


def opened(picture: pictures.Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.body))


def test_the_place_is_read_and_nothing_of_the_file_is_kept():
    file = jpeg(at=PHAN_THIET, comment=b"giay to cua Lan")

    picture = remade(file)

    assert picture.location == pytest.approx(PHAN_THIET, abs=1e-4)
    assert opened(picture).getexif() == {}
    assert not any(mark in picture.body for mark in (b"Exif", b"GPS", b"MayAnhCuaLan", b"giay to", b"http"))


@pytest.mark.parametrize("at", [(48.85, 2.35), (-10.9, 108.1), (0.0, 0.0), (90.0, 180.0)])
def test_a_place_abroad_is_no_place(at):
    assert remade(jpeg(at=at)).location is None


def test_a_photograph_without_a_place_has_none():
    assert remade(png()).location is None


def test_it_stands_upright_and_fits_a_screen():
    picture = remade(jpeg((3000, 2000), orientation=6))

    assert (picture.width, picture.height) == (1067, 1600)
    assert opened(picture).size == (1067, 1600)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_becomes_a_plain_jpeg(mode):
    picture = remade(png(mode=mode, colour=0))

    assert (opened(picture).format, opened(picture).mode) == ("JPEG", "RGB")


def test_what_is_hidden_behind_a_picture_is_gone():
    polyglot = jpeg() + b"<script>alert(1)</script><?php system($_GET['c']); ?>PK\x03\x04"

    picture = remade(polyglot)

    assert b"script" not in picture.body
    assert b"PK\x03\x04" not in picture.body


def test_the_first_frame_of_a_moving_picture_is_taken():
    out = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue", "green")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])

    red, green, blue = opened(remade(out.getvalue())).getpixel((30, 20))

    assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "Tệp ảnh trống"),
        (b"khong phai anh", "Không đọc được ảnh này"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Không đọc được ảnh này"),
        (b"%PDF-1.7\n", "Không đọc được ảnh này"),
        (b"GIF89a" + b"\0" * 200, "Không đọc được ảnh này"),
        (jpeg()[:300], "Không đọc được ảnh này"),
        (png_that_claims(10_000, 5_000), "hơn 40 triệu điểm ảnh"),
        (png_that_claims(60_000, 60_000), "hơn 40 triệu điểm ảnh"),
        (b"\xff" * (pictures.MOST_BYTES + 1), "nặng hơn 10 MB"),
    ],
    ids=["empty", "text", "svg", "pdf", "gif", "cut off", "50 megapixels", "3600 megapixels", "too heavy"],
)
def test_what_cannot_be_read_safely_is_refused_with_its_reason(file, sentence):
    with pytest.raises(PictureRefused, match=sentence):
        remade(file)


def test_a_picture_smaller_than_it_claims_is_refused_or_shown_as_far_as_it_goes():
    with pytest.raises(PictureRefused):
        remade(png_that_claims(3_000, 3_000))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_file_never_breaks_anything(data):
    file = bytearray(data.draw(st.sampled_from([jpeg((40, 30), at=PHAN_THIET), png((9, 9), "RGBA", 0)])))
    for _ in range(data.draw(st.integers(1, 30))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))

    try:
        picture = remade(bytes(file))
    except PictureRefused as refused:
        assert refused.message.endswith(".")
    else:
        assert opened(picture).format == "JPEG"


@given(st.floats(), st.floats())
def test_only_places_in_the_country_are_kept(latitude, longitude):
    found = within_vietnam(latitude, longitude)

    assert found is None or (6 <= found[0] <= 23.5 and 102 <= found[1] <= 118)

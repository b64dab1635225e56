"""A citizen's photograph made anew: its place is read, then nothing of the file goes any further.

The picture is decoded and written again as a plain JPEG, so that positions, camera numbers, thumbnails,
comments, and whatever else was hidden in or behind the file are gone.
"""

import hashlib
import io
import math
import warnings
from dataclasses import dataclass

import structlog
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import GPS, IFD

from motcua.core.errors import Invalid

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
READABLE = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE, QUALITY = 1600, 82
# Vietnam with its islands: a position elsewhere is a wrong clock or an old picture, never the place.
SOUTH, NORTH, WEST, EAST = 6.0, 23.5, 102.0, 118.0

log = structlog.get_logger(__name__)


class PictureRefused(Invalid):
    code = "picture_refused"


@dataclass(frozen=True)
class Picture:
    """`body` a JPEG without any metadata; `location` latitude and longitude in degrees as the camera wrote them."""

    body: bytes
    width: int
    height: int
    location: tuple[float, float] | None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def remade(file: bytes) -> Picture:
    """Raises PictureRefused, naming the remedy, for whatever is not a photograph that can be read safely."""
    if not file:
        raise PictureRefused("Tệp ảnh trống. Xin chọn lại ảnh.")
    if len(file) > MOST_BYTES:
        raise PictureRefused(
            f"Ảnh nặng hơn {MOST_BYTES // 1_000_000} MB. Xin chụp lại ở cỡ nhỏ hơn hoặc gửi ảnh qua Zalo."
        )
    try:
        # Warnings are of broken tags, which are dropped anyway.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(file), formats=READABLE) as image,
        ):
            if image.width * image.height > MOST_PIXELS:
                raise _too_large()
            location = _location(image)
            image.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
            plain = _plain(image)
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        KeyError,
        TypeError,
        MemoryError,
    ) as error:
        raise _unreadable(error) from error  # what a broken file may cause inside a decoder
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(out.getvalue(), plain.width, plain.height, location)


def _plain(image: Image.Image) -> Image.Image:
    """The first frame, upright, on white, small enough for a screen, without anything but its points."""
    upright = _upright(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return Image.frombytes("RGB", upright.size, upright.convert("RGB").tobytes())


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception as error:  # the tags of a broken or hostile file may be anything at all
        log.debug("no_orientation_in_photo", error=type(error).__name__)
        return image


def _location(image: Image.Image) -> tuple[float, float] | None:
    try:
        gps = image.getexif().get_ifd(IFD.GPSInfo)
        latitude = _degrees(gps[GPS.GPSLatitude]) * (-1 if gps.get(GPS.GPSLatitudeRef) == "S" else 1)
        longitude = _degrees(gps[GPS.GPSLongitude]) * (-1 if gps.get(GPS.GPSLongitudeRef) == "W" else 1)
    except Exception as error:  # the tags of a broken or hostile file may be anything at all
        log.debug("no_position_in_photo", error=type(error).__name__)
        return None
    return within_vietnam(latitude, longitude)


def within_vietnam(latitude: float, longitude: float) -> tuple[float, float] | None:
    """The position to about a metre, or None for one that cannot be meant."""
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    inside = SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST
    return (round(latitude, 5), round(longitude, 5)) if inside else None


def _degrees(parts) -> float:
    degrees, minutes, seconds = (float(one) for one in parts)
    return degrees + minutes / 60 + seconds / 3600


def _too_large() -> PictureRefused:
    return PictureRefused(
        f"Ảnh có hơn {MOST_PIXELS // 1_000_000} triệu điểm ảnh. Xin chụp lại ở độ phân giải thấp hơn."
    )


def _unreadable(error: Exception) -> PictureRefused:
    log.info("photo_not_read", error=type(error).__name__)
    return PictureRefused("Không đọc được ảnh này. Xin gửi ảnh chụp dạng JPEG, PNG hoặc WebP.")

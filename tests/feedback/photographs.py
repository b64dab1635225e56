"""Pictures as cameras, and attackers, make them."""

import io
import struct
import zlib

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

PHAN_THIET = (10.93, 108.1)


def jpeg(size=(640, 480), colour="steelblue", *, at=None, orientation: int | None = None, **save) -> bytes:
    """`at` latitude and longitude that the camera writes into the file."""
    image = Image.new("RGB", size, colour)
    image.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    exif[Base.Make] = "MayAnhCuaLan"
    exif[Base.ImageDescription] = "nhà số 12 của Lan"
    if orientation:
        exif[Base.Orientation] = orientation
    if at:
        exif[IFD.GPSInfo] = gps(*at)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, **save)
    return out.getvalue()


def gps(latitude: float, longitude: float) -> dict:
    def parts(value: float) -> tuple[float, float, float]:
        whole = int(abs(value))
        return float(whole), (abs(value) - whole) * 60, 0.0

    return {
        GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
        GPS.GPSLatitude: parts(latitude),
        GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
        GPS.GPSLongitude: parts(longitude),
    }


def png(size=(50, 50), mode="RGB", colour="green") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "PNG")
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of `width` by `height`."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

"""Opens what the user brings as a picture: a file, bytes, a Pillow image, an array, or the name of a sample photograph.

Every kind of picture comes out as 8-bit RGB: 16 bits scaled, alpha laid over white, the camera's rotation applied. What was done
beyond that is said in the picture's notes. What is no picture is refused in one sentence.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import io
import os
import stat
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from explorer.catalogue.drawn import DRAWN
from explorer.results import Picture
from explorer.words import InputError, Text

MOST_PIXELS = 100_000_000  # more than this is refused before it is unpacked
LONGEST_SIDE = 4096  # pixels; anything longer is scaled down

# Only formats that Pillow decodes itself: no Postscript, which would start another program.
FORMATS = (
    "PNG", "JPEG", "GIF", "BMP", "DIB", "TIFF", "WEBP", "AVIF", "PPM", "ICO", "TGA", "JPEG2000", "MPO", "ICNS", "PCX", "QOI", "SGI",
)  # fmt: skip
ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")

# Sample photographs: what the user calls them, and their file in scikit-image's package.
SAMPLES = {
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "astronaut": "astronaut.png",
    "rocket": "rocket.jpg",
    "camera": "camera.png",
    "horse": "horse.png",
}

# Pictures that the program draws itself: the drawer of each kind, by name, so that a picture is drawn only where it is asked for.
DRAWERS = {"streets": "explorer.engine.data.streets", "membranes": "explorer.engine.data.membranes", "smears": "explorer.engine.data.smears"}

NOTHING = Text("画像が選ばれていません。", "No picture was given.")
NOT_FOUND = Text("「{name}」というファイルは見つかりません。", "There is no file called “{name}”.")
FOLDER = Text("「{name}」はフォルダーです。画像ファイルを選んでください。", "“{name}” is a folder; choose a picture file.")
NOT_A_FILE = Text("「{name}」は普通のファイルではないので開けません。", "“{name}” is not an ordinary file and cannot be opened.")
NOT_ALLOWED = Text("「{name}」を読む権限がありません。", "You do not have permission to read “{name}”.")
UNREADABLE = Text("「{name}」を読み込めませんでした({why})。", "“{name}” could not be read ({why}).")
EMPTY_FILE = Text("「{name}」は空のファイルです。", "“{name}” is an empty file.")
NOT_A_PICTURE = Text("「{name}」は画像ファイルではないようです。", "“{name}” does not seem to be a picture.")
DAMAGED = Text("「{name}」は途中で切れているか壊れているため、開けません。", "“{name}” is cut off or damaged and cannot be opened.")
TOO_BIG = Text(
    "「{name}」は展開すると大きすぎます({width}×{height} 画素)。一億画素までの画像を使ってください。",
    "“{name}” is too large to unpack ({width}×{height} pixels); use a picture of at most 100 million pixels.",
)
BOMB = Text(
    "「{name}」は展開すると大きすぎます。一億画素までの画像を使ってください。",
    "“{name}” is too large to unpack; use a picture of at most 100 million pixels.",
)
NO_PIXELS = Text("「{name}」には画素がありません。", "“{name}” has no pixels.")
BAD_ARRAY = Text(
    "配列の形 {shape} は画像ではありません。高さ×幅、または高さ×幅×3(4)にしてください。",
    "An array of shape {shape} is no picture; it should be height × width, or height × width × 3 (or 4).",
)
BAD_NUMBERS = Text("型 {kind} の配列は画像にできません。", "An array of type {kind} cannot be made into a picture.")
BAD_SOURCE = Text("{kind} は画像として開けません。", "A {kind} cannot be opened as a picture.")
NO_SAMPLE = Text("「{name}」という見本はありません。選べるもの: {known}。", "There is no sample called “{name}”; there are {known}.")
NO_SAMPLES = Text("見本の画像には scikit-image が必要です。", "The sample pictures need the package scikit-image.")

FIRST_FRAME = Text("動く画像なので、最初のコマを使っています。", "The picture is animated; its first frame is used.")
FIRST_PAGE = Text("複数のページがあるので、最初のページを使っています。", "The file has several pages; the first is used.")
SCALED = Text(
    "大きいので、{width}×{height} 画素から縮小しました。",
    "It was scaled down from {width}×{height} pixels.",
)
STRETCHED = Text(
    "画素の値 {low:g}~{high:g} を黒から白に割り当てました。",
    "Pixel values from {low:g} to {high:g} are shown from black to white.",
)
NOT_FINITE = Text("数でない画素は黒にしました。", "Pixels that are not numbers are shown black.")

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | Image.Image | NDArray[Any] | Picture | None


def open_picture(source: Source, name: str = "") -> Picture:
    """The picture as 8-bit RGB.

    Args:
        source: path of a file, name of a sample ("cat"), the file's bytes, a Pillow image, or an array: (height, width),
            (height, width, 1…4); bool, any integers, or floats from 0 to 1 (or, where they exceed 1, from 0 to 255).
        name: what to call it in messages; by default the file's name.

    Raises:
        InputError: nothing there, not a picture, cut off or damaged, or more than 100 million pixels; one sentence.
    """
    if isinstance(source, Picture):
        return source
    if source is None or (isinstance(source, str) and not source.strip()):
        raise InputError(NOTHING)
    if isinstance(source, str) and source in SAMPLES and not os.path.exists(source):
        return sample(source)
    if isinstance(source, str) and source in DRAWN and not os.path.exists(source):
        return drawn(source)
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return _from_file(path, name or path.name or str(path))
    if isinstance(source, bytes | bytearray | memoryview):
        return _from_bytes(bytes(source), name or "picture")
    if isinstance(source, Image.Image):
        return _from_image(source, name or Path(str(getattr(source, "filename", "") or "picture")).name)
    if isinstance(source, np.ndarray):
        return _from_array(source, name or "array")
    raise InputError(BAD_SOURCE.format(kind=type(source).__name__))


def sample(name: str) -> Picture:
    """A sample photograph by name: "cat", "coffee", "astronaut" … from scikit-image (CC0 or public domain).

    Raises InputError for a name that is not among ``SAMPLES``.
    """
    if name not in SAMPLES:
        raise InputError(NO_SAMPLE.format(name=name[:60], known=", ".join(SAMPLES)))
    package = importlib.util.find_spec("skimage")  # not imported: that takes a second
    if package is None or not package.submodule_search_locations:
        raise InputError(NO_SAMPLES)
    return _from_file(Path(package.submodule_search_locations[0]) / "data" / SAMPLES[name], name)


@functools.lru_cache(maxsize=8)
def drawn(name: str) -> Picture:
    """A drawn sample by its name in the catalogue; of those that no recipe learns from. Raises KeyError for another name."""
    kind, seed = DRAWN[name].kind, DRAWN[name].seed
    drawer = importlib.import_module(DRAWERS[kind])
    return _from_array(drawer.draw(drawer.HELD_OUT + 1000 + seed).pixels, name)


def _from_file(path: Path, name: str) -> Picture:
    if len(name) > 80:
        name = name[:79] + "…"
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise InputError(FOLDER.format(name=name))
        if not stat.S_ISREG(kind):  # a pipe or a device would never end
            raise InputError(NOT_A_FILE.format(name=name))
        with open(path, "rb") as file:
            if not file.read(1):
                raise InputError(EMPTY_FILE.format(name=name))
            file.seek(0)
            return _from_image(_check_header(file, name), name)
    except FileNotFoundError as error:
        raise InputError(NOT_FOUND.format(name=name)) from error
    except PermissionError as error:
        raise InputError(NOT_ALLOWED.format(name=name)) from error
    except OSError as error:
        raise InputError(UNREADABLE.format(name=name, why=error.strerror or type(error).__name__)) from error
    except InputError:
        raise
    except ValueError as error:  # a name that no file can have
        raise InputError(NOT_FOUND.format(name=name.replace("\0", "�"))) from error


_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error, zlib.error,
           AttributeError, RuntimeError, MemoryError, AssertionError)  # what Pillow's readers raise on files that lie


def _check_header(file: Any, name: str) -> Image.Image:
    """The picture, not unpacked yet. Raises InputError when it is none, or too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(file, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise InputError(NOT_A_PICTURE.format(name=name)) from error
    except Image.DecompressionBombError as error:
        raise InputError(BOMB.format(name=name)) from error
    except _BROKEN as error:
        raise InputError(DAMAGED.format(name=name)) from error
    _check_size(image.width, image.height, name)
    return image


def _check_size(width: int, height: int, name: str) -> None:
    if width < 1 or height < 1:
        raise InputError(NO_PIXELS.format(name=name))
    if width * height > MOST_PIXELS:
        raise InputError(TOO_BIG.format(name=name, width=width, height=height))


def _from_bytes(data: bytes, name: str) -> Picture:
    if not data:
        raise InputError(EMPTY_FILE.format(name=name))
    return _from_image(_check_header(io.BytesIO(data), name), name)


def _from_image(image: Image.Image, name: str) -> Picture:
    width, height = image.size
    _check_size(width, height, name)
    notes: list[Text] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notes += _frames(image)
            if image.format in ("JPEG", "MPO") and max(image.size) > LONGEST_SIDE:
                image.draft(image.mode, (LONGEST_SIDE, LONGEST_SIDE))  # unpacks at a fraction of the size
            image.load()
            _check_size(image.width, image.height, name)  # an icon's header may have lied
            rotation = _rotation(image)
            if image.mode in ("1", "L", "RGB", "CMYK") and "transparency" not in image.info:
                image = _shrink(image.convert("L") if image.mode == "1" else image)  # cheaper before than after
            rgb, more = _to_rgb(image)
            notes += more
            if rotation is not None:
                rgb = rgb.transpose(rotation)
            rgb = _shrink(rgb)
    except Image.DecompressionBombError as error:
        raise InputError(BOMB.format(name=name)) from error
    except InputError:
        raise
    except _BROKEN as error:
        raise InputError(DAMAGED.format(name=name)) from error
    if max(rgb.size) < max(width, height):
        notes.append(SCALED.format(width=width, height=height))
    return Picture(np.array(rgb, dtype=np.uint8), name, tuple(notes))


def _frames(image: Image.Image) -> list[Text]:
    """What to say about the further frames, with the image left on its first."""
    try:
        several = bool(getattr(image, "is_animated", False))
        if several and image.tell() != 0:
            image.seek(0)
    except _BROKEN:
        return []  # only what comes after the first frame is broken
    if several and image.format in ANIMATED:
        return [FIRST_FRAME]
    return [FIRST_PAGE] if several and image.format == "TIFF" else []


_ROTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _rotation(image: Image.Image) -> Image.Transpose | None:
    """How the camera was held (EXIF orientation); None for upright, or when the file does not say so legibly."""
    try:
        orientation = image.getexif().get(0x0112, 1)
    except _BROKEN:
        return None
    return _ROTATIONS.get(orientation) if isinstance(orientation, int) else None


def _to_rgb(image: Image.Image) -> tuple[Image.Image, list[Text]]:
    mode = image.mode
    if mode.startswith("I") or mode == "F":
        values = np.array(image)
        if values.dtype.byteorder == ">":
            values = values.astype(values.dtype.newbyteorder("="))
        grey, notes = to_bytes(values.astype(np.uint16) if mode.startswith("I;16") else values, wide=mode == "I")
        return Image.fromarray(grey).convert("RGB"), notes
    if mode in ("LA", "La", "PA", "RGBA", "RGBa", "RGBX") or "transparency" in image.info:
        if mode == "RGBX":
            return image.convert("RGB"), []
        rgba = image.convert("LA" if mode == "La" else mode).convert("RGBA")
        white = Image.new("RGB", rgba.size, (255, 255, 255))
        white.paste(rgba, mask=rgba.getchannel("A"))
        return white, []
    if mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
        assert converted is not None
        return converted, []
    return image.convert("RGB"), []


def _shrink(image: Image.Image) -> Image.Image:
    longest = max(image.size)
    if longest <= LONGEST_SIDE:
        return image
    size = tuple(max(1, round(side * LONGEST_SIDE / longest)) for side in image.size)
    return image.resize((size[0], size[1]), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _from_array(array: NDArray[Any], name: str) -> Picture:
    shape = "×".join(map(str, array.shape)) or "()"
    if array.ndim not in (2, 3) or (array.ndim == 3 and not 1 <= array.shape[2] <= 4):
        raise InputError(BAD_ARRAY.format(shape=shape))
    _check_size(array.shape[1], array.shape[0], name)
    if array.dtype.kind not in "buif":
        raise InputError(BAD_NUMBERS.format(kind=array.dtype))
    values, notes = to_bytes(np.ascontiguousarray(array))
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if values.ndim == 3 and values.shape[2] == 2:
        image = Image.fromarray(np.concatenate([np.repeat(values[:, :, :1], 3, axis=2), values[:, :, 1:]], axis=2))
    else:
        image = Image.fromarray(values)
    rgb, _ = _to_rgb(image)
    small = _shrink(rgb)
    if small is not rgb:
        notes.append(SCALED.format(width=array.shape[1], height=array.shape[0]))
    return Picture(np.array(small, dtype=np.uint8), name, tuple(notes))


def to_bytes(values: NDArray[Any], *, wide: bool = False) -> tuple[NDArray[np.uint8], list[Text]]:
    """Pixel values of any type as 0–255, and what to say about it.

    uint8 stays; bool is black and white; uint16 (and with ``wide`` any integers up to 65535) is scaled by 255/65535; floats from 0 to 1
    by 255, from 0 to 255 are rounded; everything else is stretched from its least to its greatest value.
    """
    if values.dtype == np.uint8:
        return values, []
    if values.dtype == np.bool_:
        return np.where(values, np.uint8(255), np.uint8(0)), []
    if values.dtype == np.uint16:
        return ((values.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8), []
    notes: list[Text] = []
    finite = np.isfinite(values)
    if not finite.all():
        notes.append(NOT_FINITE)
        if not finite.any():
            return np.zeros(values.shape, np.uint8), notes
    low, high = float(values[finite].min()), float(values[finite].max())
    values = np.where(finite, values, low)
    if values.dtype.kind == "f":
        if low >= 0 and high <= 1:
            scale, offset = 255.0, 0.0
        elif low >= 0 and high <= 255:
            scale, offset = 1.0, 0.0
        else:
            offset, scale = low, 255 / (high - low) if high > low else 0.0
            notes.append(STRETCHED.format(low=low, high=high))
    elif low >= 0 and high <= 255 and not wide:
        scale, offset = 1.0, 0.0
    elif low >= 0 and high <= 65535:
        scale, offset = 255 / 65535, 0.0
    else:
        offset, scale = low, 255 / (high - low)
        notes.append(STRETCHED.format(low=low, high=high))
    scaled = np.rint((values.astype(np.float64) - offset) * scale)
    return np.clip(np.where(finite, scaled, 0), 0, 255).astype(np.uint8), notes

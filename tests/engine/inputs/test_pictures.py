"""Every kind of picture opens with the right pixels; everything else is refused in one sentence."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.engine.inputs import pictures
from explorer.engine.inputs.pictures import LONGEST_SIDE, open_picture, sample
from explorer.results import Picture
from explorer.words import InputError

random = np.random.default_rng(0)
RGB = random.integers(0, 256, (5, 7, 3), dtype=np.uint8)
GREY16 = np.array([[0, 1, 128, 129, 256, 257], [32767, 32768, 40000, 65407, 65534, 65535]], np.uint16)
GREY16_AS_8 = np.rint(GREY16 / 257.0).astype(np.uint8)


def saved(image: Image.Image, kind: str, **settings: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **settings)
    return out.getvalue()


def grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[:, :, None], 3, axis=2)


def refusal(source: object) -> str:
    with pytest.raises(InputError) as caught:
        open_picture(source)  # type: ignore[arg-type]
    text = caught.value.text
    for sentence in (text.ja, text.en):
        assert "\n" not in sentence
    assert text.en.count(".") >= 1 and text.en.endswith(".") and text.ja.endswith("。")
    return text.en


# --- opened correctly ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "PPM", "TGA"])
def test_colour_pictures_keep_their_pixels(kind: str) -> None:
    picture = open_picture(saved(Image.fromarray(RGB), kind))
    assert np.array_equal(picture.pixels, RGB) and picture.notes == ()


def test_a_file_and_its_name(tmp_path: Path) -> None:
    path = tmp_path / "写真 1.png"
    Image.fromarray(RGB).save(path)
    for source in (path, str(path)):
        picture = open_picture(source)
        assert np.array_equal(picture.pixels, RGB) and picture.name == "写真 1.png"
    picture.pixels[0, 0, 0] = 0  # the array is the caller's own


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled(kind: str) -> None:
    picture = open_picture(saved(Image.fromarray(GREY16), kind))
    assert np.array_equal(picture.pixels, grey(GREY16_AS_8))


def test_16_bit_big_endian_and_pgm() -> None:
    header = f"P5 {GREY16.shape[1]} {GREY16.shape[0]} 65535\n".encode()
    picture = open_picture(header + GREY16.astype(">u2").tobytes())
    assert np.array_equal(picture.pixels, grey(GREY16_AS_8))
    big = Image.frombytes("I;16B", (GREY16.shape[1], GREY16.shape[0]), GREY16.astype(">u2").tobytes())
    assert np.array_equal(open_picture(big).pixels, grey(GREY16_AS_8))


def test_16_bit_colour_png_is_scaled() -> None:
    values = random.integers(0, 65536, (4, 3, 3), dtype=np.uint16)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    picture = open_picture(png_of(3, 4, bits=16, colour=2, data=zlib.compress(rows)))
    assert np.abs(picture.pixels.astype(float) - values / 257.0).max() <= 1  # Pillow drops the low byte


def test_16_bit_grey_with_a_camera_rotation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = open_picture(saved(Image.fromarray(GREY16), "PNG", exif=exif))
    assert np.array_equal(picture.pixels, np.rot90(grey(GREY16_AS_8), -1))


def test_32_bit_integers() -> None:
    wide = np.array([[-5, 0], [100_000, 50_000]], np.int32)
    picture = open_picture(saved(Image.fromarray(wide), "TIFF"))
    assert picture.pixels[0, 0, 0] == 0 and picture.pixels[1, 0, 0] == 255 and picture.pixels[1, 1, 0] == 128
    assert len(picture.notes) == 1 and "-5" in picture.notes[0].en


def test_float_tiff() -> None:
    unit = np.array([[0, 0.25], [0.5, 1]], np.float32)
    assert open_picture(saved(Image.fromarray(unit), "TIFF")).pixels[:, :, 0].tolist() == [[0, 64], [128, 255]]
    eight = np.array([[0, 25.4], [100, 255]], np.float32)
    assert open_picture(saved(Image.fromarray(eight), "TIFF")).pixels[:, :, 0].tolist() == [[0, 25], [100, 255]]
    heights = np.array([[-1000, 0], [1000, np.nan]], np.float32)
    picture = open_picture(saved(Image.fromarray(heights), "TIFF"))
    assert picture.pixels[:, :, 0].tolist() == [[0, 128], [255, 0]]
    assert len(picture.notes) == 2


def test_cmyk() -> None:
    cmyk = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 128, 255, 51], [10, 20, 30, 255]]], np.uint8)
    expected = np.rint((255.0 - cmyk[:, :, :3]) * (255.0 - cmyk[:, :, 3:]) / 255)
    picture = open_picture(saved(Image.fromarray(cmyk, "CMYK"), "TIFF"))
    assert np.abs(picture.pixels - expected).max() <= 1
    flat = np.broadcast_to(np.array([0, 255, 255, 0], np.uint8), (16, 16, 4))
    jpeg = saved(Image.fromarray(np.ascontiguousarray(flat), "CMYK"), "JPEG", quality=95)
    assert np.abs(open_picture(jpeg).pixels.astype(int) - [255, 0, 0]).max() <= 4  # red, not its negative


def test_lab() -> None:
    lab = Image.new("LAB", (2, 1), (0, 128, 128))
    lab.putpixel((1, 0), (255, 128, 128))
    picture = open_picture(saved(lab, "TIFF"))
    assert picture.pixels[0, 0].max() <= 2 and picture.pixels[0, 1].min() >= 253


def test_palette_with_and_without_transparency() -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    image.putdata([0, 1, 2])
    assert open_picture(saved(image, "PNG")).pixels.tolist() == [[[255, 0, 0], [0, 255, 0], [0, 0, 255]]]
    clear = open_picture(saved(image, "PNG", transparency=1))
    assert clear.pixels.tolist() == [[[255, 0, 0], [255, 255, 255], [0, 0, 255]]]
    assert open_picture(saved(image, "GIF", transparency=1)).pixels.tolist() == clear.pixels.tolist()


def test_a_transparent_colour_of_an_rgb_png() -> None:
    image = Image.new("RGB", (2, 1), (9, 9, 9))
    image.putpixel((1, 0), (8, 8, 8))
    assert open_picture(saved(image, "PNG", transparency=(9, 9, 9))).pixels.tolist() == [[[255] * 3, [8] * 3]]


def test_alpha_is_laid_over_white() -> None:
    rgba = random.integers(0, 256, (6, 5, 4), dtype=np.uint8)
    rgba[0, 0, 3], rgba[0, 1, 3] = 0, 255
    a = rgba[:, :, 3:] / 255.0
    expected = rgba[:, :, :3] * a + 255 * (1 - a)
    for picture in (open_picture(saved(Image.fromarray(rgba), "PNG")), open_picture(rgba)):
        assert np.abs(picture.pixels - expected).max() <= 0.51
        assert picture.pixels[0, 0].tolist() == [255] * 3 and np.array_equal(picture.pixels[0, 1], rgba[0, 1, :3])


def test_grey_with_alpha_and_one_bit() -> None:
    la = np.array([[[0, 255], [0, 0], [100, 128]]], np.uint8)
    picture = open_picture(saved(Image.fromarray(la, "LA"), "PNG"))
    assert picture.pixels[0, :, 0].tolist() == [0, 255, 177] and np.ptp(picture.pixels, axis=2).max() == 0
    assert np.array_equal(open_picture(la).pixels, picture.pixels)
    bits = Image.fromarray(np.array([[True, False, True]]))
    assert bits.mode == "1"
    for kind in ("PNG", "TIFF", "PPM", "BMP"):
        assert open_picture(saved(bits, kind)).pixels[0, :, 0].tolist() == [255, 0, 255]


def test_one_pixel() -> None:
    for kind in ("PNG", "GIF", "BMP", "WEBP", "TIFF"):
        picture = open_picture(saved(Image.new("RGB", (1, 1), (255, 255, 255)), kind))
        assert picture.pixels.tolist() == [[[255, 255, 255]]]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_the_camera_rotation_is_applied(orientation: int, kind: str) -> None:
    upright = RGB
    stored = {  # how a camera that was held so stores the upright picture (EXIF 2.3, tag 274)
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    settings = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    data = saved(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif, **settings)
    assert np.array_equal(open_picture(data).pixels, upright)


def test_the_camera_rotation_of_a_jpeg() -> None:
    flat = np.zeros((8, 16, 3), np.uint8)
    flat[:, 8:] = 255  # left black, right white
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the scene is at the right of the file
    picture = open_picture(saved(Image.fromarray(flat), "JPEG", exif=exif, quality=95))
    assert picture.pixels.shape == (16, 8, 3)
    assert picture.pixels[:4].max() < 30 and picture.pixels[-4:].min() > 225


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animated_pictures_show_their_first_frame_and_say_so(kind: str) -> None:
    frames = [Image.new("RGB", (4, 3), colour) for colour in ((255, 0, 0), (0, 0, 255), (0, 255, 0))]
    settings = {"lossless": True} if kind == "WEBP" else {}
    picture = open_picture(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50, **settings))
    assert picture.pixels.shape == (3, 4, 3) and np.array_equal(picture.pixels[0, 0], [255, 0, 0])
    assert "first frame" in picture.notes[0].en and "最初のコマ" in picture.notes[0].ja
    assert open_picture(saved(frames[0], kind)).notes == ()


def test_a_tiff_of_several_pages() -> None:
    pages = [Image.new("L", (2, 2), 10), Image.new("L", (2, 2), 20)]
    picture = open_picture(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert picture.pixels.max() == 10 and "first is used" in picture.notes[0].en


def test_arrays_of_all_kinds() -> None:
    assert np.array_equal(open_picture(RGB).pixels, RGB)
    assert np.array_equal(open_picture(RGB[:, :, 0]).pixels, grey(RGB[:, :, 0]))
    assert np.array_equal(open_picture(RGB[:, :, :1]).pixels, grey(RGB[:, :, 0]))
    assert np.array_equal(open_picture(RGB[:, ::-1]).pixels, RGB[:, ::-1])
    assert np.array_equal(open_picture(GREY16).pixels, grey(GREY16_AS_8))
    assert np.array_equal(open_picture(RGB.astype(np.int64)).pixels, RGB)
    assert np.array_equal(open_picture(RGB.astype(np.float64) / 255).pixels, RGB)
    assert np.array_equal(open_picture(RGB.astype(np.float32)).pixels, RGB)
    assert open_picture(np.array([[True, False]])).pixels[0, :, 0].tolist() == [255, 0]
    picture = Picture(RGB, "mine")
    assert open_picture(picture) is picture
    assert np.array_equal(open_picture(Image.fromarray(RGB)).pixels, RGB)


def test_what_is_long_is_scaled_down() -> None:
    picture = open_picture(saved(Image.new("RGB", (LONGEST_SIDE * 2, 100), (1, 2, 3)), "PNG"))
    assert picture.pixels.shape == (50, LONGEST_SIDE, 3) and np.array_equal(picture.pixels[0, 0], [1, 2, 3])
    assert str(LONGEST_SIDE * 2) in picture.notes[0].en
    jpeg = open_picture(saved(Image.new("RGB", (LONGEST_SIDE * 2, 64), (200, 200, 200)), "JPEG"))
    assert jpeg.pixels.shape == (32, LONGEST_SIDE, 3) and len(jpeg.notes) == 1
    assert open_picture(np.zeros((1, LONGEST_SIDE + 1), np.uint8)).pixels.shape == (1, LONGEST_SIDE, 3)
    assert open_picture(np.zeros((LONGEST_SIDE, 2), np.uint8)).notes == ()


@pytest.mark.parametrize("name", ["cat", "coffee", "astronaut"])
def test_samples(name: str) -> None:
    picture = sample(name)
    assert picture.name == name and min(picture.pixels.shape[:2]) >= 300
    assert np.array_equal(open_picture(name).pixels, picture.pixels)


def test_the_cat_is_chelsea() -> None:
    from skimage import data

    assert np.array_equal(sample("cat").pixels, data.chelsea())


def test_an_unknown_sample_is_refused() -> None:
    with pytest.raises(InputError, match="cat"):
        sample("unicorn")


# --- refused in one sentence --------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, *, bits: int = 8, colour: int = 0, data: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "TGA", "JPEG2000"])
def test_cut_off_pictures(kind: str) -> None:
    data = saved(Image.fromarray(random.integers(0, 256, (60, 80, 3), dtype=np.uint8)), kind)
    for share in (0.3, 0.6, 0.95):
        refusal(data[: int(len(data) * share)])
    assert len(refusal(data[: len(data) // 2])) < 200


def test_corrupt_pictures(tmp_path: Path) -> None:
    data = bytearray(saved(Image.fromarray(RGB), "PNG"))
    data[45] ^= 0xFF
    path = tmp_path / "bad.png"
    path.write_bytes(data)
    assert "bad.png" in refusal(path)
    refusal(png_of(10, 10, data=b"not zlib"))
    refusal(png_of(10, 10, data=zlib.compress(b"too few")))


def test_random_damage_never_shows_a_traceback() -> None:
    whole = {kind: saved(Image.fromarray(RGB), kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "ICO", "TGA", "JPEG2000")}
    for seed in range(300):
        generator = np.random.default_rng(seed)
        for data in whole.values():
            damaged = np.frombuffer(data, np.uint8).copy()
            at = generator.integers(0, len(damaged), 1 + seed % 8)
            damaged[at] = generator.integers(0, 256, len(at))
            with contextlib.suppress(InputError):
                open_picture(damaged.tobytes())


def test_gigapixels_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    gif = bytearray(saved(Image.new("P", (1, 1)), "GIF"))
    gif[6:10] = struct.pack("<HH", 65535, 65535)

    def never(*_: object) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr(Image.Image, "load", never)
    bomb = png_of(60_000, 60_000, data=zlib.compress(bytes(1000)))
    assert "too large" in refusal(bomb)
    assert "12000×12000" in refusal(png_of(12_000, 12_000, data=zlib.compress(bytes(1000))))
    assert "too large" in refusal(bytes(gif))


def test_a_hundred_megapixels_still_open() -> None:
    data = png_of(10_000, 9_999, bits=1, data=zlib.compress(bytes((1 + 1250) * 9_999), 1))
    picture = open_picture(data)
    assert picture.pixels.shape == (4096, 4096, 3) and picture.pixels.max() == 0


def test_an_icon_whose_header_lies_about_its_size() -> None:
    inner = png_of(30_000, 30_000, data=zlib.compress(bytes(100)))
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inner), 22)
    refusal(struct.pack("<HHH", 0, 1, 1) + entry + inner)


def test_what_is_no_picture(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path)
    text = tmp_path / "notes.txt"
    text.write_text("Hello, this is not a picture.\n" * 50)
    assert "notes.txt" in refusal(text)
    text.write_text("これは画像ではありません。")
    assert "notes.txt" in refusal(str(text))
    svg = tmp_path / "drawing.svg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    refusal(svg)
    empty = tmp_path / "empty.png"
    empty.touch()
    assert "empty" in refusal(empty)
    assert "missing.png" in refusal(tmp_path / "missing.png")
    refusal(tmp_path / "a" / "b.png")
    refusal(text / "inside.png")
    refusal("x" * 5000)
    refusal("a\0b")
    refusal(b"")
    refusal(b"\x00" * 1000)
    refusal(None)
    refusal("")
    refusal("  ")
    refusal(3.5)
    refusal(object())


def test_postscript_is_not_handed_to_another_program(tmp_path: Path) -> None:
    path = tmp_path / "drawing.eps"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n%%EOF\n")
    refusal(path)


def test_pipes_and_devices_are_refused_and_not_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "pipe.png")
    assert "ordinary" in refusal(tmp_path / "pipe.png")


def test_files_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    Image.fromarray(RGB).save(path)

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pictures, "open", denied, raising=False)
    assert "permission" in refusal(path) and "secret.png" in refusal(path)


def test_arrays_that_are_no_pictures() -> None:
    for shape in ((0, 5), (5, 0), (0, 0, 3), (4, 4, 0), (3,), (), (2, 2, 3, 3), (4, 4, 5)):
        refusal(np.zeros(shape, np.uint8))
    refusal(np.zeros((2, 2), complex))
    refusal(np.array([["a", "b"]]))
    refusal(np.array([[None]], dtype=object))
    assert "too large" in refusal(np.broadcast_to(np.uint8(0), (20_000, 20_000)))


def test_arrays_of_what_is_no_number_are_black_and_say_so() -> None:
    picture = open_picture(np.full((2, 2), np.nan))
    assert picture.pixels.max() == 0 and len(picture.notes) == 1
    assert open_picture(np.array([[np.inf, 1.0]])).pixels[0, :, 0].tolist() == [0, 255]


def test_pictures_that_the_program_draws_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    street, membrane = open_picture("street"), open_picture("membrane")
    assert street.pixels.shape == (360, 480, 3) and membrane.pixels.shape == (512, 512, 3)
    assert street.name == "street" and street.notes == () and np.array_equal(street.pixels, open_picture("street").pixels)
    assert not np.array_equal(street.pixels, open_picture("street 2").pixels)
    monkeypatch.chdir(tmp_path)
    Image.fromarray(RGB).save(tmp_path / "street", "PNG")  # a file of that name comes first
    assert np.array_equal(open_picture("street").pixels, RGB)

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of every format and variant, with their pixels as Pillow decodes them; and a
comparison of dfd's pixels with Pillow's for any pictures. See README.md."""

import argparse
import csv
import io
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

import numpy as np
import pillow_heif
import PIL
from PIL import Image, ImageOps, features

pillow_heif.register_heif_opener()

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 29, 19  # no multiples of 8 or 16


def scene(channels=3, largest=255):
    """Smooth slopes and one hard edge, other in every channel."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    planes = [x / (WIDTH - 1), y / (HEIGHT - 1), (x + y) / (WIDTH + HEIGHT - 2),
              1 - x * y / (WIDTH - 1) / (HEIGHT - 1)]
    picture = np.stack(planes[:channels], axis=2)
    picture[4:9, 6:15, 0] = 1
    return np.round(picture * largest).astype(np.uint16 if largest > 255 else np.uint8)


# --- PNG, written by hand because Pillow writes neither interlaced files nor 16-bit colours


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def packed_rows(samples, depth):
    """Rows of samples [height, width, channels] of `depth` bits, each behind filter 0."""
    rows = b""
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            data = row.astype(">u2").tobytes()
        elif depth == 8:
            data = row.astype(np.uint8).tobytes()
        else:
            bits = "".join(format(int(value), f"0{depth}b") for value in row)
            bits += "0" * (-len(bits) % 8)
            data = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        rows += b"\0" + data
    return rows


def png(colour, depth, interlaced, transparent=False, extra=b""):
    largest = (1 << depth) - 1
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    samples = scene(channels, largest)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, int(interlaced))
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4),
                  (1, 0, 2, 2), (0, 1, 1, 2)]
        rows = b"".join(packed_rows(samples[y::dy, x::dx], depth) for x, y, dx, dy in passes
                        if samples[y::dy, x::dx].size)
    else:
        rows = packed_rows(samples, depth)
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
    if colour == 3:
        palette = [((i * 37) % 256, (i * 91 + 5) % 256, (255 - i * 13) % 256)
                   for i in range(1 << depth)]
        file += chunk(b"PLTE", bytes(sum(palette, ())))
        if transparent:
            file += chunk(b"tRNS", bytes((i * 50) % 256 for i in range(1 << depth)))
    elif transparent:
        file += chunk(b"tRNS", struct.pack(">" + "H" * channels, *([largest] * channels)))
    return file + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# --- BMP and PNM, by hand: Pillow writes few of their kinds


def bmp(bits, top_down=False, masks=None, header=40):
    picture = scene(4).astype(np.uint32)
    rows = []
    for row in picture:
        if bits <= 8:
            values = row[:, 0] >> (8 - bits)
            text = "".join(format(int(value), f"0{bits}b") for value in values)
            text += "0" * (-len(text) % 8)
            data = bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
        elif masks:
            word = sum(((row[:, c] * mask // 255 if mask < 256 else
                         (row[:, c] * (mask >> shift(mask)) // 255) << shift(mask)))
                       for c, mask in enumerate(masks))
            data = word.astype("<u2" if bits == 16 else "<u4").tobytes()
        else:
            data = row[:, [2, 1, 0, 3][:bits // 8]].astype(np.uint8).tobytes()
        rows.append(data + b"\0" * (-len(data) % 4))
    if not top_down:
        rows.reverse()
    palette = b"".join(bytes(((i * 37) % 256, (i * 91 + 5) % 256, (255 - i * 13) % 256, 0))
                       for i in range(1 << bits)) if bits <= 8 else b""
    fields = struct.pack("<IIIII", *masks, *([0] * (5 - len(masks)))) if masks else b""
    if masks and header == 40:
        fields = fields[:12]
    body = b"".join(rows)
    after = fields if header == 40 else fields[:16].ljust(header - 40, b"\0")
    offset = 14 + 40 + len(after) + len(palette)
    return (b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset)
            + struct.pack("<IiiHHIIiiII", header, WIDTH, -HEIGHT if top_down else HEIGHT, 1, bits,
                          3 if masks else 0, len(body), 2835, 2835, 0, 0)
            + after + palette + body)


def run_length_bmp(beyond=0):
    """`beyond`: so many pixels more in every row, as ImageMagick fills up rows."""
    picture = scene(1)[:, :, 0] // 8 * 8
    body = b""
    for row in picture[::-1]:
        x = 0
        while x < WIDTH:
            end = x
            while end < WIDTH and row[end] == row[x]:
                end += 1
            body += bytes((end - x + (beyond if end == WIDTH else 0), int(row[x])))
            x = end
        body += b"\0\0"
    body += b"\0\1"
    file = bmp(8)
    head = bytearray(file[:54 + 4 * 256])
    struct.pack_into("<I", head, 30, 1)
    struct.pack_into("<I", head, 34, len(body))
    return bytes(head) + body


def core_bmp():
    """With the header of OS/2."""
    file = bmp(24)
    body = file[54:]
    return (b"BM" + struct.pack("<IHHI", 26 + len(body), 0, 0, 26)
            + struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 24) + body)


def shift(mask):
    return (mask & -mask).bit_length() - 1


def pnm(kind, largest=255):
    colour = kind in (3, 6)
    samples = scene(3 if colour else 1, largest)
    if kind in (1, 4):
        samples = scene(1) // 128
    head = f"P{kind}\n# made by hand\n{WIDTH} {HEIGHT}\n".encode()
    if kind not in (1, 4):
        head += f"{largest}\n".encode()
    if kind <= 3:
        return head + b"\n".join(b" ".join(str(int(v)).encode() for v in row.reshape(-1))
                                 for row in samples) + b"\n"
    if kind == 4:
        return head + b"".join(np.packbits(row[:, 0]).tobytes() for row in samples)
    return head + samples.astype(">u2" if largest > 255 else np.uint8).tobytes()


def tiff(bits=8, channels=3, photometric=2, order="<", planes=False, tile=0):
    """Uncompressed, in one strip a plane, or in tiles of `tile` by `tile` pixels."""
    samples = scene(channels, (1 << bits) - 1)

    def packed(block):
        rows = packed_rows(block, bits)
        size = len(rows) // block.shape[0]
        rows = b"".join(rows[i * size + 1:(i + 1) * size] for i in range(block.shape[0]))
        return np.frombuffer(rows, ">u2").astype(order + "u2").tobytes() if bits == 16 else rows

    blocks = []
    for plane in ([samples[:, :, [c]] for c in range(channels)] if planes else [samples]):
        if not tile:
            blocks.append(packed(plane))
            continue
        filled = np.pad(plane, ((0, -HEIGHT % tile), (0, -WIDTH % tile), (0, 0)))
        blocks += [packed(filled[y:y + tile, x:x + tile]) for y in range(0, HEIGHT, tile)
                   for x in range(0, WIDTH, tile)]
    fields = {256: (3, [WIDTH]), 257: (3, [HEIGHT]), 258: (3, [bits] * channels), 259: (3, [1]),
              262: (3, [photometric]), 277: (3, [channels]), 284: (3, [2 if planes else 1])}
    if photometric == 3:
        palette = [(i * 37 % 256, (i * 91 + 5) % 256, (255 - i * 13) % 256)
                   for i in range(1 << bits)]
        fields[320] = (3, [257 * colour[c] for c in range(3) for colour in palette])
    if tile:
        fields |= {322: (3, [tile]), 323: (3, [tile]), 324: (4, []), 325: (4, [])}
        offsets, sizes = 324, 325
    else:
        fields |= {273: (4, []), 278: (3, [HEIGHT]), 279: (4, [])}
        offsets, sizes = 273, 279
    at = 8
    fields[offsets] = (4, [at + sum(map(len, blocks[:i])) for i in range(len(blocks))])
    fields[sizes] = (4, [len(block) for block in blocks])
    body = b"".join(blocks)
    body += b"\0" * (len(body) % 2)
    entries, values = b"", b""
    behind = at + len(body) + 2 + 12 * len(fields) + 4
    for tag, (kind, numbers) in sorted(fields.items()):
        data = struct.pack(order + ("H" if kind == 3 else "I") * len(numbers), *numbers)
        if len(data) <= 4:
            where = data.ljust(4, b"\0")
        else:
            where = struct.pack(order + "I", behind + len(values))
            values += data + b"\0" * (len(data) % 2)
        entries += struct.pack(order + "HHI", tag, kind, len(numbers)) + where
    return ((b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", at + len(body))
            + body + struct.pack(order + "H", len(fields)) + entries + struct.pack(order + "I", 0)
            + values)


# --- the rest, by Pillow


def saved(mode, format, even=False, **options):
    """The scene in a mode of Pillow's, saved; `even`: cut to even sides."""
    four = scene(4)
    if mode in ("RGBA", "CMYK"):
        picture = Image.fromarray(four, mode)
    elif mode == "1":
        picture = Image.fromarray(scene(1)[:, :, 0]).point(lambda v: 255 * (v > 127), "1")
    elif mode == "I;16":
        picture = Image.fromarray(scene(1, 65535)[:, :, 0])
    else:
        picture = Image.fromarray(scene(3)).convert(mode)
    if even:
        picture = picture.crop((0, 0, WIDTH // 2 * 2, HEIGHT // 2 * 2))
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def gentle(format, **options):
    """Slopes without an edge, where ways of widening halved chroma differ little."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    planes = np.stack([x / WIDTH, y / HEIGHT, (x + y) / (WIDTH + HEIGHT)], axis=2)
    file = io.BytesIO()
    Image.fromarray((96 + 64 * planes).astype(np.uint8)).save(file, format, **options)
    return file.getvalue()


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def animation(format):
    first = Image.fromarray(scene(3))
    file = io.BytesIO()
    first.save(file, format, save_all=True, append_images=[ImageOps.invert(first)], duration=80)
    return file.getvalue()


def corpus():
    """Name and bytes; where these are not to be decoded themselves, those to decode and to turn."""
    for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16),
                           6: (8, 16)}.items():
        for depth in depths:
            yield f"png/colour{colour}-{depth}.png", png(colour, depth, False)
            if depth in (1, 8, 16):
                yield f"png/colour{colour}-{depth}-interlaced.png", png(colour, depth, True)
    for colour, depth in ((0, 8), (2, 8), (3, 4), (2, 16)):
        yield f"png/colour{colour}-{depth}-transparent.png", png(colour, depth, False, True)
    for orientation in (3, 6):
        yield (f"png/exif{orientation}.png",
               png(2, 8, False, extra=chunk(b"eXIf", exif(orientation)[6:])))
    yield "png/gamma.png", png(2, 8, False, extra=chunk(b"gAMA", struct.pack(">I", 100000)))
    yield "png/animated.png", animation("PNG")

    for bits in (1, 4, 8, 24, 32):
        yield f"bmp/{bits}.bmp", bmp(bits)
    yield "bmp/24-top-down.bmp", bmp(24, True)
    yield "bmp/8-run-length.bmp", run_length_bmp()
    yield "bmp/8-run-length-beyond.bmp", run_length_bmp(3)
    yield "bmp/24-os2.bmp", core_bmp()
    yield "bmp/16-555.bmp", bmp(16, masks=(0x7C00, 0x3E0, 0x1F))
    yield "bmp/16-565.bmp", bmp(16, masks=(0xF800, 0x7E0, 0x1F))
    yield "bmp/32-bgrx-masks.bmp", bmp(32, masks=(0xFF0000, 0xFF00, 0xFF))
    yield "bmp/32-rgba-masks.bmp", bmp(32, masks=(0xFF, 0xFF00, 0xFF0000, 0xFF000000), header=108)

    for kind in range(1, 7):
        yield f"pnm/p{kind}.pnm", pnm(kind)
    yield "pnm/p5-16.pnm", pnm(5, 65535)
    yield "pnm/p6-16.pnm", pnm(6, 65535)
    yield "pnm/p6-99.pnm", pnm(6, 99)
    for kind, largest in ((2, 15), (2, 99), (3, 99), (5, 99), (3, 1023), (5, 1023), (6, 1023)):
        yield f"pnm/p{kind}-{largest}.pnm", pnm(kind, largest)

    for name, options in {"plain": {}, "progressive": {"progressive": True},
                          "444": {"subsampling": 0}, "422": {"subsampling": 1},
                          "quality20": {"quality": 20}, "restarts": {"restart_marker_rows": 1},
                          "optimised": {"optimize": True}}.items():
        yield f"jpeg/{name}.jpg", saved("RGB", "JPEG", **{"quality": 90, **options})
    yield "jpeg/grey.jpg", saved("L", "JPEG", quality=90)
    yield "jpeg/rgb-kept.jpg", saved("RGB", "JPEG", quality=90, keep_rgb=True)
    yield "jpeg/cmyk.jpg", saved("CMYK", "JPEG", quality=90)
    for orientation in range(1, 9):
        yield f"jpeg/exif{orientation}.jpg", saved("RGB", "JPEG", quality=95, subsampling=0,
                                                   exif=exif(orientation))

    for name, options in {"raw": {}, "lzw": {"compression": "tiff_lzw"},
                          "deflate": {"compression": "tiff_adobe_deflate"},
                          "packbits": {"compression": "packbits"},
                          "lzw-predictor": {"compression": "tiff_lzw", "tiffinfo": {317: 2}},
                          "jpeg": {"compression": "jpeg", "quality": 95}}.items():
        yield f"tiff/{name}.tif", saved("RGB", "TIFF", **options)
    for order, name in (("<", "little"), (">", "big")):
        yield f"tiff/16-{name}-endian.tif", tiff(16, order=order)
        yield f"tiff/grey16-{name}-endian.tif", tiff(16, 1, 1, order)
    yield "tiff/planes.tif", tiff(planes=True)
    yield "tiff/tiles.tif", tiff(tile=16)
    yield "tiff/tiles-grey.tif", tiff(8, 1, 1, tile=16)
    for bits in (1, 4, 8):
        yield f"tiff/grey{bits}.tif", tiff(bits, 1, 1)
        yield f"tiff/grey{bits}-white-is-0.tif", tiff(bits, 1, 0)
    for bits in (4, 8):
        yield f"tiff/palette{bits}.tif", tiff(bits, 1, 3)
    yield "tiff/big.tif", saved("RGB", "TIFF", big_tiff=True)
    yield "tiff/grey.tif", saved("L", "TIFF")
    yield "tiff/grey16.tif", saved("I;16", "TIFF")
    yield "tiff/palette.tif", saved("P", "TIFF")
    yield "tiff/alpha.tif", saved("RGBA", "TIFF")
    yield "tiff/cmyk.tif", saved("CMYK", "TIFF")
    yield "tiff/one-bit.tif", saved("1", "TIFF")
    yield "tiff/fax4.tif", saved("1", "TIFF", compression="group4")
    yield "tiff/two-pages.tif", animation("TIFF")
    for orientation in range(1, 9):
        yield f"tiff/turned{orientation}.tif", saved("RGB", "TIFF", tiffinfo={274: orientation})

    yield "webp/lossy.webp", saved("RGB", "WEBP", quality=90)
    yield "webp/lossless.webp", saved("RGB", "WEBP", lossless=True)
    yield "webp/lossy-alpha.webp", saved("RGBA", "WEBP", quality=90, exact=True)
    yield "webp/lossless-alpha.webp", saved("RGBA", "WEBP", lossless=True, exact=True)
    yield "webp/exif6.webp", saved("RGB", "WEBP", lossless=True, exif=exif(6))
    yield "webp/animated.webp", animation("WEBP")

    yield "gif/plain.gif", saved("P", "GIF", interlace=0)
    yield "gif/interlaced.gif", saved("P", "GIF", interlace=1)
    yield "gif/grey.gif", saved("L", "GIF")
    yield "gif/transparent.gif", saved("P", "GIF", transparency=3)
    yield "gif/animated.gif", animation("GIF")

    for format, ending in (("HEIF", "heic"), ("AVIF", "avif")):
        yield f"heif/plain.{ending}", saved("RGB", format, quality=90)
        yield f"heif/444.{ending}", saved("RGB", format, quality=90,
                                          **({"chroma": 444} if ending == "heic"
                                             else {"subsampling": "4:4:4"}))
        yield f"heif/grey.{ending}", saved("L", format, quality=90)
        yield f"heif/alpha.{ending}", saved("RGBA", format, quality=90)
        yield f"heif/exif6.{ending}", saved("RGB", format, True, quality=90, exif=exif(6))
        yield f"heif/gentle.{ending}", gentle(format, quality=90)
    # libheif 1.2x shifts halved chroma when it turns odd sides: what it decodes unturned is turned.
    for orientation in (3, 5, 6, 7):
        yield (f"heif/exif{orientation}-odd.heic",
               saved("RGB", "HEIF", quality=90, exif=exif(orientation)),
               (saved("RGB", "HEIF", quality=90), orientation))


# --- decoding under the scoring contract: 8-bit RGB, alpha dropped, turned by EXIF, profile ignored


def decoded(file):
    picture = Image.open(io.BytesIO(file))
    picture.seek(0)
    picture.load()
    format = picture.format
    # OpenCV, which the contract names, does not turn WebP.
    turned = picture if format == "WEBP" else ImageOps.exif_transpose(picture)
    if turned.mode.startswith("I"):
        grey = np.asarray(turned).astype(np.uint32) >> 8
        return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)
    if turned.mode in ("LA", "La"):
        turned = turned.convert("LA").getchannel(0)
    if turned.mode in ("P", "PA"):
        turned = turned.convert("RGBA")
    if turned.mode in ("RGBA", "RGBX"):
        colours = np.asarray(turned).astype(int)
        if format == "TIFF":  # libtiff, and OpenCV with it, multiplies by alpha
            return ((colours[:, :, :3] * colours[:, :, 3:] + 127) // 255).astype(np.uint8)
        return colours[:, :, :3].astype(np.uint8)
    return np.asarray(turned.convert("RGB"))


def turned(file, orientation):
    """The pixels of `file`, turned as an EXIF block asks."""
    picture = Image.fromarray(decoded(file))
    picture.getexif()[0x0112] = orientation
    return np.asarray(ImageOps.exif_transpose(picture))


def make(folder):
    rows = []
    pixels = b""
    for name, file, *instead in corpus():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file)
        try:
            picture = turned(*instead[0]) if instead else decoded(file)
        except Exception as error:  # what Pillow cannot read is not compared
            sys.exit(f"{name}: {error}")
        rows.append([name, picture.shape[1], picture.shape[0]])
        pixels += picture.tobytes()
    (folder / "pixels.bin").write_bytes(zlib.compress(pixels, 9))
    with open(folder / "list.csv", "w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["file", "width", "height"])
        writer.writerows(rows)
    print(f"{len(rows)} pictures by Pillow {PIL.__version__}, pillow-heif "
          f"{pillow_heif.__version__} (libheif {pillow_heif.libheif_version()}), "
          + ", ".join(f"{each} {features.version(each)}"
                      for each in ("libjpeg_turbo", "libtiff", "webp", "avif", "zlib")))


def compare(pictures, dfd, panel):
    """What `dfd seen` decodes against what Pillow decodes now. Prints the largest difference first."""
    rows, alike = [], True
    for path in pictures:
        with tempfile.TemporaryDirectory() as folder:
            call = [dfd, "seen", "--panel", panel, "--out", folder, "--format", "json", "--", path]
            done = subprocess.run(call, capture_output=True, text=True, check=False)
            try:
                theirs = decoded(path.read_bytes())
            except Exception as error:
                rows.append((-1, 0, f"{path}: not read by Pillow ({error}); dfd: "
                             + (done.stderr.strip() or "read")))
                continue
            if done.returncode != 0:
                rows.append((256, 256, f"{path}: {done.stderr.strip()}"))
                alike = False
                continue
            turned = [step for step in json.loads(done.stdout)["steps"]
                      if step["name"] in ("decoded", "oriented")][-1]
            ours = np.asarray(Image.open(turned["file"]).convert("RGB"))
        if ours.shape != theirs.shape:
            rows.append((256, 256, f"{path}: {ours.shape} and {theirs.shape}"))
            alike = False
            continue
        difference = np.abs(ours.astype(int) - theirs)
        rows.append((difference.max(), difference.mean(), str(path)))
    print("largest  mean    picture")
    for most, mean, text in sorted(rows, reverse=True):
        print(f"{most:7d}  {mean:6.3f}  {text}")
    return alike


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("make")
    command.add_argument("folder", type=pathlib.Path)
    command = commands.add_parser("compare")
    command.add_argument("pictures", nargs="+", type=pathlib.Path)
    command.add_argument("--dfd", type=pathlib.Path, default=ROOT / "build/release/bin/dfd")
    command.add_argument("--panel", default=ROOT / "models/starter")
    arguments = parser.parse_args()
    if arguments.command == "make":
        make(arguments.folder)
    else:
        sys.exit(0 if compare(arguments.pictures, arguments.dfd, arguments.panel) else 1)


if __name__ == "__main__":
    main()

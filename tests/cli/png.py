# SPDX-License-Identifier: MIT
"""Just enough PNG to make and to check files: 8- and 16-bit, not interlaced."""
import struct
import zlib

import numpy

SIGNATURE = b'\x89PNG\r\n\x1a\n'
CHANNELS = {0: 1, 2: 3, 3: 1}
GREY, RGB, PALETTE = 0, 2, 3


def _chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def write(path, pixels, colour=None, palette=None):
    """pixels: [h, w] or [h, w, 3], uint8 or uint16."""
    pixels = numpy.asarray(pixels)
    height, width = pixels.shape[:2]
    colour = colour if colour is not None else RGB if pixels.ndim == 3 else GREY
    depth = 8 * pixels.itemsize
    rows = pixels.astype('>u2' if depth == 16 else 'u1').reshape(height, -1)
    data = b''.join(b'\0' + row.tobytes() for row in rows)
    with open(path, 'wb') as file:
        file.write(SIGNATURE + _chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, 0)))
        if colour == PALETTE:
            file.write(_chunk(b'PLTE', palette if palette is not None else bytes(range(256)) * 3))
        file.write(_chunk(b'IDAT', zlib.compress(data)) + _chunk(b'IEND', b''))


def chunks(path):
    """[(kind, data)], every checksum right and nothing behind IEND."""
    data = path.read_bytes()
    assert data[:8] == SIGNATURE, f'{path} is no PNG'
    at, found = 8, []
    while at < len(data):
        size, = struct.unpack_from('>I', data, at)
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + size]
        assert struct.unpack_from('>I', data, at + 8 + size)[0] == zlib.crc32(kind + body), path
        found.append((kind, body))
        at += size + 12
    assert found[-1][0] == b'IEND', f'{path} is cut off'
    return found


def _unfilter(rows, bytes_per_pixel):
    out = numpy.zeros((rows.shape[0] + 1, rows.shape[1] - 1 + bytes_per_pixel), int)
    for y, row in enumerate(rows, 1):
        kind, line = row[0], out[y]
        for x, value in enumerate(row[1:].tolist(), bytes_per_pixel):
            left, up, corner = line[x - bytes_per_pixel], out[y - 1, x], out[y - 1, x - bytes_per_pixel]
            if kind == 4:
                p = left + up - corner
                nearest = min((left, up, corner), key=lambda c: abs(p - c))
            line[x] = (value + (0, left, up, (left + up) // 2, nearest if kind == 4 else 0)[kind]) & 255
    return out[1:, bytes_per_pixel:].astype('u1')


def read(path):
    """Returns (pixels, colour type, palette bytes)."""
    found = chunks(path)
    width, height, depth, colour, _, _, interlace = struct.unpack('>IIBBBBB', found[0][1])
    assert interlace == 0 and depth == 8
    data = zlib.decompress(b''.join(body for kind, body in found if kind == b'IDAT'))
    rows = numpy.frombuffer(data, 'u1').reshape(height, -1)
    pixels = rows[:, 1:] if not rows[:, 0].any() else _unfilter(rows, CHANNELS[colour])
    if colour == RGB:
        pixels = pixels.reshape(height, width, 3)
    return pixels, colour, dict(found).get(b'PLTE')

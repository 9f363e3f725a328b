# SPDX-License-Identifier: MIT
"""Runs the built ferry-cli in a folder of its own.

A test program is called with the path of ferry-cli."""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import png

ROOT = pathlib.Path(os.environ.get('FERRY_SOURCE', pathlib.Path(__file__).parents[2])).resolve()
SAMPLE = ROOT / 'data/sample/pond.mp4'
TRUTH = ROOT / 'data/sample/truth'
MODEL = ROOT / 'data/models/fc-bootstrap.safetensors'
WIDTH, HEIGHT, FRAMES = 96, 64, 8  # of the small clip


def program():
    return os.path.abspath(sys.argv[1])


class Case(unittest.TestCase):
    """Each test has an empty folder, self.folder, and an empty cache."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix='ferry-cli-')
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.folder.chmod(0o755)
        cache = tempfile.TemporaryDirectory(prefix='ferry-cache-')
        self.addCleanup(cache.cleanup)
        os.environ['XDG_CACHE_HOME'] = cache.name

    def run_cli(self, *arguments, env=None, **options):
        """Runs ferry-cli in the folder, on the CPU unless the test says otherwise."""
        return subprocess.run([program(), *map(str, arguments)], capture_output=True, text=True,
                              cwd=self.folder, timeout=120, env={**os.environ, **(env or {})}, **options)

    def good(self, *arguments, **options):
        """Runs what must succeed, in silence on standard error; returns standard output."""
        run = self.run_cli(*arguments, **options)
        self.assertEqual((run.returncode, run.stderr), (0, ''), run.args)
        return run.stdout

    def good_json(self, *arguments, **options):
        return json.loads(self.good(*arguments, '--json', **options))

    def bad(self, *arguments, names=(), status=1, **options):
        """Runs what must fail with one line that holds all `names`; returns that line."""
        run = self.run_cli(*arguments, **options)
        self.assertEqual((run.returncode, run.stdout), (status, ''), run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)
        self.assertTrue(run.stderr.startswith('ferry-cli: '), run.stderr)
        for name in names:
            self.assertIn(str(name), run.stderr)
        self.assert_no_remains()
        return run.stderr

    def assert_no_remains(self):
        """No temporary file is left, and every PNG is whole."""
        self.assertEqual([p for p in self.folder.rglob('.*')], [])
        for path in self.folder.rglob('out*/*.png'):
            png.chunks(path)

    def small_clip(self, name='clip', width=WIDTH, height=HEIGHT, frames=FRAMES, pattern='{:05}.png'):
        """A folder of images: a bright block that moves over noise."""
        folder = self.folder / name
        folder.mkdir()
        noise = numpy.random.default_rng(1).integers(0, 90, (height, width, 3))
        for i in range(frames):
            picture = noise.astype('u1')
            picture[16:40, 16 + 4 * i:48 + 4 * i] = 130 + noise[:24, :32]
            png.write(folder / pattern.format(i), picture)
        return folder

    def small_labels(self, name='labels.png', ids=(1,), width=WIDTH, height=HEIGHT):
        """The block's mask on frame 0, cut into vertical strips, one an id."""
        mask = numpy.zeros((height, width), 'u2' if max(ids) > 255 else 'u1')
        for i, columns in enumerate(numpy.array_split(numpy.arange(16, 48), len(ids))):
            mask[16:40, columns] = ids[i]
        path = self.folder / name
        png.write(path, mask, png.GREY if mask.itemsize == 2 else png.PALETTE)
        return path


def read_safetensors(path):
    """Returns (header as a dict, data as a bytearray)."""
    content = path.read_bytes()
    size, = struct.unpack_from('<Q', content)
    return json.loads(content[8:8 + size]), bytearray(content[8 + size:])


def write_safetensors(path, header, data):
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack('<Q', len(text)) + text + bytes(data))

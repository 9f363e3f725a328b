#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every public engine header compiles alone, and drags in nothing but GLib, json-glib and C.

usage: headers.py COMPILER HEADER...   (COMPILER: one argument, words separated by spaces)"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import tap
import tree

FOREIGN = re.compile(r'^\.+ .*(/libav|/libsw|/vulkan/|/gtk-|/png\.h|/jpeglib\.h|/zip\.h|/sqlite3\.h)', re.MULTILINE)


def compile_alone(header, flags):
    """Returns (the compiler's messages if it failed, foreign headers it reached)."""
    command = [*COMPILER, *flags, '-I', tree.ROOT / 'src/engine', '-std=gnu11', '-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror',
               '-fsyntax-only', '-H', '-x', 'c', '-']
    run = subprocess.run(command, input=f'#include "{header}"\n', capture_output=True, text=True)
    message = [line for line in run.stderr.splitlines() if not line.startswith('.')]
    return (message if run.returncode else []), FOREIGN.findall(run.stderr)


class Headers(unittest.TestCase):
    def test_each_compiles_alone_without_foreign_types(self):
        self.assertTrue(HEADERS)
        flags = subprocess.check_output(['pkg-config', '--cflags', 'gio-2.0'], text=True).split()
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for header, (message, foreign) in zip(
                    HEADERS, pool.map(lambda header: compile_alone(header, flags), HEADERS)):
                with self.subTest(header):
                    self.assertEqual(message, [])
                    self.assertEqual(foreign, [])


if __name__ == '__main__':
    COMPILER, HEADERS = sys.argv[1].split(), sys.argv[2:]
    tap.main()

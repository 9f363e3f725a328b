#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Format, lengths and licence lines."""
import ast
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import tap
import tree

FUNCTION_LINES = 80
FILE_LINES = 800
CLANG_FORMAT = 14  # versions differ in what they make of the same rules: this one decides


def c_functions(lines):
    """Yields (first line, length in lines) of each body between braces at the margin."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == '{':
            start = number
        elif line.startswith('}'):
            if line == '}' and start is not None:
                yield start, number - start + 1
            start = None


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


class Style(unittest.TestCase):
    def test_clang_format(self):
        program = shutil.which(f'clang-format-{CLANG_FORMAT}') or shutil.which('clang-format')
        if program is None:
            self.skipTest('no clang-format')
        version = subprocess.run([program, '--version'], capture_output=True, text=True).stdout
        major = int(re.search(r'version (\d+)', version)[1])
        if major != CLANG_FORMAT:
            self.skipTest(f'clang-format {CLANG_FORMAT} decides, this is {major}')
        run = subprocess.run([program, '--dry-run', '-Werror', *tree.files('.c', '.h')],
                             capture_output=True, text=True, cwd=tree.ROOT)
        self.assertEqual(run.returncode, 0, 'run ./dev format:\n' + run.stderr[-3000:])

    def test_lengths(self):
        long = []
        for path in tree.files('.c', '.h', '.comp', '.glsl', '.py'):
            text = path.read_text()
            lines = text.splitlines()
            if len(lines) > FILE_LINES:
                long.append(f'{tree.name(path)}: {len(lines)} lines, at most {FILE_LINES}')
            functions = python_functions(text) if path.suffix == '.py' else c_functions(lines)
            long += [f'{tree.name(path)}:{at}: a function of {n} lines, at most {FUNCTION_LINES}'
                     for at, n in functions if n > FUNCTION_LINES]
        self.assertEqual(long, [])

    def test_licence_lines(self):
        paths = tree.files('.c', '.h', '.comp', '.glsl', '.py', '.sh') + [tree.ROOT / 'dev']
        without = [tree.name(path) for path in paths
                   if 'SPDX-License-Identifier: MIT' not in ''.join(path.read_text().splitlines()[:2])]
        self.assertEqual(without, [])

    def test_no_tabs_and_no_trailing_space(self):
        wrong = [f'{tree.name(path)}:{number}' for path in tree.files('.c', '.h', '.comp', '.glsl', '.py', '.build', '.md')
                 for number, line in enumerate(path.read_text().splitlines(), 1)
                 if '\t' in line or line != line.rstrip()]
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    tap.main()

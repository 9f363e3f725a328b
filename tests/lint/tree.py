# SPDX-License-Identifier: MIT
"""The source files that the lint tests look at, and their text without comments and strings."""
import os
import pathlib
import re

ROOT = pathlib.Path(os.environ.get('FERRY_SOURCE', pathlib.Path(__file__).parents[2])).resolve()
FOLDERS = ['src', 'shaders', 'tests', 'data', 'tools']

_INERT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def files(*suffixes, under=FOLDERS):
    """Paths below the given folders whose names end so, in order."""
    found = [path for folder in under for path in (ROOT / folder).rglob('*')
             if path.is_file() and path.suffix in suffixes]
    return sorted(found)


def name(path):
    return str(path.relative_to(ROOT))


def code(text):
    """The text with comments and literals blanked; line numbers stay as they are.  Lines of
    #include keep their file name."""
    def blank(match):
        line_start = text.rfind('\n', 0, match.start()) + 1
        if text[line_start:match.start()].lstrip().startswith('#include'):
            return match[0]
        return '\n' * match[0].count('\n') or ' '
    return _INERT.sub(blank, text)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""po/POTFILES names the files that have texts, and every language of po/LINGUAS has all of them."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import tap
import tree

PO = tree.ROOT / 'po'
# As the build's i18n module calls it for a program that uses GLib.
KEYWORDS = ['_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dcgettext:2', 'g_dngettext:2,3', 'g_dpgettext2:2c,3']


def run(*command):
    done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False,
                          env=os.environ | {'LC_ALL': 'C'})
    assert done.returncode == 0, f'{command[0]}: {done.stderr[-3000:]}'
    return done.stdout


def extract(files):
    """The template of all texts in these files."""
    return run('xgettext', '--from-code=UTF-8', '-o', '-', *[f'--keyword={k}' for k in KEYWORDS], *files)


def listed(name):
    return [line for line in (PO / name).read_text().split() if line]


@unittest.skipIf(shutil.which('xgettext') is None, 'no gettext')
class Translations(unittest.TestCase):
    def test_potfiles(self):
        may = [tree.name(path) for path in tree.files('.c', '.h', '.in', '.ui', under=['src', 'ui', 'data'])]
        places = re.findall(r'^#: (.*)', extract(may), re.MULTILINE)
        have = {place.rsplit(':', 1)[0] for line in places for place in line.split()}
        self.assertEqual(listed('POTFILES'), sorted(have))

    def test_linguas(self):
        self.assertEqual(listed('LINGUAS'), sorted(path.stem for path in PO.glob('*.po')))

    def test_languages_are_complete(self):
        with tempfile.TemporaryDirectory() as folder:
            template, merged = f'{folder}/ferry.pot', f'{folder}/merged.po'
            pathlib.Path(template).write_text(extract(listed('POTFILES')))
            for language in listed('LINGUAS'):
                with self.subTest(language):
                    own = str(PO / f'{language}.po')
                    run('msgfmt', '--check', '-o', os.devnull, own)
                    run('msgmerge', '-q', '--no-fuzzy-matching', '-o', merged, own, template)
                    lack = ''.join(run('msgattrib', '--no-obsolete', only, merged)
                                   for only in ('--untranslated', '--only-fuzzy'))
                    texts = re.findall(r'^msgid ((?:".*"\n)+)', lack, re.MULTILINE)
                    self.assertEqual([text for text in texts if text != '""\n'], [])  # but the header


if __name__ == '__main__':
    tap.main()

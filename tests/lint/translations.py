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


# Calls whose text a person reads.
TELLS = re.compile(r'\b(g_set_error(_literal)?|g_error_new(_literal)?|g_prefix_error(_literal)?|'
                   r'g_propagate_prefixed_error|g_task_return_new_error) \(')
TRANSLATES = re.compile(r'(?<!\w)(_|N_|ngettext|g_dngettext) \(')
TEXT = re.compile(r'"(?:\\.|[^"\\])*"')
FORMAT = re.compile(r'%[-+ #0]*[\d.*]*(hh|h|ll|l|z)?[a-zA-Z]')


def call(source, at):
    """What stands between the brackets that open before `at`."""
    depth, place = 1, at
    while depth > 0:
        text = TEXT.match(source, place)
        depth += {'(': 1, ')': -1}.get(source[place], 0)
        place = text.end() if text else place + 1
    return source[at:place - 1]


def untranslated(arguments):
    """The words in these arguments that do not go through a catalogue."""
    while found := TRANSLATES.search(arguments):
        inner = call(arguments, found.end())
        arguments = arguments[:found.start()] + arguments[found.end() + len(inner) + 1:]
    texts = (FORMAT.sub('', text) for text in TEXT.findall(arguments))
    return [text for text in texts if re.search('[A-Za-z]{2}', text)]


@unittest.skipIf(shutil.which('xgettext') is None, 'no gettext')
class Translations(unittest.TestCase):
    def test_potfiles(self):
        may = [tree.name(path) for path in tree.files('.c', '.h', '.in', '.ui', under=['src', 'ui', 'data'])]
        places = re.findall(r'^#: (.*)', extract(may), re.MULTILINE)
        have = {place.rsplit(':', 1)[0] for line in places for place in line.split()}
        self.assertEqual(listed('POTFILES'), sorted(have))

    def test_errors(self):
        for path in tree.files('.c', under=['src/engine', 'src/app']):
            source = path.read_text()
            for found in TELLS.finditer(source):
                if 'G_IO_ERROR_CANCELLED' in call(source, found.end()):
                    continue  # which is told to nobody
                line = source.count('\n', 0, found.start()) + 1
                with self.subTest(f'{tree.name(path)}:{line}'):
                    self.assertEqual(untranslated(call(source, found.end())), [])

    def test_xgettext_sees_whole_texts(self):
        for path in tree.files('.c', under=['src']):
            source = path.read_text()
            for found in TRANSLATES.finditer(source):
                with self.subTest(f'{tree.name(path)}:{source.count(chr(10), 0, found.start()) + 1}'):
                    self.assertNotRegex(call(source, found.end()), r'\bG_G\w+_FORMAT\b')

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

# SPDX-License-Identifier: MIT
"""An environment in which a program speaks another language, from the catalogues of the source tree."""
import pathlib
import shutil
import subprocess
import unittest

PO = pathlib.Path(__file__).resolve().parents[1] / 'po'


def environment(folder, language, locale=None):
    """Variables for it; their files go into `folder`.  With `locale` ("de_DE") its figures and dates too, else
    those of C.  Skips the test where that cannot be made."""
    catalogue = pathlib.Path(folder) / 'locale' / language / 'LC_MESSAGES'
    catalogue.mkdir(parents=True, exist_ok=True)
    if shutil.which('msgfmt') is None:
        raise unittest.SkipTest('no gettext')
    subprocess.run(['msgfmt', '-o', catalogue / 'ferry.mo', PO / f'{language}.po'], check=True)
    found = {'FERRY_LOCALEDIR': str(catalogue.parents[1]), 'LANGUAGE': language, 'LC_ALL': 'C.UTF-8'}
    if locale is None:
        return found
    path = pathlib.Path(folder) / 'locales'
    path.mkdir(exist_ok=True)
    made = shutil.which('localedef') and subprocess.run(
        ['localedef', '-i', locale, '-f', 'UTF-8', path / f'{locale}.UTF-8'], capture_output=True)
    if not made or not (path / f'{locale}.UTF-8').exists():
        raise unittest.SkipTest(f'no localedef that makes {locale}')
    return found | {'LOCPATH': str(path), 'LC_ALL': f'{locale}.UTF-8'}

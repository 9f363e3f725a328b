#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Messages are in the user's language; what programs read is the same in all.   usage: language.py FERRY-CLI"""
import subprocess
import sys

import support
import language
import tap


class German(support.Case):
    def setUp(self):
        super().setUp()
        self.german = language.environment(self.folder, 'de', 'de_DE')

    def test_the_locale_has_a_comma(self):
        """Else the tests below could not fail."""
        text = subprocess.run([sys.executable, '-c', 'import locale; locale.setlocale(locale.LC_ALL, ""); '
                               'print(locale.localeconv()["decimal_point"])'], env=self.german, text=True,
                              capture_output=True, check=True).stdout
        self.assertEqual(text.strip(), ',')

    def test_messages(self):
        labels = self.small_labels()
        labels.write_bytes(labels.read_bytes()[:60])
        checkpoint = self.folder / 'model.pth'
        checkpoint.write_bytes(b'\x1f\x8b' + bytes(100))
        for words, say in ((['propagate', self.small_clip(), '--labels', labels, '--out', 'out'],
                            'labels.png: beschädigtes PNG'),
                           (['info', checkpoint], 'mit gzip komprimiert; erst entpacken'),
                           (['info', self.folder / 'none.mp4'], 'lässt sich nicht öffnen')):
            with self.subTest(say):
                self.bad(*words, names=[say], env=self.german)

    def test_figures(self):
        clip, labels = self.small_clip(), self.small_labels()
        out = {}
        for name, env in (('de', self.german), ('c', None)):
            found = self.good_json('propagate', clip, '--labels', labels, '--temperature', '0.0625', '--context', '3',
                                   '--short-side', '64', '--out', name, env=env)
            self.assertIsInstance(found['seconds']['wall'], float)
            files = [path for path in sorted((self.folder / name).rglob('*')) if path.is_file()]
            out[name] = [(path.name, path.read_bytes()) for path in files]
            self.assertGreater(len(files), 7)
        self.assertEqual(out['de'], out['c'])
        for name in out:
            (self.folder / f'scores-{name}').mkdir()
        score = ['evaluate', '--metric', 'davis', '--truth', 'c', '--pred', 'de', '--json']
        self.assertEqual(self.good(*score, '--csv', 'scores-de', env=self.german), self.good(*score, '--csv', 'scores-c'))
        tables = [[path.read_bytes() for path in sorted((self.folder / f'scores-{name}').iterdir())]
                  for name in ('de', 'c')]
        self.assertEqual(len(tables[0]), 2)
        self.assertEqual(*tables)


class Chinese(support.Case):
    def test_messages(self):
        env = language.environment(self.folder, 'zh_CN')
        self.bad('info', self.folder / 'none.mp4', names=['none.mp4：无法打开：'], env=env)


if __name__ == '__main__':
    tap.main()

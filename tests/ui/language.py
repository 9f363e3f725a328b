#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The window in another language: so are messages of the engine, and what is stored reads the same in all.

usage: language.py FERRY"""
import pathlib
import sys

import driver
import probe
import tap

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import language


class Language(driver.Case):
    def setUp(self):
        super().setUp()
        folder = self.folder / 'config' / 'glib-2.0' / 'settings'
        folder.mkdir(parents=True)
        (folder / 'keyfile').write_text('[io/github/ferrylabels/Ferry]\nshort-side=96\n')

    def damaged(self):
        """A PNG that ends in the middle of its rows."""
        path = self.folder / 'kaputt.png'
        whole = (driver.SOURCE / 'data' / 'sample' / 'truth' / '00000.png').read_bytes()
        path.write_bytes(whole[:len(whole) // 2])
        return path

    def test_errors_in_german(self):
        app = self.start(self.damaged(), environment=language.environment(self.folder, 'de'))
        app.says('kaputt.png: kaputtes PNG: die Datei endet zu früh; die Datei ersetzen')

    def test_errors_in_chinese(self):
        app = self.start(self.damaged(), environment=language.environment(self.folder, 'zh_CN'))
        app.says('kaputt.png：PNG 已损坏：文件过早结束；请替换该文件')

    def test_what_is_stored(self):
        """Where 0.0625 is written 0,0625."""
        report = self.folder / 'probe.json'
        german = language.environment(self.folder, 'de', 'de_DE')
        app = self.start(driver.SAMPLE, environment=german | {'FERRY_PROBE': str(report)})
        app.says('Bild 1 / ')
        app.says('0,0 s')
        app.stroke(app.expect(name='Leinwand'), [(200 + 6 * i, 200) for i in range(12)])
        driver.wait('a project', self.projects)
        app.click(app.expect('page tab', 'Abgleich'))
        app.expect('spin button', 'Temperatur T').get_value_iface().set_current_value(0.0625)
        query = "SELECT value FROM setting WHERE name = 'params'"
        driver.wait('the setting on disk', lambda: self.rows(query) and '0.0625' in self.rows(query)[0][0].split())
        self.assertEqual(app.quit(), 0)
        found = probe.read(report, driver.program())
        self.assertGreater(found['turns'], 0)
        self.assertIsInstance(found['longest_ms'], float)
        app = self.start(driver.SAMPLE)
        app.says('frame 1 / ')
        app.click(app.expect('page tab', 'Match'))
        self.assertAlmostEqual(app.expect('spin button', 'Temperature T').get_value_iface().get_current_value(), 0.0625)


if __name__ == '__main__':
    tap.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Killed at any moment, the program has every finished stroke when it is opened again, and asks nothing.

usage: kill.py FERRY [ROUNDS]"""
import contextlib
import random
import sqlite3
import sys
import time

import driver
import tap

ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 4
SETTLED = 0.3 * driver.SLOW  # seconds after which a stroke must be on disk


class Kill(driver.Case):
    def finished(self):
        """Objects that a hand made something of, as they are on disk."""
        with contextlib.closing(sqlite3.connect(self.projects()[0])) as database:  # rolls back what was cut short
            self.assertEqual(database.execute('PRAGMA integrity_check').fetchall(), [('ok',)])
            frames = database.execute('SELECT labels FROM frame').fetchall()
        return {object for (data,) in frames for object, provenance in driver.Labels(data).provenance.items()
                if provenance in (driver.HAND, driver.CORRECTED)}

    def test_finished_strokes_are_there(self):
        chance = random.Random(1)
        made = 0
        for _ in range(ROUNDS):
            app = self.start(driver.SAMPLE)
            app.says('frame ')
            canvas = app.canvas()
            strokes = []
            for _ in range(chance.randrange(1, 4)):
                app.key('m')
                made += 1
                driver.wait('a new object', lambda: app.find(described=f'object {made}'))
                x, y = 80 + chance.randrange(500), 60 + chance.randrange(300)
                app.stroke(canvas, [(x + 4 * j, y) for j in range(6)])
                strokes.append((made, time.monotonic()))
            time.sleep(chance.random() * 0.6)
            killed = time.monotonic()
            app.kill()
            found = self.finished()
            lost = [made for made, end in strokes if killed - end > SETTLED and made not in found]
            self.assertEqual(lost, [])
            made = self.highest()
        app = self.start(driver.SAMPLE)
        app.says('frame ')
        self.assertNotIn('damaged', app.text())

    def highest(self):
        with contextlib.closing(sqlite3.connect(self.projects()[0])) as database:
            return database.execute('SELECT max(id) FROM object').fetchone()[0] or 0


if __name__ == '__main__':
    tap.main()

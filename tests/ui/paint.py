#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Painting: what a hand does is shown, carried, undone and saved.   usage: paint.py FERRY"""
import driver
import tap

LINE = [(120 + 5 * i, 250) for i in range(20)]


class Paint(driver.Case):
    def open(self):
        app = self.start(driver.SAMPLE)
        app.says('frame 1 / 60')
        return app, app.canvas()

    def expect_hand(self, frame):
        driver.wait('the stroke on disk', lambda: self.provenance(frame) == driver.HAND)

    def test_first_stroke_makes_an_object_and_is_saved(self):
        app, canvas = self.open()
        app.stroke(canvas, LINE)
        app.says('object 1')
        self.expect_hand(0)
        app.expect(described='1 object 1')

    def test_stroke_flows_through_the_clip(self):
        app, canvas = self.open()
        app.stroke(canvas, LINE)
        driver.wait('all frames carried', lambda: len(self.carried()) == 59, 120)
        self.assertEqual(app.quit(), 0)

    def test_killed_at_once_the_stroke_is_there(self):
        app, canvas = self.open()
        app.stroke(canvas, LINE)
        self.expect_hand(0)
        app.kill()
        app, canvas = self.open()
        app.says('object 1')
        self.assertEqual(self.provenance(0), driver.HAND)

    def test_undo_and_redo(self):
        app, canvas = self.open()
        app.stroke(canvas, LINE)
        self.expect_hand(0)
        app.key('ctrl+z')
        driver.wait('nothing on disk', lambda: self.provenance(0) == driver.NONE)
        app.key('ctrl+shift+z')
        self.expect_hand(0)

    def test_undo_elsewhere_is_told(self):
        app, canvas = self.open()
        app.stroke(canvas, LINE)
        self.expect_hand(0)
        app.key('End')
        driver.wait('the last frame', lambda: app.shown_frame() == 60)
        app.key('ctrl+z')
        app.says('Undone in frame 1: ')
        app.key('ctrl+shift+z')
        app.says('Redone in frame 1: ')
        self.expect_hand(0)

    def test_a_correction_is_never_overwritten(self):
        app, canvas = self.open()
        app.stroke(canvas, LINE)
        driver.wait('frame 11 carried', lambda: self.provenance(10) == driver.CARRIED, 60)
        for _ in range(10):
            app.key('Right')
        driver.wait('frame 11', lambda: app.shown_frame() == 11)
        app.stroke(canvas, [(x, y + 60) for x, y in LINE])
        driver.wait('it is corrected', lambda: self.provenance(10) == driver.CORRECTED)
        before = self.labels()[10].map
        app.key('Home')
        driver.wait('frame 1', lambda: app.shown_frame() == 1)
        app.stroke(canvas, [(x, y - 60) for x, y in LINE])
        driver.wait('all frames carried', lambda: len(self.carried()) == 58, 120)
        self.assertEqual(self.labels()[10].map, before)
        self.assertEqual(self.provenance(10), driver.CORRECTED)


if __name__ == '__main__':
    tap.main()

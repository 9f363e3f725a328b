#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The correspondence view: a voter is gone to, ready to be corrected where it is.   usage: correspondences.py FERRY"""
import re

import driver
import tap


class Correspondences(driver.Case):
    allowed = ('without a current allocation',)  # GTK's own, of a list that scrolls

    def open(self):
        """The votes for a cell of the last frame."""
        app = self.start()
        app.press('Try the Sample Clip')
        app.says('object 3')
        app.key('End')
        driver.wait('the last frame', lambda: app.shown_frame() == 60)
        app.says('ready', 300)
        app.key('c')
        app.click(app.canvas(), 0.3, 0.4)
        self.votes(app)
        return app

    def votes(self, app):
        driver.wait('votes', lambda: re.search(r'Votes for cell \d+, \d+ of frame \d+$', app.text(), re.M), 60)

    def rows(self, app):
        """What the table says of each voter: frame, cell, ..."""
        table = app.expect('tree table', 'Voters')
        return [([node.get_name() for node in driver.walk(row) if node.get_role_name() == 'label'], row)
                for row in driver.walk(table)
                if row.get_role_name() == 'table row' and 'Weight' not in [n.get_name() for n in driver.walk(row)]]

    def cell_in_the_middle(self, app):
        """Which cell lies in the middle of the canvas, by asking about it."""
        app.key('c')
        app.click(app.canvas())
        return driver.wait('a point', lambda: re.search(
            rf'^Point: frame {app.shown_frame()}, cell (\d+, \d+) ·[^…]*$', app.text(), re.M)).group(1)

    def expect_there(self, app, frame, cell):
        driver.wait(f'frame {frame}', lambda: app.shown_frame() == int(frame))
        driver.wait('the brush', lambda: 'Brush' in app.canvas().get_description())
        self.assertTrue(app.canvas().get_state_set().contains(driver.Atspi.StateType.FOCUSED))
        self.assertEqual(self.cell_in_the_middle(app), cell)

    def test_click_on_a_voter(self):
        app = self.open()
        (frame, cell, *_), row = self.rows(app)[2]
        view = app.box(app.find(name='Correspondences'))
        left, top, width, height = app.box(row)
        self.assertLessEqual(top + height, view[1] + view[3])  # three are seen without scrolling
        app.click(row)
        self.expect_there(app, frame, cell)

    def test_enter_on_a_voter(self):
        app = self.open()
        rows = self.rows(app)
        in_table = lambda: [texts for texts, row in self.rows(app)
                            if row.get_state_set().contains(driver.Atspi.StateType.FOCUSED)]
        for _ in range(20):
            app.key('Tab')
            if in_table():
                break
        app.key('Down', 'Down')
        (frame, cell, *_), _ = rows[2]
        driver.wait('the third row', lambda: in_table() and in_table()[0][:2] == [frame, cell])
        app.key('Return')
        self.expect_there(app, frame, cell)


if __name__ == '__main__':
    tap.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The side panel and keys, with a real keyboard: what is typed belongs to the entry that has the focus.
usage: panels.py FERRY"""
import driver
import tap


class Panels(driver.Case):
    def open(self):
        app = self.start(driver.SAMPLE)
        app.says('frame 1 / 60')
        return app

    def test_name_takes_letters_that_are_shortcuts(self):
        app = self.open()
        app.key('m')
        app.says('object 1')
        app.click(app.expect(name='object 1, no labels'), 0.5, 0.5)
        app.key('F2')
        driver.wait('the entry', lambda: app.find(name='Name'))
        app.key('e', 'm', 'u', '1')
        app.key('Return')
        app.says('emu1')
        self.assertEqual(app.find(name='object 2'), None)
        # Outside an entry the same key is a verb again.
        app.key('m')
        app.says('object 2')

    def test_escape_leaves_the_name(self):
        app = self.open()
        app.key('m')
        app.click(app.expect(name='object 1, no labels'), 0.5, 0.5)
        app.key('F2')
        driver.wait('the entry', lambda: app.find(name='Name'))
        app.key('x', 'Escape')
        driver.wait('no entry', lambda: not app.find(name='Name'))
        app.says('object 1')

    def test_deleted_object_comes_back(self):
        app = self.open()
        app.key('m')
        app.click(app.expect(name='object 1, no labels'), 0.5, 0.5)
        app.key('shift+Delete')
        app.says('object 1 deleted')
        driver.wait('no row', lambda: not app.find(name='object 1, no labels'))
        app.press('Undo')
        app.expect(name='object 1, no labels')

    def test_new_object_beside_imported_masks(self):
        app = self.start()
        app.press('Try the Sample Clip')
        app.says('object 3')
        app.key('shift+m')
        app.says('skeleton 4')
        app.says('object 1')

    def test_wheel_scrolls_and_changes_nothing(self):
        app = self.open()
        size = app.expect('spin button', 'Radius in pixels')
        canvas = driver.wait('the canvas described', lambda: app.canvas().get_description())
        self.assertIn(' px', canvas)
        app.click(size, button=5, count=10)
        app.key('bracketright', 'bracketleft')  # told of again, when all before it was done
        driver.wait('as before', lambda: app.canvas().get_description() == canvas)

    def test_escape_when_all_is_done(self):
        app = self.open()
        app.says('ready', 120)
        app.key('Escape', 'm')
        app.says('object 1')
        self.assertNotIn('Stopped', app.text())

    def test_the_object_in_hand_is_in_view(self):
        app = self.open()

        def is_whole(name):
            row, panel = app.find(name=f'{name}, no labels'), app.find(name='Brush', role='page tab')
            if row is None or panel is None:
                return False
            top, height = app.box(row)[1], app.box(row)[3]
            return top + height <= app.box(panel)[1]
        for i in range(1, 9):
            app.key('m')
            driver.wait(f'the whole row of object {i}', lambda: is_whole(f'object {i}'))
        app.key('2')
        driver.wait('the whole row of object 2', lambda: is_whole('object 2') and
                    app.box(app.find(name='object 2, no labels'))[1] > app.box(app.find(name='New object'))[1])


if __name__ == '__main__':
    tap.main()

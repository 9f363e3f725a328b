#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each tool of the canvas, with a real pointer and keyboard.   usage: canvas.py FERRY"""
import math
import re
import subprocess

import numpy

import driver
import tap
from driver import wait, xdotool

WIDTH, HEIGHT = 640, 360  # of the sample clip


def area_of_stroke(points, radius=12.0):
    """Pixels whose centre is within the radius of a line through points."""
    points = numpy.array(points, float)
    low = numpy.floor(points.min(0) - radius - 1)
    size = (numpy.ceil(points.max(0) + radius + 1) - low).astype(int)
    x, y = numpy.meshgrid(low[0] + numpy.arange(size[0]) + 0.5, low[1] + numpy.arange(size[1]) + 0.5)
    inside = numpy.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(points[:-1], points[1:]):
        length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-9)
        t = numpy.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1)
        inside |= (x - ax - t * (bx - ax)) ** 2 + (y - ay - t * (by - ay)) ** 2 <= radius ** 2
    return int(inside.sum())


class Canvas(driver.Case):
    allowed = ('without a current allocation',)  # GTK's own, of a list that scrolls

    def open(self):
        """The sample clip at 100 %, its frame 1, without labels."""
        app = self.start(driver.SAMPLE)
        app.says('frame 1 / 60')
        self.canvas = app.canvas()
        app.key('ctrl+1')
        app.says('100 %')
        wait('a picture', lambda: self.colours(app) > 1000)
        return app

    def colours(self, app):
        return len(numpy.unique(self.shot(app).reshape(-1, 3), axis=0))

    def place(self, app, x=0, y=0):
        """Where a pixel of the picture is in the canvas, at 100 %: the middle of one is that of the other."""
        _, _, width, height = app.box(self.canvas)
        return round(width / 2 - WIDTH / 2) + x, round(height / 2 - HEIGHT / 2) + y

    def move(self, app, x, y):
        app.move(self.canvas, *self.place(app, x, y))

    def click(self, app, x, y, **options):
        app.click(self.canvas, *self.place(app, x, y), **options)

    def stroke(self, app, points, **options):
        app.stroke(self.canvas, [self.place(app, *point) for point in points], **options)

    def shot(self, app):
        """Pixels of the picture at 100 %: [height, width, 3]."""
        left, top, _, _ = app.box(self.canvas)
        x, y = self.place(app)
        raw = subprocess.run(['import', '-window', app.window, '-crop', f'{WIDTH}x{HEIGHT}+{left + x}+{top + y}',
                              '-depth', '8', 'rgb:-'], check=True, stdout=subprocess.PIPE).stdout
        return numpy.frombuffer(raw, numpy.uint8).reshape(HEIGHT, WIDTH, 3)

    def areas(self, app):
        """Pixels of each object, as the side panel says."""
        return [int(n.replace(',', '')) for n in re.findall(r'· ([\d,]+) px', app.text())]

    def expect_area(self, app, expected, within=0.02, index=0):
        def holds():
            areas = self.areas(app)
            return len(areas) > index and abs(areas[index] - expected) <= within * expected + 1
        try:
            wait('an area', holds)
        except AssertionError:
            raise AssertionError(f'areas {self.areas(app)}, expected {expected} at {index}') from None

    def describes(self, text):
        return wait(f'the canvas to say "{text}"', lambda: text in self.canvas.get_description())

    # --- brush and eraser ---

    def test_every_motion_event_is_in_the_stroke(self):
        app = self.open()
        self.describes('frame 1 of 60, no object, Brush 12 px')
        points = [(150 + 6 * i, 150 + (60 if i % 2 else 0)) for i in range(50)]
        self.stroke(app, points)
        self.expect_area(app, area_of_stroke(points), 0.002)
        self.describes('object 1 object 1')
        app.key('ctrl+z')
        wait('no objects', lambda: 'No objects yet' in app.text())
        app.key('ctrl+shift+z')
        self.expect_area(app, area_of_stroke(points), 0.002)

    def test_labels_are_drawn_where_the_pointer_was(self):
        app = self.open()
        before = self.shot(app).astype(int)
        self.stroke(app, [(200, 200), (300, 200)])
        self.move(app, 500, 300)
        orange = lambda: numpy.argwhere(abs(self.shot(app).astype(int) - (230, 159, 0)).max(2) < 3)
        wait('an outline', lambda: len(orange()) > 300)
        top, left = orange().min(0)
        bottom, right = orange().max(0)
        for found, meant in zip((left, top, right + 1, bottom + 1), (188, 188, 312, 212)):
            self.assertLessEqual(abs(found - meant), 1)
        inside = self.shot(app)[200, 250]
        self.assertLess(abs(inside - (0.55 * before[200, 250] + 0.45 * numpy.array((230, 159, 0)))).max(), 3)

    def test_eraser_and_right_button(self):
        app = self.open()
        self.stroke(app, [(200, 200), (400, 200)])
        self.expect_area(app, area_of_stroke([(200, 200), (400, 200)]))
        whole = self.areas(app)[0]
        self.stroke(app, [(300, 150), (300, 250)], button=3)
        self.expect_area(app, whole - 24 * 24)
        app.key('e')
        self.stroke(app, [(250, 150), (250, 250)])
        self.expect_area(app, whole - 2 * 24 * 24)
        app.key('ctrl+z', 'ctrl+z')
        self.expect_area(app, whole, 0)

    def test_escape_abandons_a_stroke(self):
        app = self.open()
        self.stroke(app, [(200, 200), (250, 200)])
        self.expect_area(app, area_of_stroke([(200, 200), (250, 200)]))
        first = self.areas(app)
        self.move(app, 300, 300)
        xdotool('mousedown', 1)
        self.move(app, 400, 300)
        app.key('Escape')
        self.move(app, 450, 300)
        xdotool('mouseup', 1)
        self.stroke(app, [(200, 330), (200, 331)])  # a later one counts
        self.expect_area(app, first[0] + area_of_stroke([(200, 330), (200, 331)]), 0.01)

    def test_changing_the_frame_keeps_the_stroke_where_it_began(self):
        app = self.open()
        self.move(app, 200, 200)
        xdotool('mousedown', 1)
        self.move(app, 260, 200)
        app.key('Right')
        app.says('frame 2 / 60')
        self.move(app, 260, 300)
        xdotool('mouseup', 1)
        app.key('Left')
        app.says('frame 1 / 60')
        self.expect_area(app, area_of_stroke([(200, 200), (260, 200)]))

    def test_other_objects_are_left_alone_where_asked(self):
        app = self.open()
        self.stroke(app, [(200, 200), (300, 200)])
        self.expect_area(app, area_of_stroke([(200, 200), (300, 200)]))
        one = self.areas(app)[0]
        app.key('m')
        app.says('object 2')
        self.stroke(app, [(250, 120), (250, 280)])
        self.expect_area(app, one - 24 * 24, index=0)
        app.key('ctrl+z')
        self.expect_area(app, one, 0)
        app.key('1', 'l', '2')  # lock the first
        self.stroke(app, [(250, 120), (250, 280)])
        self.expect_area(app, area_of_stroke([(250, 120), (250, 280)]) - 24 * 24, index=1)
        self.expect_area(app, one, 0, index=0)

    # --- lines ---

    def test_polygon(self):
        app = self.open()
        app.key('p')
        for point in ((200, 100), (300, 100), (350, 300), (300, 200)):
            self.click(app, *point)
        app.key('BackSpace')
        for point in ((300, 200), (200, 200)):
            self.click(app, *point)
        app.key('Return')
        self.expect_area(app, 10000, 0.01)
        self.click(app, 400, 100)
        self.click(app, 450, 100)
        app.key('Escape')
        self.click(app, 400, 100)
        self.click(app, 440, 100)
        self.click(app, 440, 140)
        self.click(app, 400, 140, count=2)
        self.expect_area(app, 10000 + 1600, 0.01)
        app.key('ctrl+z', 'ctrl+z')
        wait('no objects', lambda: 'No objects yet' in app.text())

    def test_lasso(self):
        app = self.open()
        app.key('s')
        circle = [(300 + 80 * math.cos(a / 10), 200 + 80 * math.sin(a / 10)) for a in range(60)]
        self.stroke(app, [(round(x), round(y)) for x, y in circle])
        self.expect_area(app, math.pi * 80 * 80, 0.02)

    # --- points ---

    def test_fill(self):
        app = self.open()
        box = [(200, 100), (300, 100), (300, 200), (200, 200), (200, 100)]
        self.stroke(app, [(x, y) for (ax, ay), (bx, by) in zip(box, box[1:])
                                 for x, y in ((ax, ay), ((ax + bx) / 2, (ay + by) / 2), (bx, by))])
        self.expect_area(app, area_of_stroke(box))
        ring = self.areas(app)[0]
        app.key('g')
        self.click(app, 250, 150)
        self.expect_area(app, ring + 76 * 76, 0.01)
        app.key('ctrl+z')
        self.expect_area(app, ring, 0)
        self.move(app, 400, 300)
        xdotool('keydown', 'shift', 'click', 1, 'keyup', 'shift')
        self.expect_area(app, ring + 76 * 76, 0.01)
        self.click(app, 250, 150, button=3)
        wait('nothing left', lambda: ring not in self.areas(app) and ring + 76 * 76 not in self.areas(app))

    def test_pick(self):
        app = self.open()
        self.stroke(app, [(200, 200), (300, 200)])
        self.describes('object 1')
        app.key('m')
        self.describes('object 2')
        app.key('i')
        self.click(app, 250, 200)
        self.describes('object 1')

    def test_joints(self):
        app = self.open()
        app.key('shift+m')
        self.describes('object 1')
        app.key('j')
        self.describes('Keypoint')
        before = self.shot(app).astype(int)
        self.click(app, 200, 100)
        self.click(app, 200, 160)
        self.move(app, 500, 300)
        changed = lambda x, y: abs(self.shot(app).astype(int)[y, x] - before[y, x]).max() > 20
        wait('two joints', lambda: changed(200, 100) and changed(200, 160))
        self.stroke(app, [(200, 160), (230, 190), (260, 220)])
        self.move(app, 500, 300)
        wait('a moved joint', lambda: changed(260, 220) and not changed(200, 160 + 8))
        app.key('ctrl+z')
        wait('it moved back', lambda: not changed(260, 220))

    # --- looking ---

    def test_zoom_and_pan(self):
        app = self.open()
        self.move(app, 300, 200)
        before = self.shot(app)[200, 300]
        xdotool('click', '--repeat', 8, '--delay', 20, 4)
        app.says('596 %')
        app.key('ctrl+minus')
        app.says('477 %')
        app.key('ctrl+1')
        app.says('100 %')
        wait('the same place', lambda: abs(self.shot(app)[200, 300].astype(int) - before).max() < 12)
        picture = self.shot(app)
        self.stroke(app, [(300, 200), (320, 210), (350, 230)], button=2)
        wait('a panned picture', lambda: abs(self.shot(app)[260, 370].astype(int) - picture[230, 320]).max() == 0)
        xdotool('keydown', 'space')
        self.stroke(app, [(350, 230), (320, 210), (300, 200)])
        xdotool('keyup', 'space')
        wait('it panned back', lambda: abs(self.shot(app)[260, 370].astype(int) - picture[260, 370]).max() == 0)
        self.assertEqual(app.shown_frame(), 1)  # Space that pans does not play
        self.assertIn('No objects yet', app.text())
        app.key('f')
        wait('another zoom', lambda: '100 %' not in app.text())
        for _ in range(30):
            app.key('ctrl+plus')
        app.says('6400 %')
        for _ in range(40):
            app.key('ctrl+minus')
        app.says('5.0 %')

    def test_brush_size_keys_and_ring(self):
        app = self.open()
        self.move(app, 300, 200)
        app.key('bracketright')
        wait('a larger brush', lambda: 'Brush 12 px' not in self.canvas.get_description())
        size = float(re.search(r'Brush ([\d.]+) px', self.canvas.get_description())[1])
        self.assertGreater(size, 12)
        shot = self.shot(app).astype(int)
        self.move(app, 300, 340)
        ring = lambda: abs(self.shot(app).astype(int) - shot)[200, 300 + round(size) - 4:300 + round(size) + 5].max()
        wait('the ring to follow the pointer', lambda: ring() > 40)
        self.move(app, 300, 200)
        self.stroke(app, [(300, 200), (300, 200)])
        self.expect_area(app, math.pi * size * size, 0.03)

    def test_keyboard_alone(self):
        app = self.open()
        self.stroke(app, [(200, 300), (201, 300)])  # gives it the focus
        self.expect_area(app, area_of_stroke([(200, 300), (201, 300)]), 0.01)
        first = self.areas(app)[0]
        app.key('ctrl+shift+Up', 'ctrl+shift+Up', 'ctrl+shift+Up', 'ctrl+shift+Up')
        app.key('Insert')
        for _ in range(6):
            app.key('ctrl+shift+Right')
        app.key('Insert')
        self.expect_area(app, first + area_of_stroke([(201, 260), (261, 260)]), 0.01)


if __name__ == '__main__':
    tap.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A scripted session: opens, paints 50 strokes, scrubs 500 frames, corrects, exports; how long was the
main thread busy at a time?   usage: session.py FERRY [CLIP [LIMIT-MS]]

Processor time of the main thread, so that other programs on the machine do not count."""
import json
import random
import signal
import sys
import time

import driver
import probe
import tap

CLIP = sys.argv[2] if len(sys.argv) > 2 else driver.SAMPLE
LIMIT_MS = float(sys.argv[3]) if len(sys.argv) > 3 else 16
STROKES = 50
SCRUBS = 500


class Session(driver.Case):
    def paint(self, app, strokes):
        canvas = app.canvas()
        left, top, width, height = app.box(canvas)
        for i in range(strokes):
            x = left + width * self.chance.uniform(0.15, 0.7)
            y = top + height * self.chance.uniform(0.2, 0.7)
            points = [(round(x + 4 * j), round(y + self.chance.randrange(9))) for j in range(12)]
            self.drag(app, points)
            if i % 10 == 9:
                app.key('shift+Right')

    def drag(self, app, points):
        """Through places of the window, as fast as xdotool can."""
        words = ['mousemove', '--window', app.window, *points[0], 'mousedown', 1]
        for x, y in points[1:]:
            words += ['mousemove', '--window', app.window, x, y]
        driver.xdotool(*words, 'mouseup', 1)

    def scrub(self, app, moves):
        left, top, width, height = app.box(app.timeline())
        driver.xdotool('mousemove', '--window', app.window, left + 200, top + 45, 'mousedown', 1)
        for i in range(moves):
            driver.xdotool('mousemove', '--window', app.window,
                           left + 150 + self.chance.randrange(width - 200), top + 45)
        driver.xdotool('mouseup', 1)

    def export(self, app):
        app.key('ctrl+e')
        app.expect('list|list box', 'Formats')
        try:
            driver.wait('Export can be pressed', lambda: app.find('push button|button', 'Export')
                        .get_state_set().contains(driver.Atspi.StateType.SENSITIVE))
        except AssertionError:
            raise AssertionError(app.text())
        app.press('Export')
        app.says('is written', 300)

    def test_nothing_blocks(self):
        self.chance = random.Random(1)
        environment = {'FERRY_PROBE': str(self.folder / 'probe'), 'HOME': str(self.folder)}
        app = self.start(CLIP, environment=environment)
        app.says('frame 1 / ')
        app.canvas()
        driver.wait('a list', lambda: 'left' in app.text() or 'ready' in app.text().lower(), 120)
        time.sleep(1)  # the window is as it stays: what follows is counted
        app.process.send_signal(signal.SIGUSR1)
        self.paint(app, STROKES)
        self.scrub(app, SCRUBS)
        app.key('Home', 'shift+Right')
        self.paint(app, 2)  # a correction of what was carried
        for _ in range(10):
            app.key('ctrl+z')
        self.export(app)
        driver.xdotool('windowactivate', '--sync', app.window)
        app.key('ctrl+w')
        app.expect('push button|button', 'Try the Sample Clip')
        app.process.send_signal(signal.SIGUSR2)  # what ends the program blocks nobody
        driver.wait('the figures', (self.folder / 'probe').exists)
        app.act('quit')
        self.assertEqual(app.ended(), 0)
        found = probe.read(self.folder / 'probe', driver.program())
        probe.tell(found)
        latency = sorted(found['sample_to_screen_ms'])
        print('# ' + json.dumps({key: value for key, value in found.items() if not isinstance(value, list)} |
                                {'samples': len(latency), 'sample_to_screen_ms':
                                 [latency[int(share * (len(latency) - 1))] for share in (0.5, 0.95, 1)],
                                 'sample_to_screen_frames': max(found['sample_to_screen_frames'])}), flush=True)
        self.assertGreater(found['turns'], STROKES + SCRUBS)
        self.assertLessEqual(found['longest_cpu_ms'], LIMIT_MS)


if __name__ == '__main__':
    tap.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A scripted session: opens, paints 50 strokes, scrubs 500 frames, corrects; how long was the main thread
busy at a time?   usage: session.py FERRY [CLIP [LIMIT-MS]]

Processor time of the main thread, so that other programs on the machine do not count."""
import json
import random
import signal
import sys
import time

import driver
import tap

CLIP = sys.argv[2] if len(sys.argv) > 2 else driver.SAMPLE
LIMIT_MS = float(sys.argv[3]) if len(sys.argv) > 3 else 16
STROKES = 50
SCRUBS = 500


class Session(driver.Case):
    def test_nothing_blocks(self):
        chance = random.Random(1)
        app = self.start(CLIP, environment={'FERRY_PROBE': str(self.folder / 'probe')})
        app.says('frame 1 / ')
        canvas, timeline = app.canvas(), app.timeline()
        driver.wait('a list', lambda: 'left' in app.text() or 'ready' in app.text().lower())
        time.sleep(1)  # the window is as it stays: what follows is counted
        app.process.send_signal(signal.SIGUSR1)
        for i in range(STROKES):
            x, y = 100 + chance.randrange(500), 120 + chance.randrange(250)
            app.stroke(canvas, [(x + 4 * j, y + chance.randrange(9)) for j in range(12)])
            if i % 10 == 9:
                app.key('shift+Right')
        left, top, width, height = app.box(timeline)
        app.move(timeline, 200, 45)
        driver.xdotool('mousedown', 1)
        for i in range(SCRUBS):
            driver.xdotool('mousemove', '--window', app.window,
                           left + 150 + chance.randrange(width - 200), top + 45)
        driver.xdotool('mouseup', 1)
        for _ in range(10):
            app.key('ctrl+z')
        self.assertEqual(app.quit(), 0)
        found = json.loads((self.folder / 'probe').read_text())
        print('# ' + json.dumps(found), flush=True)
        self.assertGreater(found['turns'], STROKES + SCRUBS)
        self.assertLessEqual(found['longest_cpu_ms'], LIMIT_MS)


if __name__ == '__main__':
    tap.main()

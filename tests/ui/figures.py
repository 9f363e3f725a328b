#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the window needs, in numbers: prints a JSON object.  Run by hand on a machine with nothing else to
do; each figure names the load that it was taken at.

usage: figures.py FERRY WHAT [CLIP]
  start              milliseconds from the start of the process to the first paint, empty; with CLIP also
                     to the first paint of its picture
  scrub CLIP         jumps on the timeline: to the first picture, to the exact one; of a clip whose frames
                     have their number as 10 blocks of 96 pixels at 96, 96, each 0 or 1, whether it is right
  flow CLIP          from the end of a correcting stroke to when all frames are handed out
  memory CLIP [MINUTES]   resident memory while strokes, undo, jumps, closing and opening go on

How: the program times itself (FERRY_PROBE, src/app/probe.h), by the clock of the process that started it;
a stroke's way from its end to when the labels of other frames changed last, each frame counted once."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import driver
import probe

RUNS = 5


def spread(numbers):
    numbers = sorted(numbers)
    if not numbers:
        return None
    at = lambda share: round(numbers[int(share * (len(numbers) - 1) + 0.5)], 1)
    return {'n': len(numbers), 'median': at(0.5), 'p95': at(0.95), 'most': at(1)}


class Run:
    """The program with folders of its own, which stay from one run to the next."""

    def __init__(self, folder, *arguments):
        self.folder = pathlib.Path(folder)
        (self.folder / 'probe').unlink(missing_ok=True)
        environment = {'FERRY_PROBE': str(self.folder / 'probe'), 'HOME': str(self.folder)}
        self.app = driver.App(folder, *arguments, environment=environment)
        self.began = self.app.began

    def alive(self):
        if self.app.process.poll() is not None:
            raise RuntimeError(f'ferry ended with {self.app.process.returncode}: {self.app.output()}')

    def found(self):
        self.app.process.send_signal(signal.SIGUSR2)
        driver.wait('the figures', (self.folder / 'probe').exists)
        time.sleep(0.1)
        return probe.read(self.folder / 'probe', driver.program())

    def end(self):
        self.app.act('quit')
        self.app.process.wait(60)
        self.app.log.close()

    def ready(self, seconds=1200):
        self.app.says('ready', seconds)


def start(folder, clip=None):
    times, pictures, longest = [], [], []
    for run in range(RUNS + 1):
        program = Run(folder, *([clip] if clip else []))
        if clip:
            program.app.says('frame ')
            time.sleep(2)
        else:
            program.app.expect('push button|button', 'Try the Sample Clip')
            time.sleep(0.5)
        found = program.found()
        program.end()
        if run > 0:  # the first one warms caches
            times.append(found['window_us'] / 1e3 - program.began * 1e3)
            pictures.append(found['picture_us'] / 1e3 - program.began * 1e3)
            longest.append(found['longest_cpu_ms'])
    return {'window_ms': spread(times), 'picture_ms': spread(pictures) if clip else None,
            'longest_turn_cpu_ms': spread(longest)}


def number_in(path, app, frame_width, frame_height):
    """The number drawn in the picture, read from the screen."""
    canvas = app.canvas()
    left, top, width, height = app.box(canvas)
    scale = min(width / frame_width, height / frame_height)
    x0 = left + (width - frame_width * scale) / 2
    y0 = top + (height - frame_height * scale) / 2
    subprocess.run(['import', '-window', app.window, '-depth', '8', f'rgb:{path}'], check=True)
    pixels = pathlib.Path(path).read_bytes()
    across = int(driver.xdotool('getwindowgeometry', '--shell', app.window).split('WIDTH=')[1].split()[0])
    number = 0
    for bit in range(10):
        x, y = round(x0 + (96 + 96 * bit + 48) * scale), round(y0 + 144 * scale)
        number |= (pixels[3 * (y * across + x)] > 128) << bit
    return number


def scrub(folder, clip, jumps=60):
    chance = random.Random(2)
    program = Run(folder, clip)
    app = program.app
    app.says('frame 1 / ')
    time.sleep(10)  # thumbnails
    left, top, width, height = app.box(app.timeline())
    app.process.send_signal(signal.SIGUSR1)
    driver.xdotool('mousemove', '--window', app.window, left + 200, top + 45, 'mousedown', 1)
    wrong = checked = 0
    for _ in range(jumps):
        driver.xdotool('mousemove', '--window', app.window, left + 150 + chance.randrange(width - 200), top + 45)
        time.sleep(2)  # to ask for names takes the program's time
        program.alive()
        driver.wait('the picture', lambda: '…' not in ' '.join(
            name for name in app.names('label') if name.startswith('Frame ')))
        checked += 1
        shown = driver.wait('the title', app.shown_frame)
        wrong += number_in(folder / 'screen', app, 1920, 1080) != shown - 1
    driver.xdotool('mouseup', 1)
    found = program.found()
    program.end()
    return {'first_ms': spread(found['first_look_ms']), 'exact_ms': spread(found['exact_look_ms']),
            'checked': checked, 'wrong': wrong}


def stroke(app, x, y, steps=8):
    words = ['mousemove', '--window', app.window, x, y, 'mousedown', 1]
    for i in range(1, steps):
        words += ['mousemove', '--window', app.window, x + 4 * i, y + i % 3]
    driver.xdotool(*words, 'mouseup', 1)


def flow(folder, clip, corrections=10):
    """Three objects in the first frame; then strokes in it, all lists being there."""
    program = Run(folder, clip)
    app = program.app
    app.says('frame 1 / ')
    left, top, width, height = app.box(app.canvas())
    for i in range(3):
        if i > 0:
            app.key('m')
        for j in range(6):
            stroke(app, left + round(width * (0.3 + 0.15 * i)), top + round(height * (0.4 + 0.03 * j)), 14)
    program.ready()
    app.process.send_signal(signal.SIGUSR1)
    time.sleep(1)
    for i in range(corrections):
        stroke(app, left + round(width * 0.5), top + round(height * (0.3 + 0.02 * i)))
        time.sleep(1.5)
    found = program.found()
    program.end()
    return {'carried_ms': spread(found['carried_ms']), 'frames': spread(found['carried_frames']),
            'longest_turn_cpu_ms': found['longest_cpu_ms']}


def resident(pid):
    for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
        if line.startswith('VmRSS'):
            return int(line.split()[1]) / 1024
    return 0


def memory(folder, clip, minutes=10):
    chance = random.Random(3)
    program = Run(folder, clip)
    app = program.app
    app.says('frame 1 / ')
    left, top, width, height = app.box(app.canvas())
    rounds, begun = [], time.monotonic()
    while time.monotonic() < begun + 60 * float(minutes):
        for _ in range(8):
            stroke(app, left + round(width * chance.uniform(0.3, 0.6)), top + round(height * chance.uniform(0.3, 0.7)))
            app.key('shift+Right' if chance.random() < 0.5 else 'Right')
        app.key(*['ctrl+z'] * 4, 'End', 'Home', 'ctrl+shift+z', 'ctrl+z', 'ctrl+z', 'ctrl+z', 'ctrl+z', 'ctrl+z')
        app.key('ctrl+w')
        app.expect('push button|button', 'Try the Sample Clip')
        closed = resident(app.process.pid)
        subprocess.run([driver.program(), str(clip)], env=environment_of(app), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        app.says('frame ')
        time.sleep(1)
        rounds.append((round(time.monotonic() - begun), round(resident(app.process.pid), 1), round(closed, 1)))
    program.end()
    return {'rounds': len(rounds), 'seconds_opened_closed_mib': rounds[:: max(1, len(rounds) // 12)] + rounds[-1:]}


def environment_of(app):
    data = pathlib.Path(f'/proc/{app.process.pid}/environ').read_bytes().decode(errors='replace')
    environment = dict(entry.split('=', 1) for entry in data.split('\0') if '=' in entry)
    environment.pop('FERRY_PROBE', None)
    return environment


def main():
    what, rest = sys.argv[2], sys.argv[3:]
    manager = subprocess.Popen(['openbox'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    load = os.getloadavg()[0]
    try:
        with tempfile.TemporaryDirectory(prefix='ferry-figures-', ignore_cleanup_errors=True) as folder:
            result = {'start': start, 'scrub': scrub, 'flow': flow, 'memory': memory}[what](pathlib.Path(folder), *rest)
    finally:
        manager.terminate()
    print(json.dumps({'what': what, 'clip': rest[:1], 'load_before': round(load, 2),
                      'load_after': round(os.getloadavg()[0], 2)} | result, indent=1))


if __name__ == '__main__':
    main()

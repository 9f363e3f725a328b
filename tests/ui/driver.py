# SPDX-License-Identifier: MIT
"""Drives the built window from outside: a real pointer and keyboard (xdotool), and what assistive
programs see (AT-SPI).  Each case starts the program with folders of its own and ends it.

Run under:  xvfb-run -a -s "-screen 0 1280x800x24 -noreset" dbus-run-session -- python3 NAME.py FERRY"""
import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib

SOURCE = pathlib.Path(os.environ.get('FERRY_SOURCE', pathlib.Path(__file__).resolve().parents[2]))
SHARED = pathlib.Path(os.environ.get('FERRY_SHARED', SOURCE.parent / 'shared'))
SAMPLE = SOURCE / 'data' / 'sample' / 'pond.mp4'
TRUTH = SOURCE / 'data' / 'sample' / 'truth'
SLOW = float(os.environ.get('FERRY_TEST_SLOW', '1'))  # how much slower than usual the program is, as under a sanitizer
PATIENCE = 20.0  # seconds of waiting, times SLOW; the machine may be busy


NONE, CARRIED, HAND, CORRECTED, IMPORTED, ABSENT, OCCLUDED = range(7)


class Labels:
    """A frame's row of a project file (src/engine/store/frame-bytes.c)."""

    def __init__(self, data):
        _, n_states, n_points, n_map = struct.unpack_from('<BIII', data)
        states = [struct.unpack_from('<HBBf', data, 13 + 8 * i) for i in range(n_states)]
        at = 13 + 8 * n_states
        points = [struct.unpack_from('<HHBBff', data, at + 14 * i) for i in range(n_points)]
        at += 14 * n_points
        self.provenance = {state[0]: state[1] for state in states}
        self.reviewed = {state[0]: bool(state[2]) for state in states}
        self.trust = {state[0]: state[3] for state in states}
        self.points = {(point[0], point[1]): point[2:] for point in points}
        self.map = bytes(data[at:at + n_map])


def program():
    return pathlib.Path(sys.argv[1]).resolve()


def wait(what, condition, seconds=PATIENCE):
    """The first true value of condition (); nothing is ever slept for.  `seconds` are those of a usual program."""
    seconds *= SLOW
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(GLib.Error):
            value = condition()
            if value:
                return value
        if time.monotonic() > end:
            raise AssertionError(f'{what}: not within {seconds:g} s')
        time.sleep(0.02)


def xdotool(*arguments):
    return subprocess.run(['xdotool', *map(str, arguments)], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def walk(node, hidden=False):
    """A thing and all in it; what is not shown, and all in that, only with `hidden`."""
    yield node
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child is not None and (hidden or is_showing(child)):
            yield from walk(child, hidden)


def is_showing(node):
    """GTK 4.8 says "showing" of windows alone: a thing that is shown is visible and has a size."""
    if not node.get_state_set().contains(Atspi.StateType.VISIBLE):
        return False
    try:
        extents = node.get_extents(Atspi.CoordType.WINDOW)
    except GLib.Error:
        return True  # without a place of its own, as a page of a stack
    return extents.width > 0 and extents.height > 0


class App:
    """One run of the program."""

    def __init__(self, folder, *arguments, environment=None):
        self.folder = pathlib.Path(folder)
        self.log = open(self.folder / 'log', 'a+')
        env = dict(os.environ, XDG_DATA_HOME=str(self.folder / 'data'), XDG_CACHE_HOME=str(self.folder / 'cache'),
                   XDG_CONFIG_HOME=str(self.folder / 'config'), GSETTINGS_BACKEND='keyfile', GDK_BACKEND='x11',
                   GSK_RENDERER=os.environ.get('GSK_RENDERER', 'cairo'), FERRY_DATADIR=str(SOURCE / 'data'),
                   G_DEBUG='fatal-criticals')
        env.setdefault('GSETTINGS_SCHEMA_DIR', str(program().parents[2] / 'data'))
        env.update(environment or {})
        self.began = time.monotonic()
        self.process = subprocess.Popen([program(), *map(str, arguments)], env=env, stdout=self.log, stderr=self.log)
        self.root = wait('the program', self._find_program)
        self.frame = wait('its window', lambda: self.find('frame'))
        self.window = wait('its X window', self._find_window).split()[-1]
        xdotool('windowactivate', '--sync', self.window)

    def _find_program(self):
        if self.process.poll() is not None:
            raise RuntimeError(f'ferry ended with {self.process.returncode}: {self.output()}')
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child is not None and child.get_process_id() == self.process.pid:
                return child
        return None

    def _find_window(self):
        found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(self.process.pid)], text=True,
                               stdout=subprocess.PIPE).stdout
        return found.strip()

    def output(self):
        self.log.flush()
        return (self.folder / 'log').read_text()

    # --- looking ---

    def find(self, role=None, name=None, described=None):
        """The first thing that is shown with that role and name, None when there is none."""
        for node in walk(self.root):
            if ((role is None or node.get_role_name() in role.split('|')) and
                    (name is None or node.get_name() == name) and
                    (described is None or described in node.get_description())):
                return node
        return None

    def expect(self, role=None, name=None, described=None):
        return wait(f'{role or "thing"} {name or ""} {described or ""}', lambda: self.find(role, name, described))

    def names(self, role):
        return [node.get_name() for node in walk(self.root) if node.get_role_name() == role]

    def text(self):
        """All that labels say."""
        return '\n'.join(self.names('label'))

    def says(self, part, seconds=PATIENCE):
        return wait(f'a label with "{part}"', lambda: part in self.text(), seconds)

    def canvas(self):
        return self.expect(name='Canvas')

    def timeline(self):
        return self.expect(name='Timeline')

    def box(self, node):
        """x, y, width, height of a thing, in pixels of the X window."""
        extents = node.get_extents(Atspi.CoordType.WINDOW)
        width = int(xdotool('getwindowgeometry', '--shell', self.window).split('WIDTH=')[1].split()[0])
        frame = self.frame.get_extents(Atspi.CoordType.WINDOW)
        border = max(0, (width - frame.width) // 2)
        return extents.x + border, extents.y + border, extents.width, extents.height

    def shown_frame(self):
        """The number that the title says, from 1."""
        for name in self.names('label'):
            if 'frame ' in name and ' / ' in name:
                return int(name.split('frame ')[1].split(' / ')[0])
        return None

    # --- doing ---

    def press(self, name, role='push button|toggle button|button'):
        node = wait(f'{role} {name}', lambda: self.find(role, name))
        node.get_action_iface().do_action(0)

    def act(self, name, node=None):
        """An action by its name, as assistive programs and scripts do."""
        subprocess.run(['gdbus', 'call', '--session', '--dest', 'io.github.ferrylabels.Ferry', '--object-path',
                        '/io/github/ferrylabels/Ferry', '--method', 'org.gtk.Actions.Activate', name, '[]', '{}'],
                       check=True, stdout=subprocess.DEVNULL)

    def key(self, *keys):
        for key in keys:
            xdotool('key', key)

    def move(self, node, x, y):
        """The pointer to a place in a thing: pixels from its left and top, or shares when below 1."""
        left, top, width, height = self.box(node)
        x = left + (x * width if 0 < x < 1 else x)
        y = top + (y * height if 0 < y < 1 else y)
        xdotool('mousemove', '--window', self.window, round(x), round(y))

    def click(self, node, x=0.5, y=0.5, button=1, count=1):
        self.move(node, x, y)
        xdotool('click', '--repeat', count, '--delay', 30, button)

    def stroke(self, node, points, button=1):
        self.move(node, *points[0])
        xdotool('mousedown', button)
        for point in points[1:]:
            self.move(node, *point)
        xdotool('mouseup', button)

    def screenshot(self, path):
        subprocess.run(['import', '-window', self.window, str(path)], check=True)

    # --- ending ---

    def quit(self):
        self.key('ctrl+q')
        return self.ended()

    def ended(self):
        """The exit status, once it ends by itself."""
        return self.process.wait(PATIENCE * SLOW)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5 * SLOW)
            self.process.kill()
            self.process.wait()
        self.log.close()


class Case(unittest.TestCase):
    """Folders of its own; a window manager; what the program says on its error stream fails the test."""

    allowed = ()  # parts of lines on the error stream that are as they should be

    @classmethod
    def setUpClass(cls):
        cls.manager = subprocess.Popen(['openbox'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.manager.terminate()
        cls.manager.wait()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ferry-ui-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, *arguments, **options):
        app = App(self.folder, *arguments, **options)
        self.addCleanup(self._end, app)
        return app

    def _end(self, app):
        app.close()
        if (self.folder / 'log').exists():
            log = (self.folder / 'log').read_text()
            lines = [line for line in log.splitlines()
                     if any(word in line for word in ('WARNING', 'CRITICAL', 'ERROR', 'runtime error:')) and
                     not any(part in line for part in self.allowed)]
            if any('Sanitizer' in line or 'runtime error:' in line for line in lines):
                print(log, file=sys.stderr)
            self.assertEqual(lines, [])

    def projects(self):
        return sorted((self.folder / 'data' / 'ferry' / 'projects').glob('*.ferry'))

    def copy(self, source, name=None):
        """Data that the test may change."""
        target = self.folder / (name or pathlib.Path(source).name)
        if pathlib.Path(source).is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
        return target

    def rows(self, query, *arguments):
        """Of the one project of this test, as it is on disk."""
        (path,) = self.projects()
        with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as database:
            return database.execute(query, arguments).fetchall()

    def labels(self):
        """What the project on disk holds: {frame: Labels}."""
        return {frame: Labels(data) for frame, data in self.rows('SELECT frame, labels FROM frame')}

    def provenance(self, frame, object=1):
        """Of an object in a frame (from 0), as it is on disk; 0 = nothing there."""
        found = self.rows('SELECT labels FROM frame WHERE frame = ?', frame)
        return Labels(found[0][0]).provenance.get(object, NONE) if found else NONE

    def carried(self, object=1):
        """Frames into which it was carried."""
        return [frame for frame, labels in self.labels().items() if labels.provenance.get(object) == CARRIED]

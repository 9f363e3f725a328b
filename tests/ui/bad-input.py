#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is broken, missing, too large or in the way: it is named, the way on is offered, work stays.

usage: bad-input.py FERRY"""
import contextlib
import fcntl
import itertools
import json
import os
import resource
import shutil
import sqlite3
import struct
import subprocess
import sys
import time

import numpy

import driver
import probe
import tap

sys.path.insert(0, str(driver.SOURCE / 'tests' / 'cli'))
import png

LINE = [(200 + 6 * i, 200) for i in range(12)]
LONGEST_MS = 100  # of the main thread at a time; what is usual is told by session.py
ROWS_MS = 400  # GTK's own, when it makes 200 rows of a list at once
LOCKED_BYTE = 0x7fffffffffff0000  # src/engine/store/file-lock.c


class BadInput(driver.Case):
    def setUp(self):
        super().setUp()
        self.configure("short-side=96")  # little for the network: what is carried is no matter here

    def configure(self, *lines):
        folder = self.folder / 'config' / 'glib-2.0' / 'settings'
        folder.mkdir(parents=True, exist_ok=True)
        (folder / 'keyfile').write_text('[io/github/ferrylabels/Ferry]\n' + '\n'.join(lines) + '\n')

    def window_act(self, name, parameter=None, window=1):
        """An action of the window; the parameter is a string."""
        quoted = '[]' if parameter is None else '[<"%s">]' % str(parameter).replace('\\', '\\\\').replace(
            '"', '\\"').replace('\n', '\\n')
        subprocess.run(['gdbus', 'call', '--session', '--dest', 'io.github.ferrylabels.Ferry', '--object-path',
                        f'/io/github/ferrylabels/Ferry/window/{window}', '--method', 'org.gtk.Actions.Activate',
                        name, quoted, '{}'], check=True, stdout=subprocess.DEVNULL)

    def open_path(self, path):
        self.window_act('open-path', path)

    def choose(self, app, action, path, title, parameter=None):
        """Types a path into the file chooser that an action opens."""
        self.window_act(action, parameter)
        driver.wait('the chooser', lambda: subprocess.run(
            ['xdotool', 'search', '--onlyvisible', '--name', title], capture_output=True, text=True).stdout)
        window = driver.xdotool('search', '--onlyvisible', '--name', title).split()[-1]
        driver.xdotool('windowactivate', '--sync', window)

        def chosen():  # before it has the keyboard it may miss letters
            driver.xdotool('key', 'ctrl+a')
            driver.xdotool('type', '--delay', '12', str(path))
            driver.xdotool('key', 'Return')
            with contextlib.suppress(AssertionError):
                return driver.wait('no chooser', lambda: not subprocess.run(
                    ['xdotool', 'search', '--onlyvisible', '--name', title], capture_output=True).stdout, 5)
        driver.wait('the choice', chosen, 60)
        if action == 'save-copy':
            driver.wait('the copy', path.exists)
        driver.xdotool('windowactivate', '--sync', app.window)

    def answer(self, app, name):
        """Presses a button of the dialog, which comes after those of the window."""
        app.expect('dialog|alert')
        buttons = [node for node in driver.walk(app.root) if node.get_role_name() == 'push button' and
                   node.get_name() == name]
        buttons[-1].get_action_iface().do_action(0)
        driver.wait('no dialog', lambda: app.process.poll() is not None or not app.find('dialog|alert'))

    def paint(self, app, y=200):
        app.stroke(app.canvas(), [(x, y) for x, _ in LINE])

    def hand(self, path, frame=0):
        """Objects that a hand made in a frame, in a project on disk."""
        with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as database:
            row = database.execute('SELECT labels FROM frame WHERE frame = ?', (frame,)).fetchone()
        if row is None:
            return set()
        return {object for object, provenance in driver.Labels(row[0]).provenance.items()
                if provenance in (driver.HAND, driver.CORRECTED)}

    def expect_hand(self, path, objects={1}, frame=0):
        driver.wait(f'objects {objects} in {path}', lambda: self.hand(path, frame) == set(objects))

    def labelled(self, clip=None, **options):
        """The program with a clip (the sample) and a stroke that is on disk."""
        app = self.start(clip or driver.SAMPLE, **options)
        app.says('frame 1 / ')
        self.paint(app)
        driver.wait('a project', self.projects)
        self.expect_hand(self.projects()[0])
        return app

    def labelled_in_a_folder_that_goes(self):
        """The same, whose project's folder is deleted before a second object is painted, and which says so."""
        app = self.labelled()
        (path,) = self.projects()
        shutil.rmtree(path.parent)
        app.key('m')
        app.says('object 2')
        self.paint(app, 260)
        app.says('moved or deleted while it was open')
        return app

    def project(self, name, clip=None):
        """A project file with a clip and a stroke, made by the program."""
        app = self.labelled(clip)
        self.assertEqual(app.quit(), 0)
        target = self.folder / name
        shutil.copy(self.projects()[0], target)
        return target

    def pictures(self, name, n=4, size=(48, 64)):
        folder = self.folder / name
        folder.mkdir()
        chance = numpy.random.default_rng(1)
        picture = chance.integers(0, 255, (*size, 3), 'uint8')
        for i in range(n):
            png.write(folder / f'{i:05}.png', numpy.roll(picture, i, 1))
        return folder

    # --- Paths ---

    def test_paths_that_are_no_clip(self):
        text = self.folder / 'no clip – ünïcode\nline.mp4'
        text.write_text('just text\n' * 100)
        (self.folder / 'empty folder').mkdir()
        (self.folder / 'notes').mkdir()
        (self.folder / 'notes' / 'a.txt').write_text('text')
        (self.folder / 'folder.ferry').mkdir()
        (self.folder / 'zero.mp4').write_bytes(b'')
        (self.folder / 'words.ferry').write_text('no database ' * 50)
        os.mkfifo(self.folder / 'pipe.mp4')
        app = self.labelled()
        for path in ('empty folder', 'notes', 'folder.ferry', 'zero.mp4', 'words.ferry', 'pipe.mp4', 'nowhere.mp4',
                     'nowhere.ferry', '.'):
            with self.subTest(path):
                self.open_path(self.folder / path)
                app.says(str(self.folder / path) if path != '.' else str(self.folder))
        self.open_path(text)
        app.says('ünïcode\nline.mp4')
        self.open_path('https://example.org/clip.mp4')
        app.says('example.org/clip.mp4')
        self.assertEqual(app.shown_frame(), 1)
        app.says('object 1')
        self.paint(app, 260)
        self.assertEqual(len(app.names('alert')), 0)
        self.assertEqual(app.quit(), 0)
        self.expect_hand(self.projects()[0])

    def test_names_that_are_no_text(self):
        bad = os.fsencode(self.folder) + b'/\xff\xfe.mp4'
        with open(bad, 'w') as file:
            file.write('text')
        good = os.fsencode(self.folder) + b'/cl\xe4p ' + b'x' * 200 + b'.mp4'
        shutil.copy(driver.SAMPLE, good)
        app = self.start(os.fsdecode(bad))
        app.says('.mp4')
        app.close()
        app = self.start(os.fsdecode(good))
        app.says('frame 1 / 60')
        self.paint(app)
        driver.wait('a project', self.projects)
        self.expect_hand(self.projects()[0])
        self.assertEqual(app.quit(), 0)

    # --- Projects ---

    def test_projects_that_cannot_be_used(self):
        path = self.project('pond.ferry')
        newer, damaged = self.folder / 'newer.ferry', self.folder / 'damaged.ferry'
        shutil.copy(path, newer)
        with contextlib.closing(sqlite3.connect(newer)) as database:
            database.execute('PRAGMA user_version = 99')
        data = bytearray(path.read_bytes())
        data[100:160] = b'\xff' * 60
        damaged.write_bytes(data)
        kept = damaged.read_bytes(), newer.read_bytes()
        app = self.start()
        app.says('Drop a video')
        self.open_path(newer)
        app.says('newer Ferry')
        app.says('update Ferry')
        app.says('Drop a video')
        self.open_path(damaged)
        app.says(str(damaged))
        if app.find(name='Canvas'):  # something of it could be read
            app.says('the damaged file is as it was')
        self.assertEqual((damaged.read_bytes(), newer.read_bytes()), kept)
        self.assertEqual(app.quit(), 0)

    def test_damaged_project_of_a_clip_is_put_aside_and_rescued(self):
        app = self.labelled()
        driver.wait('carried', lambda: len(self.carried()) > 3, 60)
        app.kill()
        (path,) = self.projects()
        with contextlib.closing(sqlite3.connect(path)) as database:
            (size,) = database.execute('PRAGMA page_size').fetchone()
            (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'setting'").fetchone()
            database.execute('PRAGMA journal_mode = DELETE')
        data = bytearray(path.read_bytes())
        data[(root - 1) * size:root * size] = b'\xee' * size
        path.write_bytes(data)
        explicit = self.folder / 'explicit.ferry'
        explicit.write_bytes(data)
        app = self.start(driver.SAMPLE)
        app.says('were rescued')
        app.says('put aside')
        app.says('object 1')
        self.expect_hand(path)
        (aside,) = path.parent.glob('*.damaged')
        self.assertEqual(aside.read_bytes(), data)
        self.open_path(explicit)
        app.says('damaged file is as it was')
        self.assertEqual(explicit.read_bytes(), data)
        (beside,) = self.folder.glob('explicit-*.ferry')
        self.expect_hand(beside)
        self.paint(app, 260)
        app.key('m')
        app.says('object 2')
        self.assertEqual(app.quit(), 0)

    def test_open_elsewhere(self):
        app = self.labelled()
        self.assertEqual(app.quit(), 0)
        (path,) = self.projects()
        with open(path, 'r+b') as file:
            fcntl.fcntl(file, 37, struct.pack('hhqqi', fcntl.F_WRLCK, os.SEEK_SET, LOCKED_BYTE, 1, 0))  # F_OFD_SETLK
            app = self.start(driver.SAMPLE)
            app.says('open elsewhere')
            app.says('object 1')
            before = path.read_bytes()
            app.key('m')
            app.says('object 2')
            self.paint(app, 260)
            # Closing asks: the stroke is nowhere yet.
            app.key('ctrl+q')
            app.says('The last changes are not saved')
            self.answer(app, 'Stay')
            copy = self.folder / 'copy.ferry'
            self.choose(app, 'save-copy', copy, 'Save a Copy of the Project')
            app.says('The copy is saved')
            self.expect_hand(copy, {1, 2})
            app.key('m')
            app.says('object 3')
            self.paint(app, 300)
            self.expect_hand(copy, {1, 2, 3})
            self.assertEqual(path.read_bytes(), before)
            self.assertNotIn('open elsewhere', app.text())
            self.assertEqual(app.quit(), 0)

    def test_two_windows(self):
        """The same clip by another name: the second window says so.  By the same name: the first comes forward."""
        other = self.copy(driver.SAMPLE, 'other.mp4')
        copied = self.folder / 'pond.mp4'
        shutil.copy(driver.SAMPLE, copied)
        app = self.labelled()
        subprocess.run([driver.program(), str(driver.SAMPLE)], env=self.env(), check=True, timeout=30)
        subprocess.run([driver.program(), str(other)], env=self.env(), check=True, timeout=30)
        driver.wait('a second window', lambda: len([n for n in driver.walk(app.root) if n.get_role_name() == 'frame']) == 2)
        # Another name has a project of its own.
        driver.wait('a second project', lambda: len(self.projects()) == 2)
        self.open_path(copied)  # in the first window: its own project, which it lets go of
        driver.wait('the copy', lambda: app.find('label', 'pond'))
        app.says('object 1')
        self.assertNotIn('open elsewhere', app.text())
        subprocess.run([driver.program(), str(driver.SAMPLE)], env=self.env(), check=True, timeout=30)
        app.says('open elsewhere')

    def env(self):
        env = dict(os.environ, XDG_DATA_HOME=str(self.folder / 'data'), GSETTINGS_BACKEND='keyfile', GDK_BACKEND='x11',
                   XDG_CONFIG_HOME=str(self.folder / 'config'), FERRY_DATADIR=str(driver.SOURCE / 'data'))
        env.setdefault('GSETTINGS_SCHEMA_DIR', str(driver.program().parents[2] / 'data'))
        return env

    # --- Disks ---

    def limit(self, app, bytes):
        """A file-size limit, which is what a full disk is to who writes; and the way back."""
        hard = resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE, (bytes, hard))

    def test_full_disk_in_the_middle_of_strokes(self):
        app = self.labelled()
        (path,) = self.projects()
        self.limit(app, 256)
        for i in range(4):
            self.paint(app, 220 + 10 * i)
        app.key('m')
        app.says('object 2')
        self.paint(app, 300)
        app.says('Nothing is lost while the window stays open')
        app.expect('push button|button', 'Save a Copy…')
        app.key('ctrl+q')
        app.says('The last changes are not saved')
        self.answer(app, 'Stay')
        self.limit(app, resource.RLIM_INFINITY)
        self.expect_hand(path, {1, 2})
        app.says('Everything is saved again')
        self.assertNotIn('Nothing is lost while', app.text())
        self.assertEqual(app.quit(), 0)

    def test_project_folder_deleted_while_open(self):
        app = self.labelled_in_a_folder_that_goes()
        # Closed all the same, it lies aside, and is offered.
        app.key('ctrl+q')
        app.says('The last changes are not saved')
        self.answer(app, 'Close Anyway')
        app.ended()
        (aside,) = (self.folder / 'data' / 'ferry' / 'unsaved').iterdir()
        self.expect_hand(aside, {1, 2})
        app = self.start(driver.SAMPLE)
        app.says('Changes of the last time could not be saved')
        app.press('Open Them')
        app.says('object 2')
        app.says('frame 1 / 60')
        self.paint(app, 300)
        self.assertEqual(app.quit(), 0)

    def test_project_folder_deleted_and_a_copy_saved(self):
        app = self.labelled_in_a_folder_that_goes()
        copy = self.folder / 'copy.ferry'
        self.choose(app, 'save-copy', copy, 'Save a Copy of the Project')
        app.says('The copy is saved')
        app.key('m')
        app.says('object 3')
        self.paint(app, 300)
        self.expect_hand(copy, {1, 2, 3})
        self.assertEqual(app.quit(), 0)
        self.assertFalse((self.folder / 'data' / 'ferry' / 'unsaved').exists())

    def test_no_room_for_a_project(self):
        """From the beginning: told with a way on, and closing asks."""
        (self.folder / 'data').mkdir()
        (self.folder / 'data' / 'ferry').write_text('in the way')
        app = self.start(driver.SAMPLE)
        app.says('Changes are not saved')
        app.expect('push button|button', 'Save a Copy…')
        self.paint(app)
        app.says('object 1')
        app.key('ctrl+q')
        app.says('The last changes are not saved')
        self.answer(app, 'Save a Copy…')
        driver.wait('the chooser', lambda: subprocess.run(
            ['xdotool', 'search', '--onlyvisible', '--name', 'Save a Copy of the Project'], capture_output=True).stdout)
        driver.xdotool('key', 'Escape')
        copy = self.folder / 'copy.ferry'
        self.choose(app, 'save-copy', copy, 'Save a Copy of the Project')
        self.expect_hand(copy)
        self.assertEqual(app.quit(), 0)

    def test_cache_deleted(self):
        """While it is filled and used, and once more when all is ready: labels are carried all the same."""
        self.configure('short-side=240')  # takes long enough to be in the middle
        app = self.labelled()
        cache = self.folder / 'cache' / 'ferry'
        driver.wait('a list', lambda: any(cache.rglob('list-*')), 60)
        self.remove(cache)
        self.assertLess(len(self.carried()), 59)
        driver.wait('all frames carried', lambda: len(self.carried()) == 59, 120)
        driver.wait('the cache anew', lambda: any(cache.rglob('list-*')), 60)
        self.remove(cache.parent)
        app.key('m')
        app.says('object 2')
        self.paint(app, 260)
        driver.wait('the second object carried', lambda: len(self.carried(2)) == 59, 120)
        self.assertEqual(app.quit(), 0)
        self.assertEqual(self.check(self.projects()[0]), {1, 2})

    def remove(self, folder):
        """A folder to which a program writes meanwhile."""
        def gone():
            shutil.rmtree(folder, ignore_errors=True)
            return not folder.exists()
        driver.wait(f'no {folder}', gone)

    def check(self, path):
        """Objects that a hand made in the first frame, in a project that is as whole as SQLite can tell."""
        with contextlib.closing(sqlite3.connect(path)) as database:
            self.assertEqual(database.execute('PRAGMA integrity_check').fetchall(), [('ok',)])
        return self.hand(path)

    # --- Media ---

    def test_media_moved_changed_and_shorter(self):
        clip = self.pictures('clip', 6)
        path = self.project('clip.ferry', clip)
        clip.rename(self.folder / 'elsewhere')
        small = self.pictures('small', 6, (24, 32))
        app = self.start(path)
        app.says('is not there any more')
        app.expect('push button|button', 'Find It…')
        self.choose(app, 'relink', small / '00000.png', 'Where Is the Clip Now', path)
        app.says('the project\'s labels are for 64×48')
        app.expect('push button|button', 'Find It…')
        self.choose(app, 'relink', self.folder / 'elsewhere' / '00000.png', 'Where Is the Clip Now', path)
        app.says('frame 1 / 6')
        app.says('object 1')
        self.assertEqual(app.quit(), 0)
        # It is found at once from then on; shorter, its labels stay.
        for i in (4, 5):
            (self.folder / 'elsewhere' / f'{i:05}.png').unlink()
        app = self.start(path)
        app.says('has 4 frames, it had 6')
        app.says('object 1')
        self.assertEqual(app.quit(), 0)
        self.expect_hand(path)

    def test_labels_of_a_clip_that_changed_are_offered(self):
        clip = self.pictures('clip', 6)
        self.labelled(clip).quit()
        (path,) = self.projects()
        (clip / '00005.png').unlink()
        app = self.start(clip)
        app.says('labels of before are kept')
        self.assertNotIn('object 1', app.text())
        app.press('Open Them')
        app.says('has 5 frames, it had 6')
        app.says('object 1')
        self.assertEqual(app.quit(), 0)
        self.expect_hand(path)

    def test_clip_that_changes_while_it_is_open(self):
        clip = self.pictures('clip', 4)
        app = self.labelled(clip)
        driver.wait('carried', lambda: len(self.carried()) == 3, 60)
        for i in range(4, 9):
            shutil.copy(clip / '00000.png', clip / f'{i:05}.png')
        self.window_act('restart-flow')
        app.says('has changed while it was open')
        self.paint(app, 260)
        app.press('Open Again')
        app.says('has 9 frames, it had 4')
        app.says('object 1')
        self.assertEqual(app.quit(), 0)
        self.expect_hand(self.projects()[0])

    def test_video_that_fails_in_the_middle(self):
        data = bytearray(driver.SAMPLE.read_bytes())
        for at in range(len(data) // 2, len(data) * 9 // 10, 64):
            data[at:at + 32] = b'\0' * 32
        clip = self.folder / 'broken.mp4'
        clip.write_bytes(data)
        app = self.start(clip)
        app.says('frame 1 / ')
        self.paint(app)
        driver.wait('a project', self.projects)
        self.expect_hand(self.projects()[0])
        # The flow says what it passes over, and goes on behind it.
        app.says('passed over', 60)
        driver.wait('carried', lambda: self.carried() and max(self.carried()) > 50, 60)
        app.press('Last frame')
        driver.wait('the last frame', lambda: (app.shown_frame() or 1) > 50)
        app.press('First frame')
        driver.wait('the first frame', lambda: app.shown_frame() == 1)
        before = self.labels()[0].map
        self.paint(app, 260)
        driver.wait('the stroke', lambda: self.labels()[0].map != before)
        self.assertEqual(app.quit(), 0)
        self.assertEqual(self.check(self.projects()[0]), {1})

    def test_mask_of_another_size(self):
        mask = self.folder / 'other.png'
        png.write(mask, numpy.ones((20, 20), 'uint8'))
        app = self.labelled()
        before = self.labels()[0].map
        self.choose(app, 'import-mask', mask, 'Import the Mask')
        app.says('20x20')
        app.says('640x360')
        self.assertEqual(app.quit(), 0)
        self.assertEqual(self.labels()[0].map, before)
        self.assertEqual(self.labels()[0].provenance, {1: driver.HAND})

    def test_many_objects(self):
        """300, as a grey picture of 16 bits."""
        ids = self.folder / 'ids.png'
        app = self.labelled(**self.probed())
        pixels = numpy.zeros((360, 640), 'uint16')
        for i in range(300):
            y, x = divmod(i, 30)
            pixels[36 * y + 4:36 * y + 30, 21 * x + 2:21 * x + 18] = i + 1
        png.write(ids, pixels)
        self.choose(app, 'import-mask', ids, 'Import the Mask')
        app.says('Imported the mask')
        driver.wait('300 objects', lambda: self.rows('SELECT count(*) FROM object') == [(300,)])
        driver.wait('all of them in the frame', lambda: set(self.labels()[0].provenance) == set(range(1, 301)))
        driver.wait('most of them carried', lambda: sum(
            how == driver.CARRIED for how in self.labels()[1].provenance.values()) > 200, 120)
        self.paint(app)
        app.key('ctrl+z', 'ctrl+z')
        driver.wait('1 object', lambda: self.rows('SELECT count(*) FROM object') == [(1,)])
        self.expect_lively(app, '300 objects', ROWS_MS)

    # --- Sizes ---

    def probed(self):
        return {'environment': {'FERRY_PROBE': str(self.folder / 'probe')}}

    def expect_lively(self, app, what, limit=LONGEST_MS):
        """Ends the program, which was probed: no turn of its main loop took longer than a person notices."""
        self.assertEqual(app.quit(), 0)
        found = probe.read(self.folder / 'probe', driver.program())
        print(f'# {what}: longest turn {found["longest_cpu_ms"]:.1f} ms of processor time', flush=True)
        if found['longest_cpu_ms'] > limit * driver.SLOW:
            probe.tell(found, 3)
        self.assertLessEqual(found['longest_cpu_ms'], limit * driver.SLOW)

    def test_smallest_and_largest_pictures(self):
        one = self.pictures('one', 1, (1, 1))
        big = self.folder / 'big'
        big.mkdir()
        png.write(big / '0.png', numpy.full((4320, 7680, 3), 90, 'uint8'))
        png.write(big / '1.png', numpy.full((4320, 7680, 3), 99, 'uint8'))
        app = self.start(one, **self.probed())
        app.says('frame 1 / 1')
        app.stroke(app.canvas(), [(0.5, 0.5), (0.52, 0.5), (0.54, 0.5)])
        driver.wait('a project', self.projects)
        self.expect_hand(self.projects()[0])
        app.key('Right', 'End', 'space', 'space')
        self.open_path(big)
        app.says('7680×4320', 60)
        # A stroke belongs to a picture that can be seen.
        driver.wait('the picture', lambda: 'Frame 1…' not in app.text(), 60)
        self.paint(app)
        driver.wait('a project', lambda: any('big-' in path.name for path in self.projects()))
        (path,) = [path for path in self.projects() if 'big-' in path.name]
        self.expect_hand(path)
        app.key('Right')
        driver.wait('frame 2', lambda: app.shown_frame() == 2)
        self.expect_lively(app, '8K')

    def test_many_frames(self):
        clip = self.pictures('many', 1, (24, 32))
        for i in range(1, 20000):
            os.link(clip / '00000.png', clip / f'{i:05}.png')
        app = self.start(clip, **self.probed())
        app.says('frame 1 / 20000', 60)
        self.paint(app)
        driver.wait('a project', self.projects)
        self.expect_hand(self.projects()[0])
        app.key('End')
        driver.wait('the last frame', lambda: app.shown_frame() == 20000)
        self.paint(app)
        self.expect_hand(self.projects()[0], {1}, 19999)
        app.key('ctrl+z')
        driver.wait('undone', lambda: self.hand(self.projects()[0], 19999) == set())
        self.expect_lively(app, '20,000 frames')
        self.assertEqual(app.quit(), 0)
        self.expect_all_or_nothing(clip)

    def expect_all_or_nothing(self, clip):
        """Killed while something is done to 20,000 frames: it was done to all of them, or to none."""
        for seconds in (0.1, 0.2, 0.4):
            app = self.start(clip)
            app.says(' / 20000', 60)
            app.key('Home', 'Right')
            driver.wait('frame 2', lambda: app.shown_frame() == 2)
            app.key('o')
            time.sleep(seconds * driver.SLOW)
            app.kill()
            with contextlib.closing(sqlite3.connect(self.projects()[0])) as database:
                frames = database.execute('SELECT labels FROM frame').fetchall()
            absent = sum(driver.Labels(data).provenance.get(1) == driver.ABSENT for (data,) in frames)
            self.assertIn(absent, (0, 19999), f'after {seconds} s')
            if absent:
                return  # it was done before; the key would now take it back in this frame alone

    # --- Moments ---

    def test_device_lost_while_painting(self):
        """And lost again when it was opened once more: the CPU goes on, under the hand, and says so."""
        cli = driver.program().parents[1] / 'cli' / 'ferry-cli'
        if 'vulkan:0' not in subprocess.run([cli, 'info'], capture_output=True, text=True).stdout:
            self.skipTest('no Vulkan device')
        self.configure('short-side=96', "device='vulkan:0'")
        app = self.start(driver.SAMPLE, environment={'FERRY_VULKAN_LOSE': '100'})
        app.says('frame 1 / 60')
        canvas = app.canvas()
        app.move(canvas, *LINE[0])
        driver.xdotool('mousedown', 1)
        place = itertools.cycle(LINE)

        def painting():
            app.move(canvas, *next(place))
            return 'continued on CPU' in app.text()
        driver.wait('the CPU', painting, 60)
        self.assertIn('lost', app.text())
        app.move(canvas, 400, 260)
        driver.xdotool('mouseup', 1)
        driver.wait('a project', self.projects)
        self.expect_hand(self.projects()[0])
        app.key('m')
        app.says('object 2')
        self.paint(app, 300)
        for made in (1, 2):
            driver.wait(f'object {made} carried all the same', lambda: len(self.carried(made)) == 59, 120)
        self.assertEqual(app.quit(), 0)
        self.assertEqual(self.check(self.projects()[0]), {1, 2})

    def test_opening_again_and_at_once(self):
        app = self.labelled()
        app.key('ctrl+z')
        driver.wait('undone', lambda: self.hand(self.projects()[0]) == set())
        self.open_path(driver.SAMPLE)
        self.open_path(driver.SAMPLE)
        app.key('ctrl+shift+z')  # its history is as it was
        self.expect_hand(self.projects()[0])
        other = self.pictures('other', 3)
        for _ in range(3):
            self.open_path(other)
            self.open_path(driver.SAMPLE)
        self.open_path(other)
        self.open_path(other)
        app.says('frame 1 / 3')
        self.assertNotIn('open elsewhere', app.text())
        self.open_path(driver.SAMPLE)
        app.says('frame 1 / 60')
        app.says('object 1')
        app.key('ctrl+z')  # nothing to undo: nothing happens
        self.paint(app, 260)
        app.key('ctrl+z')
        self.expect_hand(self.projects()[-1])
        self.assertEqual(app.quit(), 0)

    def test_killed_right_after_undo(self):
        app = self.labelled()
        driver.wait('carried', lambda: len(self.carried()) > 3, 60)
        app.key('ctrl+z')
        driver.wait('undone', lambda: self.hand(self.projects()[0]) == set())
        app.kill()
        app = self.start(driver.SAMPLE)
        app.says('frame 1 / 60')
        driver.wait('nothing that follows from it', lambda: self.carried() == [], 60)

    def test_quit_during_export(self):
        """Nothing is left of it, hidden or not."""
        app = self.start(driver.SAMPLE, environment={'HOME': str(self.folder)})
        app.says('frame 1 / 60')
        self.paint(app)
        driver.wait('carried', lambda: len(self.carried()) > 3, 60)
        app.key('ctrl+e')
        item = app.expect('list item', 'Overlay film').get_extents(driver.Atspi.CoordType.WINDOW)
        dialog = driver.wait('the dialog', lambda: subprocess.run(
            ['xdotool', 'search', '--onlyvisible', '--name', '^Export$'], capture_output=True, text=True).stdout.split())
        driver.xdotool('mousemove', '--window', dialog[-1], item.x + 40, item.y + item.height // 2, 'click', 1)
        app.says('Codec')
        driver.wait('Export can be pressed', lambda: app.find('push button|button', 'Export').get_state_set().contains(
            driver.Atspi.StateType.SENSITIVE))
        before = set(self.folder.iterdir())
        app.press('Export')
        driver.wait('it is being written', lambda: set(self.folder.iterdir()) - before)
        app.act('quit')
        app.ended()
        left = [path.name for path in set(self.folder.iterdir()) - before]
        if left == ['pond-overlay.mp4']:  # it was done before: then it is whole
            film = subprocess.run([driver.program().parents[1] / 'cli' / 'ferry-cli', 'info', self.folder / left[0],
                                   '--json'], capture_output=True, text=True, check=True).stdout
            self.assertEqual(json.loads(film)['frames'], 60)
        else:
            self.assertEqual(left, [])


if __name__ == '__main__':
    only = sys.argv[2:]
    if only:
        for name in [name for name in dir(BadInput) if name.startswith('test_') and not any(o in name for o in only)]:
            delattr(BadInput, name)
    tap.main()

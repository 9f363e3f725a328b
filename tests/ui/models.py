#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The window of models: files that come in, downloads from a server that does all that servers do, use and removal.

usage: models.py FERRY"""
import contextlib
import hashlib
import http.server
import os
import pathlib
import subprocess
import sys
import threading

import driver
import tap

GOOD = (driver.SOURCE / 'data' / 'models' / 'fc-bootstrap.safetensors').read_bytes()
SHA256 = hashlib.sha256(GOOD).hexdigest()
MD5 = hashlib.md5(GOOD).hexdigest()
HALF = len(GOOD) // 2
BUTTON = 'push button|toggle button|button'


class Handler(http.server.BaseHTTPRequestHandler):
    """/KIND/...: what is served and how.  `server.go` lets what waits in the middle go on."""

    protocol_version = 'HTTP/1.1'

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        kind = self.path.split('/')[1]
        self.server.asked.append((kind, self.headers.get('Range'), self.headers.get('If-Range')))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, 'serve_' + kind)()

    def answer(self, data, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()

    def halves(self, data, first=None):
        """Half of it, and the rest when the test says so."""
        first = len(data) // 2 if first is None else first
        self.wfile.write(data[:first])
        self.wfile.flush()
        self.server.go.wait(driver.PATIENCE)
        self.wfile.write(data[first:])

    def start(self, etag):
        """Where the one who asks wants to go on, 0 = all of it."""
        if not self.headers.get('Range') or self.headers.get('If-Range') != etag:
            return 0
        return int(self.headers['Range'].removeprefix('bytes=').removesuffix('-'))

    def send_from(self, at, etag, first=None):
        if at == 0:
            self.answer(GOOD, ETag=etag)
        else:
            self.answer(GOOD[at:], 206, ETag=etag, Content_Range=f'bytes {at}-{len(GOOD) - 1}/{len(GOOD)}')
        self.halves(GOOD[at:], first)

    def serve_good(self):
        self.answer(GOOD, ETag='"1"')
        self.wfile.write(GOOD)

    def serve_ranges(self):
        at = self.start('"1"')
        self.send_from(at, '"1"', HALF if at == 0 else 0)

    def serve_changed(self):
        """Another version each time."""
        version = f'"{len(self.server.asked)}"'
        at = self.start(version)
        self.send_from(at, version)

    def serve_plain(self):
        """Knows no ranges and names no version."""
        self.answer(GOOD)
        self.halves(GOOD)

    def serve_breaks(self):
        """Hangs up in the middle, once."""
        at = self.start('"1"')
        if at > 0:
            self.send_from(at, '"1"', 0)
            return
        self.answer(GOOD, ETag='"1"')
        self.wfile.write(GOOD[:HALF])
        self.close_connection = True

    def serve_page(self):
        page = b'<!DOCTYPE html><p>Log in first.' * 99
        self.answer(page, Content_Type='text/html')
        self.wfile.write(page)

    def serve_moved(self):
        self.answer(b'', 302, Location='/good/x')

    def serve_gone(self):
        self.answer(b'', 404)

    def serve_damaged(self):
        data = GOOD[:-4] + b'\xff' * 4  # no number
        self.answer(data)
        self.wfile.write(data)

    def serve_huge(self):
        self.send_response(200)
        self.send_header('Content-Length', str(1 << 60))
        self.end_headers()
        self.wfile.write(GOOD)


class Models(driver.Case):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.server.asked = []
        self.server.go = threading.Event()
        self.models = self.folder / 'data' / 'ferry' / 'models'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(self.server.go.set)

    def table(self, *kinds, **extra):
        """Of what the server offers; few, since all that is shown takes time to look through."""
        lines = []
        for kind in kinds:
            lines += [f'[{kind}]', f'title=Model {kind}', 'depth=18', 'suits=fine', 'paper=Nobody 2020',
                      'page=https://example.org/', f'address=http://127.0.0.1:{self.server.server_port}/{kind}/x',
                      f'file={kind}.safetensors', 'licence=CC0', *extra.get(kind, [])]
        path = self.folder / 'published.ini'
        path.write_text('\n'.join(lines) + '\n')
        return path

    def open(self, *kinds, **extra):
        app = self.start(environment={'FERRY_PUBLISHED_MODELS': str(self.table(*kinds, **extra)), 'no_proxy': '127.0.0.1'})
        self.show(app)
        return app

    def show(self, app):
        app.act('models')
        app.says("Ferry's own model")
        app.says('SHA-256 ' + SHA256)

    def files(self):
        """Visible ones and, with a point, hidden ones."""
        return sorted(path.name for path in self.models.iterdir()) if self.models.exists() else []

    def check_installed(self, app, kind, sum=SHA256):
        driver.wait('the file', lambda: f'{kind}.safetensors' in self.files())
        self.assertEqual(hashlib.sha256((self.models / f'{kind}.safetensors').read_bytes()).hexdigest(), sum)
        driver.wait('no part', lambda: not any(name.startswith('.') for name in self.files()))
        self.assertIn(f'{kind}.safetensors.origin', self.files())
        app.expect(BUTTON, f'Use Model {kind} as the semantic network')
        app.says(f'/{kind}/x')
        driver.wait('nothing to download', lambda: app.find(BUTTON, f'Download Model {kind}') is None)

    def wait_for_half(self, app, kind):
        app.expect('progress bar', f'Model {kind}', '2.8\u00a0MB of 5.6\u00a0MB')

    def refused(self, app, kind, *says):
        app.press(f'Download Model {kind}')
        for part in says:
            app.says(part)
        app.expect(BUTTON, f'Download Model {kind}')
        self.assertEqual(self.files(), [])

    def chosen(self, key):
        path = self.folder / 'config' / 'glib-2.0' / 'settings' / 'keyfile'
        lines = path.read_text().splitlines() if path.exists() else []
        return next((line.split('=', 1)[1].strip("'") for line in lines if line.startswith(key + '=')), None)

    # --- downloads ---

    def test_download(self):
        app = self.open('good', 'moved', good=[f'checksum=sha256:{SHA256[:8]}', 'size=5600000'],
                        moved=[f'checksum=md5:{MD5[:8]}'])
        app.says(f'SHA-256 as published begins with {SHA256[:8]}')
        app.says('about 5.6\u00a0MB')
        self.assertEqual((self.server.asked, self.files()), ([], []))  # nothing before it is asked for
        app.press('Download Model good')
        self.check_installed(app, 'good')
        app.says('CC0 · good.safetensors')
        app.press('Download Model moved')
        self.check_installed(app, 'moved')
        self.assertEqual(len(self.server.asked), 3)

    def test_cancel_and_resume(self):
        app = self.open('ranges', ranges=[f'checksum=sha256:{SHA256}'])
        app.press('Download Model ranges')
        part = self.models / '.ranges.safetensors.part'
        driver.wait('half of it', lambda: part.exists() and part.stat().st_size >= HALF)
        self.wait_for_half(app, 'ranges')
        app.press('Cancel the download of Model ranges')
        app.press('Discard what is here of Model ranges')
        app.expect(BUTTON, 'Download Model ranges')
        self.assertEqual(self.files(), [])
        self.server.asked.clear()
        app.press('Download Model ranges')
        self.wait_for_half(app, 'ranges')
        app.press('Cancel the download of Model ranges')
        app.says('2.8\u00a0MB of 5.6\u00a0MB are here already.')
        self.assertEqual(self.files(), ['.ranges.safetensors.part', '.ranges.safetensors.part.state'])
        app.press('Resume the download of Model ranges')
        self.server.go.set()
        self.check_installed(app, 'ranges')
        self.assertEqual(self.server.asked, [('ranges', None, None), ('ranges', f'bytes={HALF}-', '"1"')])

    def test_resume_after_the_program_was_killed(self):
        app = self.open('ranges')
        app.press('Download Model ranges')
        part = self.models / '.ranges.safetensors.part'
        driver.wait('half of it', lambda: part.exists() and part.stat().st_size >= HALF)
        app.kill()
        app = self.open('ranges')
        app.press('Resume the download of Model ranges')
        self.server.go.set()
        self.check_installed(app, 'ranges')
        self.assertEqual(self.server.asked[1], ('ranges', f'bytes={HALF}-', '"1"'))

    def test_what_cannot_be_resumed(self):
        """A server without ranges, a file that changed meanwhile; and what can: a connection that broke."""
        app = self.open('plain', 'changed', 'breaks')
        for kind in ['plain', 'changed']:
            app.press(f'Download Model {kind}')
            self.wait_for_half(app, kind)
            app.press(f'Cancel the download of Model {kind}')
        app.press('Download Model breaks')
        app.says('The connection broke after 2.8\u00a0MB')
        self.server.go.set()
        app.press('Download Model plain')
        app.press('Resume the download of Model changed')
        app.press('Resume the download of Model breaks')
        for kind in ['plain', 'changed', 'breaks']:
            self.check_installed(app, kind)
        self.assertEqual([ask for ask in self.server.asked if ask[0] == 'plain'], [('plain', None, None)] * 2)
        changed = [ask for ask in self.server.asked if ask[0] == 'changed']
        self.assertEqual([ask[1] for ask in changed], [None, f'bytes={HALF}-'])
        self.assertIn(('breaks', f'bytes={HALF}-', '"1"'), self.server.asked)

    def test_what_is_refused(self):
        app = self.open('good', 'gone', 'page', 'damaged', 'huge', 'ranges', good=['checksum=sha256:00000000'])
        self.refused(app, 'good', 'not the file that was published', 'should begin with 00000000', SHA256)
        self.refused(app, 'gone', '404')
        self.refused(app, 'page', 'a web page')
        self.refused(app, 'damaged', 'damaged')
        self.refused(app, 'huge', 'free some space')
        self.server.shutdown()
        self.server.server_close()
        self.refused(app, 'ranges', '127.0.0.1 cannot be reached')

    def test_closed_window_goes_on(self):
        app = self.open('ranges')
        app.press('Download Model ranges')
        self.wait_for_half(app, 'ranges')
        window = driver.xdotool('search', '--onlyvisible', '--name', '^Models$').split()[-1]
        driver.xdotool('windowfocus', '--sync', window)
        app.key('Escape')
        driver.wait('no window', lambda: app.find(BUTTON, 'Add Files…') is None)
        self.server.go.set()
        driver.wait('the file', lambda: 'ranges.safetensors' in self.files())
        self.show(app)
        self.check_installed(app, 'ranges')

    # --- files ---

    def add(self, app, path):
        """By the chooser."""
        app.press('Add Files…')
        driver.wait('the chooser', lambda: subprocess.run(
            ['xdotool', 'search', '--onlyvisible', '--name', 'Add Checkpoints'], capture_output=True,
            text=True).stdout)
        window = driver.xdotool('search', '--onlyvisible', '--name', 'Add Checkpoints').split()[-1]
        driver.xdotool('windowactivate', '--sync', window)
        driver.xdotool('type', '--delay', '12', str(path))
        driver.xdotool('key', 'Return')
        driver.wait('no chooser', lambda: not subprocess.run(
            ['xdotool', 'search', '--onlyvisible', '--name', 'Add Checkpoints'], capture_output=True,
            text=True).stdout)

    def test_add_use_and_remove(self):
        source = self.folder / 'mine.safetensors'
        source.write_bytes(GOOD)
        text = self.folder / 'notes.pth'
        text.write_text('not at all')
        app = self.open()
        self.add(app, text)
        app.says('notes.pth: neither a checkpoint of PyTorch nor safetensors; choose another file')
        self.assertEqual(self.files(), [])
        app.press('Dismiss')
        self.add(app, source)
        app.says('Added on ')
        target = str(self.models / 'mine.safetensors')
        self.assertEqual(pathlib.Path(target).read_bytes(), GOOD)
        # Used twice: as the one network and as the other.
        app.press('Use mine.safetensors as the semantic network')
        driver.wait('semantic', lambda: self.chosen('semantic') == target)
        app.press('Use mine.safetensors as the fine-grained network')
        driver.wait('fine', lambda: self.chosen('fine') == target)
        app.press('Remove mine.safetensors')
        app.says('is in use as the fine-grained network')
        app.press("Use Ferry's own model as the fine-grained network")
        driver.wait('own', lambda: self.chosen('fine') in (None, ''))
        app.press('Remove mine.safetensors')
        app.says('is in use as the semantic network')
        app.press('Use mine.safetensors as the semantic network')
        driver.wait('none', lambda: self.chosen('semantic') in (None, ''))
        app.press('Remove mine.safetensors')
        app.press('Remove It')
        driver.wait('nothing left', lambda: self.files() == [])
        driver.wait('no row', lambda: app.find(BUTTON, 'Remove mine.safetensors') is None)
        self.assertIsNone(app.find(BUTTON, "Remove Ferry's own model"))

    def test_drop(self):
        """A real drag from another program."""
        source = self.folder / 'dropped.safetensors'
        source.write_bytes(GOOD)
        app = self.open()
        drag = subprocess.Popen([sys.executable, pathlib.Path(__file__).with_name('drag-source.py'), source],
                                stdout=subprocess.PIPE, text=True, env=dict(os.environ, GDK_BACKEND='x11'))
        self.addCleanup(drag.wait)
        self.addCleanup(drag.kill)
        if drag.stdout.readline().strip() != 'ready':
            self.skipTest('no GTK 4 for Python')
        window = driver.wait('the source', lambda: subprocess.run(
            ['xdotool', 'search', '--onlyvisible', '--name', '^Drag source$'], capture_output=True,
            text=True).stdout.split())[-1]
        models = driver.xdotool('search', '--onlyvisible', '--name', '^Models$').split()[-1]
        driver.xdotool('windowmove', '--sync', window, 0, 0)
        driver.xdotool('windowmove', '--sync', models, 400, 40)
        driver.xdotool('windowactivate', '--sync', window)
        driver.xdotool('mousemove', '--window', window, 60, 60, 'mousedown', 1)
        for step in range(40):
            driver.xdotool('mousemove', 60 + 16 * step, 60 + 6 * step, 'sleep', '0.02')
        driver.xdotool('mouseup', 1)
        app.expect(BUTTON, 'Remove dropped.safetensors')
        self.assertEqual(self.files(), ['dropped.safetensors', 'dropped.safetensors.origin'])

    def test_what_lies_in_the_folder(self):
        """A note that is lost, a file that was changed, one that is none, and one in use from elsewhere."""
        self.models.mkdir(parents=True)
        elsewhere = self.folder / 'elsewhere.safetensors'
        elsewhere.write_bytes(GOOD)
        (self.models / 'lost.safetensors').write_bytes(GOOD)
        (self.models / 'changed.safetensors').write_bytes(GOOD)
        (self.models / 'changed.safetensors.origin').write_text(
            '[model]\norigin=added\nsource=/x\ndate=1\nsha256=' + '0' * 64 + '\n')
        (self.models / 'text.pth').write_text('x')
        settings = self.folder / 'config' / 'glib-2.0' / 'settings'
        settings.mkdir(parents=True)
        (settings / 'keyfile').write_text(f"[io/github/ferrylabels/Ferry]\nsemantic='{elsewhere}'\n")
        app = self.open()
        app.says('Origin unknown')
        app.says('its SHA-256 was ' + '0' * 64)
        app.says('text.pth: neither a checkpoint')
        app.says(f'Chosen where it lies: {elsewhere}')
        self.assertIsNone(app.find(BUTTON, 'Remove elsewhere.safetensors'))
        app.press('Use elsewhere.safetensors as the semantic network')
        driver.wait('it goes', lambda: f'Chosen where it lies: {elsewhere}' not in app.text())

    def test_broken_table(self):
        path = self.table()
        path.write_text('[x]\ntitle=X\n')
        app = self.start(environment={'FERRY_PUBLISHED_MODELS': str(path)})
        self.show(app)
        app.says('[x] has no sensible depth')

    def test_reached_from_the_preferences(self):
        app = self.start()
        app.act('preferences')
        app.press('Computing', 'page tab|tab|radio button')
        app.press('Models…')
        app.says("Ferry's own model")
        app.says('https://github.com/Alxead/SFC/releases/download/v0.1/pretrained_fc.pth')


if __name__ == '__main__':
    tap.main()

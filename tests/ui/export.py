#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The export dialog: what it says beforehand, what it writes, and what happens when that goes wrong.

usage: export.py FERRY"""
import json
import pathlib
import subprocess

import driver
import tap


class Export(driver.Case):
    def open(self, clip=None):
        """The sample clip with its first mask and the dialog."""
        app = self.start(*([clip] if clip else []), environment={'HOME': str(self.folder)})
        if clip is None:
            app.press('Try the Sample Clip')
            app.says('object 3')
        else:
            app.says('frame 1 / ')
        app.key('ctrl+e')
        app.expect('list|list box', 'Formats')
        return app

    def dialog(self):
        """The X window of the dialog."""
        return driver.wait('the dialog', lambda: subprocess.run(
            ['xdotool', 'search', '--onlyvisible', '--name', '^Export$'], capture_output=True, text=True).stdout.split())[-1]

    def click(self, app, node):
        """A click in the dialog, whose pixels are its own."""
        extents = node.get_extents(driver.Atspi.CoordType.WINDOW)
        driver.xdotool('mousemove', '--window', self.dialog(), extents.x + extents.width // 2 + 3,
                       extents.y + extents.height // 2 + 3, 'click', 1)

    def choose(self, app, title, says):
        self.click(app, app.expect('list item', title))
        app.says(says)

    def set_target(self, app, path):
        entry = app.expect('text|entry', 'Where to')
        self.click(app, entry)
        driver.xdotool('key', 'ctrl+a')
        driver.xdotool('type', '--delay', '5', str(path))

    def export(self, app):
        driver.wait('Export can be pressed', lambda: app.find('push button|button', 'Export').get_state_set().contains(
            driver.Atspi.StateType.SENSITIVE))
        app.press('Export')

    def test_davis_masks(self):
        app = self.open()
        app.says('Writes 60 frames with 3 objects: 61 files')
        self.export(app)
        app.says('is written')
        out = self.folder / 'pond-masks'
        self.assertEqual(sorted(p.name for p in out.iterdir()), [f'{i:05}.png' for i in range(60)] + ['manifest.json'])
        self.assertEqual((out / '00000.png').read_bytes()[24:26], b'\x08\x03')  # 8 bit, palette
        app.press('Check alignment')
        app.says('belongs to this clip')
        # What is there is replaced only by who says so.
        (out / '00003.png').unlink()
        self.export(app)
        app.says('is there already. Replace it?')
        app.press('Keep it')
        self.assertFalse((out / '00003.png').exists())
        self.export(app)
        app.says('is there already. Replace it?')
        app.press('Replace it')
        app.says('is written')
        self.assertTrue((out / '00003.png').exists())
        self.assertEqual([p.name for p in self.folder.iterdir() if p.name.startswith('.pond')], [])
        (out / 'notes.txt').write_text('mine')
        self.export(app)
        app.says('holds notes.txt, which no export wrote')

    def test_single_picture_and_table_of_formats(self):
        app = self.open()
        self.choose(app, 'Single picture', 'Writes 1 frame')
        self.export(app)
        app.says('pond-00000.png is written')
        self.assertTrue((self.folder / 'pond-00000.png').exists())
        self.choose(app, 'COCO', 'one file')
        self.export(app)
        app.says('pond.json is written')
        coco = json.loads((self.folder / 'pond.json').read_text())
        self.assertEqual((len(coco['images']), len(coco['categories'])), (60, 3))
        self.choose(app, 'DeepLabCut', 'No frame of the range has labels of skeletons')
        self.assertFalse(app.expect('push button|button', 'Export').get_state_set().contains(
            driver.Atspi.StateType.SENSITIVE))

    def test_soft_masks(self):
        app = self.open()
        self.choose(app, 'Soft masks', 'what the masks are made from')
        last = app.expect('spin button', 'Last frame')
        last.get_value_iface().set_current_value(4)
        app.says('Writes 4 frames with 3 objects')
        self.export(app)
        app.says('pond-soft is written', 60)
        out = self.folder / 'pond-soft'
        self.assertEqual(sorted(p.name for p in out.iterdir()), ['1', '2', '3', 'manifest.json', 'objects.json'])
        for name in ('1/00000.png', '2/00003.png'):
            self.assertEqual((out / name).read_bytes()[16:26],
                             b'\0\0\x02\x80\0\0\x01\x68\x10\0')  # 640x360, 16 bit, grey
        # A mask that a hand made is sure of itself inside; carried, it is where the mask is.
        self.assertGreater(len((out / '1/00003.png').read_bytes()), 5000)

    def test_soft_masks_are_of_the_moment_they_were_asked_for(self):
        app = self.open()
        app.says('ready', 300)
        self.choose(app, 'Soft masks', 'what the masks are made from')
        app.expect('spin button', 'Last frame').get_value_iface().set_current_value(30)
        app.says('Writes 30 frames')
        self.export(app)
        app.says('pond-soft is written', 60)
        self.set_target(app, self.folder / 'edited')
        self.export(app)
        driver.xdotool('windowfocus', '--sync', app.window)
        app.expect('push button|button', 'Cancel export')
        app.key('o')  # what is carried from now on is other
        driver.wait('an edit', lambda: self.provenance(0) == driver.ABSENT)
        app.says('edited is written', 60)
        one, other = self.folder / 'pond-soft', self.folder / 'edited'
        files = sorted(path.relative_to(one) for path in one.rglob('*.png'))
        self.assertEqual(len(files), 90)
        self.assertEqual([file for file in files if (one / file).read_bytes() != (other / file).read_bytes()], [])

    def test_film(self):
        app = self.open()
        self.choose(app, 'Overlay film', 'Codec')
        self.export(app)
        app.says('pond-overlay.mp4 is written')
        film = self.folder / 'pond-overlay.mp4'
        cli = driver.program().parents[1] / 'cli' / 'ferry-cli'
        info = json.loads(subprocess.run([cli, 'info', film, '--json'], capture_output=True, text=True, check=True).stdout)
        self.assertEqual((info['frames'], info['width'], info['frames_per_second']), (60, 640, 25))

    def test_errors_are_told_and_work_stays(self):
        app = self.open()
        self.set_target(app, '/proc/nowhere/out')
        app.says('Writes 60 frames')
        self.export(app)
        app.says('/proc/nowhere')
        self.set_target(app, 'pond')
        app.says('must begin with a slash')
        self.set_target(app, self.folder / 'swan')
        self.export(app)
        app.says('swan is written')

    def test_target_in_the_clip(self):
        clip = self.folder / 'clip'
        clip.mkdir()
        for frame in sorted((driver.SHARED / 'data/davis/JPEGImages/480p/blackswan').glob('*'))[:3] \
                if driver.SHARED.exists() else []:
            (clip / frame.name).write_bytes(frame.read_bytes())
        if not list(clip.iterdir()):
            self.skipTest('no ../shared')
        app = self.open(clip)
        self.choose(app, 'Single picture', 'Writes 1 frame')
        self.set_target(app, clip / 'new.png')
        self.export(app)
        app.says('lies in the clip itself')
        self.assertEqual(len(list(clip.iterdir())), 3)

    def test_closed_dialog_tells_the_end(self):
        app = self.open()
        self.choose(app, 'Overlay film', 'Codec')
        self.export(app)
        driver.xdotool('windowfocus', '--sync', self.dialog())
        driver.xdotool('key', 'Escape')
        app.says('pond-overlay.mp4 is written')
        driver.wait('no dialog', lambda: app.find('list|list box', 'Formats') is None)

    def test_cancel_leaves_nothing(self):
        app = self.open()
        self.choose(app, 'Soft masks', 'what the masks are made from')  # takes seconds: there is time to press
        self.export(app)
        app.press('Cancel export')
        app.says('was cancelled; nothing was written')
        self.assertEqual([p.name for p in pathlib.Path(self.folder).iterdir() if 'pond' in p.name], [])


if __name__ == '__main__':
    tap.main()

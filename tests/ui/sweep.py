#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A clip that is too long for the memory is carried to its end all the same.   usage: sweep.py FERRY"""
import shutil
import unittest

import driver
import tap

DAVIS = driver.SHARED / 'data' / 'davis'
NAME = 'soapbox'  # 99 frames; half of 64 MiB holds some 50 at 240 lines
LATE = 0.8        # of the clip


class Sweep(driver.Case):
    def copy_sequence(self):
        """Its pictures, with the first mask alone."""
        for kind in ('JPEGImages', 'Annotations'):
            target = self.folder / kind / '480p' / NAME
            target.mkdir(parents=True)
            files = sorted((DAVIS / kind / '480p' / NAME).iterdir())
            for file in files if kind == 'JPEGImages' else files[:1]:
                shutil.copy(file, target)
        return self.folder / 'JPEGImages' / '480p' / NAME, len(files)

    @unittest.skipUnless(DAVIS.exists(), 'no ../shared')
    def test_to_the_end(self):
        clip, n = self.copy_sequence()
        settings = self.folder / 'config' / 'glib-2.0' / 'settings'
        settings.mkdir(parents=True)
        (settings / 'keyfile').write_text('[io/github/ferrylabels/Ferry]\nmemory-mib=64\nshort-side=240\n')
        app = self.start(clip)
        app.says(f'frame 1 / {n}')
        driver.wait('all frames carried', lambda: len(self.carried()) == n - 1, 240)
        before = {frame: labels.map for frame, labels in self.labels().items()}
        self.assertIn('frames at a time', app.text())
        app.key('e')
        app.stroke(app.canvas(), [(0.2 + 0.01 * i, 0.25) for i in range(20)])  # once more, from the lists
        driver.wait('the last frames follow', lambda: any(labels.map != before[frame] for frame, labels in
                                                          self.labels().items() if frame > LATE * n), 120)
        self.assertEqual(app.shown_frame(), 1)


if __name__ == '__main__':
    tap.main()

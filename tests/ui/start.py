#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The window starts, empty and with a clip, and ends cleanly.   usage: start.py FERRY"""
import driver
import tap


class Start(driver.Case):
    def test_empty_window_says_what_to_do(self):
        app = self.start()
        app.says('Drop a video')
        app.expect('push button|button', 'Open Video…')
        self.assertEqual(app.quit(), 0)

    def test_sample_clip_opens_with_its_first_mask(self):
        app = self.start()
        app.press('Try the Sample Clip')
        app.says('640×360')
        app.says('object 3')
        self.assertEqual(app.shown_frame(), 1)
        self.assertEqual(app.quit(), 0)

    def test_clip_named_on_the_command_line(self):
        app = self.start(driver.SAMPLE)
        app.says('frame 1 / 60')
        app.key('Right')
        driver.wait('frame 2', lambda: app.shown_frame() == 2)
        app.key('End')
        driver.wait('frame 60', lambda: app.shown_frame() == 60)
        app.key('Home')
        driver.wait('frame 1', lambda: app.shown_frame() == 1)
        self.assertEqual(app.quit(), 0)

    def test_broken_file_is_named(self):
        broken = self.folder / 'broken.mp4'
        broken.write_bytes(b'\0' * 1000)
        app = self.start(broken)
        app.says(str(broken))
        app.says('Drop a video')


if __name__ == '__main__':
    tap.main()

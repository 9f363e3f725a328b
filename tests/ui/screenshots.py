#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes the pictures of README and metainfo: the sample clip, opened, painted, carried, looked into, exported.

usage: screenshots.py FERRY FOLDER   (not a test: run by hand, and look at what comes out)"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import driver

COLOURS = 192  # of a picture: enough for the eye, a third of the bytes


def take(app, folder, name):
    path = folder / f'{name}.png'
    app.screenshot(path)
    subprocess.run(['convert', path, '+dither', '-colors', str(COLOURS), '-define', 'png:compression-level=9', path], check=True)
    print(path)


def main():
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    home = pathlib.Path(tempfile.mkdtemp(prefix='ferry-shots-'))
    manager = subprocess.Popen(['openbox'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        app = driver.App(home)
        app.expect('push button|button', 'Open Video…')
        take(app, folder, 'first-start')
        app.press('Try the Sample Clip')
        app.says('object 3')
        canvas = app.canvas()
        driver.wait('the clip carried', lambda: 'ready' in app.text(), 300)
        app.move(canvas, 0.3, 0.62)
        take(app, folder, 'painting')
        for _ in range(3):
            app.key('shift+Right')
        driver.wait('frame 31', lambda: app.shown_frame() == 31)
        app.key('n')
        driver.wait('a weak frame', lambda: app.shown_frame() != 31)
        take(app, folder, 'trust')
        app.key('c')
        app.click(app.canvas(), 0.45, 0.55)
        app.key('Home')
        driver.wait('frame 1', lambda: app.shown_frame() == 1)
        driver.wait('a map', lambda: 'weight' in app.text().lower(), 60)
        driver.time.sleep(2)
        take(app, folder, 'correspondences')
        app.press('Export…')
        driver.time.sleep(1)
        subprocess.run(['import', '-window', 'root', str(folder / 'export.png')], check=True)
        subprocess.run(['convert', folder / 'export.png', '+dither', '-colors', str(COLOURS), folder / 'export.png'], check=True)
        app.close()
    finally:
        manager.terminate()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == '__main__':
    main()

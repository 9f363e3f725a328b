#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A window from which a file can be dragged.  Says "ready" when it is there.

usage: drag-source.py FILE"""
import sys

import gi

try:
    gi.require_version('Gdk', '4.0')
    gi.require_version('Gtk', '4.0')
except ValueError:
    print('none', flush=True)
    sys.exit(0)
from gi.repository import Gdk, Gio, GLib, Gtk

Gtk.init()
uri = Gio.File.new_for_path(sys.argv[1]).get_uri() + '\r\n'
source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
source.set_content(Gdk.ContentProvider.new_for_bytes('text/uri-list', GLib.Bytes.new(uri.encode())))
window = Gtk.Window(title='Drag source', default_width=160, default_height=160)
window.add_controller(source)
window.connect('map', lambda window: print('ready', flush=True))
window.present()
GLib.MainLoop().run()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which folder may know which: ranks inside the engine, and foreign libraries kept in their place."""
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import tap
import tree

# A folder includes itself and lower ranks only.
RANKS = {'base': 0, 'media': 1, 'weights': 1, 'label': 1, 'compute': 1, 'nn': 2,
         'exchange': 2, 'store': 2, 'match': 3, 'metric': 3, 'propagate': 4, 'session': 5}

# Foreign library: its headers, its types and functions, and the only folders that may use it.
FOREIGN = {
    'FFmpeg': (r'libav\w+/|libsw\w+/', r'\b(AV[A-Z]\w+|Sws[A-Z]\w+|(av|avcodec|avformat|sws)_\w+)\b',
               {'media', 'exchange'}),
    'Vulkan': (r'vulkan/', r'\b(Vk[A-Z]\w+|vk[A-Z]\w+|VK_\w+)\b', {'compute/vulkan'}),
    'libpng': (r'png\.h', r'\bpng_\w+\b', {'media', 'exchange'}),
    'libjpeg': (r'jpeglib\.h|jerror\.h', r'\bjpeg_\w+\b', {'media', 'exchange'}),
    'zlib': (r'zlib\.h', r'\b(z_stream|inflate\w*)\b', {'match', 'weights'}),
    'SQLite': (r'sqlite3\.h', r'\bsqlite3_\w+\b', {'store'}),
    'libsoup': (r'libsoup/', r'\b(Soup[A-Z]\w+|soup_\w+)\b', {'app/models'}),
    'GTK': (r'(gtk|gdk|gsk|pango)/|gdk-pixbuf/', r'\b(Gtk|Gdk|Gsk)[A-Z]\w+|\bg[td]k_\w+\b', {'app'}),
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def folder(path):
    """'media', 'compute/vulkan', 'cli' ...: where below src/ (src/engine/) a file stands."""
    parts = path.relative_to(tree.ROOT / 'src').parts[:-1]
    return '/'.join(parts[1:] if parts[0] == 'engine' else parts)


def may_use(place, allowed):
    return any(place == a or place.startswith(a + '/') for a in allowed)


class Layers(unittest.TestCase):
    def setUp(self):
        self.sources = [(p, folder(p), tree.code(p.read_text())) for p in tree.files('.c', '.h', under=['src'])]
        self.assertTrue(self.sources)

    def test_every_engine_folder_has_a_rank(self):
        for path, place, _ in self.sources:
            if path.is_relative_to(tree.ROOT / 'src/engine'):
                self.assertIn(place.split('/')[0], RANKS, tree.name(path))

    def test_includes_go_down(self):
        wrong = []
        for path, place, text in self.sources:
            own = place.split('/')[0]
            for included, _ in INCLUDE.findall(text):
                part = included.split('/')[0] if '/' in included else own
                if part != own and own in RANKS and RANKS.get(part, 99) >= RANKS[own]:
                    wrong.append(f'{tree.name(path)} (rank {RANKS[own]}) includes {included}')
        self.assertEqual(wrong, [])

    def test_back_ends_do_not_know_each_other(self):
        wrong = [f'{tree.name(path)} includes {included}'
                 for path, place, text in self.sources for included, _ in INCLUDE.findall(text)
                 if included.startswith(('compute/cpu/', 'compute/vulkan/'))
                 and not included.startswith(place + '/')]
        self.assertEqual(wrong, [])

    def test_foreign_libraries_stay_in_their_folders(self):
        wrong = []
        for path, place, text in self.sources:
            systems = [system for _, system in INCLUDE.findall(text) if system]
            for library, (header, symbol, allowed) in FOREIGN.items():
                if may_use(place, allowed):
                    continue
                wrong += [f'{tree.name(path)} includes <{s}>' for s in systems if re.match(header, s)]
                wrong += [f'{tree.name(path)} uses {m[0]} of {library}'
                          for m in re.finditer(symbol, text)]
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    tap.main()

# SPDX-License-Identifier: MIT
"""Checkpoints that try to run code, to fill the memory, or to be read beyond their end."""
import pickle
import struct
import zipfile
import zlib

import torch_files as torch
from torch_files import Storage, Tensor

MIB = 1 << 20


def text(word):
    return b'X' + struct.pack('<I', len(word)) + word.encode()


def nested_dicts(depth):
    return b'}' + b'X\1\0\0\0a}' * depth + b's' * depth


def doubling(depth):
    """Each dictionary holds the one before twice: 2^depth values in a few bytes."""
    code = b'}q\0'
    for _ in range(depth):
        code += b'}(X\1\0\0\0ah\0X\1\0\0\0bh\0uq\0'
    return code


def tensor(storage=None, offset=b'K\0', shape=b'K\2\x85', stride=b'K\1\x85'):
    """{"w": a tensor} whose arguments are given as pickle code."""
    if storage is None:
        storage = b'(' + text('storage') + b'ctorch\nFloatStorage\n' + text('0') + text('cpu') + b'K\2tQ'
    return (b'}' + text('w') + b'ctorch._utils\n_rebuild_tensor_v2\n(' + storage + offset + shape + stride +
            b'\x89ccollections\nOrderedDict\n)RtRs')


def storage(kind=b'ctorch\nFloatStorage\n', key='0', count=b'K\2', word='storage'):
    return b'(' + text(word) + kind + text(key) + text('cpu') + count + b'tQ'


LONG_MAX = b'\x8a\x08' + b'\xff' * 7 + b'\x7f'

# name: (code between PROTO and STOP, error, part of the message)
PICKLES = {
    'os-system': (b'cos\nsystem\n' + text('touch /tmp/owned') + b'\x85R', 'unsupported', 'os.system'),
    'posix-system': (text('posix') + text('system') + b'\x93' + text('id') + b'\x85R', 'unsupported', 'posix.system'),
    'eval': (b'cbuiltins\neval\n' + text('1') + b'\x85R', 'unsupported', 'builtins.eval'),
    'eval2': (b'c__builtin__\neval\n' + text('1') + b'\x85R', 'unsupported', '__builtin__.eval'),
    'getattr': (b'cbuiltins\ngetattr\n', 'unsupported', 'builtins.getattr'),
    'torch-load': (b'ctorch.storage\n_load_from_bytes\nC\1a\x85R', 'unsupported', 'torch.storage._load_from_bytes'),
    'subprocess-newobj': (b'csubprocess\nPopen\n' + text('id') + b'\x85\x81', 'unsupported', 'subprocess.Popen'),
    'inst': (b'(' + text('id') + b'ios\nsystem\n', 'unsupported', 'instruction 0x69'),
    'obj': (b'(cos\nsystem\n' + text('id') + b'o', 'unsupported', 'os.system'),
    'control-characters': (b'cbad\x1b[31m\tmodule\nna\rme\n', 'unsupported', 'bad\\033[31m\\tmodule.na\\rme'),
    'long-name': (b'c' + b'm' * 100000 + b'\nn\n', 'unsupported', 'mmmm'),
    'class-model': (b'ctorchvision.models.resnet\nResNet\n)\x81', 'unsupported', 'state_dict'),
    'module': (b'(' + text('module') + b'NNtQ', 'unsupported', 'whole network'),
    'ext': (b'\x82\1', 'unsupported', 'instruction 0x82'),
    'protocol9': (b'\x80\x09N', 'unsupported', 'protocol 9'),
    'deep-tuple': (b')' + b'\x85' * 900000, 'unsupported', 'no dictionary'),
    'deep-dict': (nested_dicts(100000), 'corrupt', 'nested more than 32'),
    'deep-mark': (b'(' * 3 * MIB, 'unsupported', 'more values'),
    'doubling': (doubling(60), 'corrupt', 'nested more than 32'),
    'doubling-shallow': (doubling(30), 'unsupported', 'values in its dictionaries'),
    'self': (b'}q\0X\1\0\0\0ah\0s', 'corrupt', 'nested more than 32'),
    'self-list': (b'}q\0X\1\0\0\0a]q\1h\1ah\0as', 'unsupported', 'no tensors'),
    'self-state': (b'cargparse\nNamespace\n)Rq\0}X\1\0\0\0ah\0sb', 'corrupt', 'nested more than 32'),
    'many-dicts': (b'}' * 4 * MIB, 'unsupported', 'more values'),
    'many-nones': (b'(' + b'N' * 4 * MIB + b't', 'unsupported', 'more values'),
    'many-dups': (b'N' + b'2' * 4 * MIB, 'unsupported', 'more values'),
    'many-appends': (b']q\0' + b'h\0a' * (2 * MIB + 1), 'unsupported', 'more values'),
    'many-lists': (b'(N]' * MIB, 'unsupported', 'more values'),
    'copied-dicts': (b'](' + b'NN\x86' * 60000 + b'eq\0' + b'ccollections\nOrderedDict\nh\0\x85R0' * 1000,
                     'unsupported', 'more values'),
    'memo-index': (b'Nr\xff\xff\xff\xff', 'unsupported', 'more values'),
    'memo-far': (b'Nr\xff\xff\x0f\0' + b'0Nr\xff\xff\x0f\0' * 1000 + b'0}', 'unsupported', 'no tensors'),
    'memo-unknown': (b'h\7', 'corrupt', 'recalls value 7'),
    'memo-hole': (b'Nq\x05h\4', 'corrupt', 'recalls value 4'),
    'bytes8': (b'\x8e' + b'\xff' * 8, 'corrupt', 'middle of an instruction'),
    'bytes': (b'B\xff\xff\xff\x7f', 'corrupt', 'middle of an instruction'),
    'bytearray8': (b'\x96' + b'\xff' * 7 + b'\x7f', 'corrupt', 'middle of an instruction'),
    'unicode': (b'X\xf0\xff\xff\xff', 'corrupt', 'middle of an instruction'),
    'long4': (b'\x8b\xff\xff\xff\xff', 'corrupt', 'middle of an instruction'),
    'long1': (b'\x8a\xff\1', 'corrupt', 'middle of an instruction'),
    'frame': (b'\x95' + b'\xff' * 8 + b'h', 'corrupt', 'recalls value'),
    'int-text': (b'I12x\n', 'corrupt', 'an integer'),
    'int-huge': (b'I' + b'9' * 5000 + b'\n', 'corrupt', 'an integer'),
    'no-line': (b'c' + b'a' * 1000, 'corrupt', 'middle of an instruction'),
    'underflow': (b'0', 'corrupt', 'empty stack'),
    'underflow-mark': (b'N(0', 'corrupt', 'empty stack'),
    'no-mark': (b'Nt', 'corrupt', 'mark'),
    'tuple3': (b'NN\x87', 'corrupt', 'a tuple'),
    'append-none': (b'NNa', 'corrupt', 'a container'),
    'setitem-list': (b']NNs', 'corrupt', 'a container'),
    'setitems-odd': (b'}(Nu', 'corrupt', 'a container'),
    'setitems-bottom': (b'(NNu', 'corrupt', 'a container'),
    'reduce-none': (b'N)R', 'corrupt', 'a call'),
    'reduce-storage': (b'ctorch\nFloatStorage\n)R', 'corrupt', 'a call'),
    'reduce-list': (b'ccollections\nOrderedDict\n]R', 'corrupt', 'a call'),
    'dict-of-none': (b'ccollections\nOrderedDict\n]Na\x85R', 'corrupt', 'a dictionary'),
    'parameter-empty': (b'ctorch._utils\n_rebuild_parameter\n)R', 'corrupt', 'a call'),
    'number-name': (b'K\1K\2\x93', 'corrupt', 'a name'),
    'root-none': (b'N', 'unsupported', 'no dictionary'),
    'root-empty': (b'}', 'unsupported', 'no tensors'),
    'persistent-none': (b'NQ', 'corrupt', 'a storage'),
    'storage-type': (tensor(storage(b'ctorch\nSize\n')), 'corrupt', 'a storage'),
    'storage-complex': (tensor(storage(b'ctorch\nComplexFloatStorage\n')), 'unsupported', 'ComplexFloatStorage'),
    'storage-negative': (tensor(storage(count=b'J\xff\xff\xff\xff')), 'corrupt', 'a storage'),
    'storage-huge': (tensor(storage(count=LONG_MAX)), 'corrupt', 'bytes'),
    'storage-unknown': (tensor(storage(key='../../etc/passwd\n')), 'corrupt', 'passwd\\n'),
    'tensor-no-storage': (tensor(b'N'), 'corrupt', 'a tensor'),
    'tensor-few': (b'ctorch._utils\n_rebuild_tensor_v2\n(NtR', 'corrupt', 'a tensor'),
    'tensor-outside': (tensor(offset=b'K\1'), 'corrupt', 'outside'),
    'tensor-offset': (tensor(offset=LONG_MAX), 'corrupt', 'outside'),
    'tensor-negative-offset': (tensor(offset=b'J\xff\xff\xff\xff'), 'corrupt', 'outside'),
    'tensor-negative-shape': (tensor(shape=b'J\xff\xff\xff\xff\x85'), 'corrupt', 'outside'),
    'tensor-negative-stride': (tensor(stride=b'J\xff\xff\xff\xff\x85'), 'corrupt', 'outside'),
    'tensor-huge-stride': (tensor(stride=LONG_MAX + b'\x85'), 'corrupt', 'outside'),
    'tensor-overflow': (tensor(shape=LONG_MAX + LONG_MAX + b'\x86', stride=b'K\0K\0\x86'), 'corrupt', 'outside'),
    'tensor-float-shape': (tensor(shape=b'G?\xf0\0\0\0\0\0\0\x85'), 'corrupt', 'a tensor'),
    'tensor-ranks': (tensor(stride=b')'), 'corrupt', 'a tensor'),
    'tensor-rank9': (tensor(shape=b'(' + b'K\1' * 9 + b't', stride=b'(' + b'K\1' * 9 + b't'), 'corrupt', 'a tensor'),
    'name-control': (tensor().replace(text('w'), text('w\n')), 'corrupt', 'printable'),
    'name-utf8': (tensor().replace(text('w'), b'X\1\0\0\0\xff'), 'corrupt', 'printable'),
    'name-empty': (tensor().replace(text('w'), text('')), 'corrupt', 'printable'),
    'name-twice': (tensor() + tensor()[1:], 'corrupt', 'two tensors'),
    'name-long': (tensor().replace(text('w'), text('w' * 513)), 'unsupported', 'no tensors'),
    'name-joined': (b'}' + (text('w' * 400) + b'}') * 2 + tensor()[1:] + b'ss', 'unsupported', 'longer than'),
}

SAFETENSORS = {
    'header-huge': (struct.pack('<Q', 99999999) + b'{}', 'corrupt', 'header of 99999999'),
    'header-cut': (torch.safetensors({})[:-1], 'corrupt', 'header of 2'),
    'header-none': (torch.safetensors(b'{'), 'corrupt', "expected"),
    'header-list': (torch.safetensors(b'{[]}'), 'corrupt', "'\"' expected"),
    'header-number': (torch.safetensors(b'{"a": 1}'), 'corrupt', "'{' expected"),
    'header-deep': (torch.safetensors(b'{"a": ' + b'[' * MIB), 'corrupt', "'{' expected"),
    'header-deep-shape': (torch.safetensors(b'{"a":{"shape":' + b'[' * MIB), 'corrupt', 'whole number'),
    'header-trailing': (torch.safetensors(b'{} x'), 'corrupt', 'something follows'),
    'header-no-comma': (torch.safetensors(b'{"__metadata__":{} "a":{}}'), 'corrupt', 'expected'),
    'header-empty': (torch.safetensors({}), 'unsupported', 'no tensors'),
    'metadata-number': (torch.safetensors({'__metadata__': {'a': 1}}), 'corrupt', "'\"' expected"),
    'text-escape': (torch.safetensors(b'{"\\x":{}}'), 'corrupt', 'not valid JSON'),
    'text-unicode': (torch.safetensors(b'{"\\ud800":{}}'), 'corrupt', 'not valid JSON'),
    'text-zero': (torch.safetensors(b'{"\\u0000":{}}'), 'corrupt', 'not valid JSON'),
    'text-control': (torch.safetensors(b'{"\n":{}}'), 'corrupt', 'not valid JSON'),
    'text-open': (torch.safetensors(b'{"abc'), 'corrupt', 'expected'),
    'number-large': (torch.safetensors(b'{"a":{"shape":[99999999999999999999]}}'), 'corrupt', 'too large'),
    'number-negative': (torch.safetensors(b'{"a":{"shape":[-1]}}'), 'corrupt', 'whole number'),
    'number-float': (torch.safetensors(b'{"a":{"shape":[1.5]}}'), 'corrupt', 'expected'),
    'rank9': (torch.safetensors({'a': {'shape': [1] * 9}}), 'unsupported', 'too many numbers'),
}


def entry(begin, end, shape=(1,), dtype='F32', **more):
    return {'dtype': dtype, 'shape': shape, 'data_offsets': [begin, end], **more}


def json_entry(begin, end):
    return b'{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}' % (begin, end)


SAFETENSORS.update({
    'outside': (torch.safetensors({'a': entry(0, 4)}, b'123'), 'corrupt', 'tensor a'),
    'outside-far': (torch.safetensors({'a': entry(1 << 62, (1 << 62) + 4)}, b'1234'), 'corrupt', 'tensor a'),
    'overlap': (torch.safetensors({'a': entry(0, 4), 'b': entry(2, 6)}, b'123456'), 'corrupt', 'tensor b'),
    'same': (torch.safetensors({'a': entry(0, 4), 'b': entry(0, 4)}, b'1234'), 'corrupt', 'tensor'),
    'gap': (torch.safetensors({'a': entry(0, 4), 'b': entry(5, 9)}, b'123456789'), 'corrupt', 'tensor b'),
    'rest': (torch.safetensors({'a': entry(0, 4)}, b'12345'), 'corrupt', 'end at byte 4'),
    'backwards': (torch.safetensors({'a': entry(4, 0)}, b'1234'), 'corrupt', 'tensor a'),
    'shape': (torch.safetensors({'a': entry(0, 4, [2])}, b'1234'), 'corrupt', 'tensor a'),
    'shape-overflow': (torch.safetensors({'a': entry(0, 4, [1 << 40, 1 << 40])}, b'1234'), 'corrupt', 'tensor a'),
    'shape-overflow-bytes': (torch.safetensors({'a': entry(0, 0, [1 << 62])}), 'corrupt', 'tensor a'),
    'shape-empty-huge': (torch.safetensors({'a': entry(0, 4, [0, 1 << 62, 8])}, b'1234'), 'corrupt', 'tensor a'),
    'dtype': (torch.safetensors({'a': entry(0, 1, dtype='F8_E4M3')}, b'1'), 'unsupported', 'type Ferry does not read'),
    'field': (torch.safetensors({'a': entry(0, 4, extra=1)}, b'1234'), 'corrupt', 'unknown or given twice'),
    'field-missing': (torch.safetensors({'a': {'dtype': 'F32', 'shape': []}}, b''), 'corrupt', 'needs dtype'),
    'offsets-one': (torch.safetensors(b'{"a":{"dtype":"F32","shape":[],"data_offsets":[0]}}'), 'corrupt', 'needs dtype'),
    'twice': (torch.safetensors(b'{"a":%s,"a":%s}' % (json_entry(0, 4), json_entry(4, 8)), b'12345678'),
              'corrupt', 'two tensors'),
    'field-twice': (torch.safetensors(b'{"a":{"shape":[1],"shape":[1]}}'), 'corrupt', 'given twice'),
    'name': (torch.safetensors({'a\n': entry(0, 4)}, b'1234'), 'corrupt', 'printable'),
    'name-first': (torch.safetensors({'a\n': entry(0, 4, [2])}, b'1234'), 'corrupt', 'printable'),
    'name-unicode': (torch.safetensors({'\u00e9' * 200: entry(0, 4, [2])}, b'1234'), 'corrupt', 'does not fit'),
    'name-long': (torch.safetensors({'a' * 600: entry(0, 4)}, b'1234'), 'unsupported', 'too long'),
    'many': (torch.safetensors(b'{' + b','.join(b'"%d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}' % i
                                                for i in range(100001)) + b'}'), 'unsupported', 'too many'),
})

OTHERS = {
    'empty': (b'', 'corrupt', 'is empty'),
    'one-byte': (b'\x80', 'unsupported', 'neither'),
    'web-page': (b'<!DOCTYPE html><html>', 'unsupported', 'web page'),
    'lfs': (b'version https://git-lfs.github.com/spec/v1\n', 'unsupported', 'Git LFS'),
    'tar': (bytes(257) + b'ustar\x0000' + bytes(300), 'unsupported', 'tar archive'),
    'text-pickle': (b"cos\nsystem\n(S'id'\ntR.", 'unsupported', 'neither'),
    'other-pickle': (pickle.dumps({'a': [1, 2]}, 2), 'unsupported', 'not of PyTorch'),
    'big-endian-stream': (torch.stream_header(little=False), 'unsupported', 'little-endian'),
    'protocol-stream': (torch.stream_header(protocol=7), 'unsupported', 'unknown version'),
    'magic-stream': (torch.stream_header(magic=1 << 75), 'unsupported', 'not of PyTorch'),
}


# --- Archives ---

def member(name, data, method=0, size=None, crc=None, flags=0):
    """A member by hand: (name, packed bytes, method, size, CRC, flags)."""
    packed = data
    if method == 8:
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = deflater.compress(data) + deflater.flush()
    return (name.encode(), packed, method, len(data) if size is None else size,
            zlib.crc32(data) if crc is None else crc, flags)


def bomb(name, mib, **claims):
    """A member of that many MiB of zeros, without making them: one deflated MiB over and over."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = deflater.compress(bytes(MIB)) + deflater.flush(zlib.Z_FULL_FLUSH)
    packed = chunk * mib + deflater.flush()
    return name.encode(), claims.get('packed', packed), 8, claims.get('size', mib * MIB), 0, 0


def archive(members, shift=0, local=lambda name: name):
    """A zip file; `shift` moves every place in the directory."""
    body, directory = bytearray(), bytearray()
    for name, packed, method, size, crc, flags in members:
        fields = struct.pack('<HHHHIII', flags, method, 0, 0, crc, len(packed), size)
        directory += (b'PK\1\2\x14\0\x14\0' + fields + struct.pack('<HHHHHI', len(name), 0, 0, 0, 0, 0) +
                      struct.pack('<I', len(body) + shift) + name)
        body += b'PK\3\4\x14\0' + fields + struct.pack('<HH', len(name), 0) + local(name) + packed
    return finish(bytes(body), bytes(directory), len(members))


def finish(body, directory, count, offset=None):
    return body + directory + b'PK\5\6' + struct.pack(
        '<HHHHIIH', 0, 0, count % 65536, count % 65536, len(directory), len(body) if offset is None else offset, 0)


def overlapping():
    """Many directory entries for one body, each claiming it."""
    name, packed, _, size, crc, _ = member('a/data.pkl', bytes(MIB), 8)
    fields = struct.pack('<HHHHIII', 0, 8, 0, 0, crc, len(packed), size)
    body = b'PK\3\4\x14\0' + fields + struct.pack('<HH', len(name), 0) + name + packed
    directory = b''.join(
        b'PK\1\2\x14\0\x14\0' + fields + struct.pack('<HHHHHII', len(name), 0, 0, 0, 0, 0, 0) + name
        for _ in range(2))
    return finish(body, directory, 2)


def quoting():
    """Each member's packed bytes contain the next member: they overlap, under different names."""
    inner = archive([member('b', b'12345678')])[:-22 - 47]
    outer = member('a', inner)
    whole = archive([outer])
    at = whole.index(inner)
    directory = whole[whole.index(b'PK\1\2'):-22]
    second = bytearray(directory)
    second[16:28] = struct.pack('<III', zlib.crc32(b'12345678'), 8, 8)
    second[42:46] = struct.pack('<I', at)
    second[46:47] = b'b'
    return finish(whole[:whole.index(b'PK\1\2')], directory + bytes(second), 2)


def archives():
    good = b'\x80\2' + tensor() + b'.'
    yield 'zip-empty', finish(b'', b'', 0), 'unsupported', 'data.pkl'
    yield 'zip-other', archive([member('readme.txt', b'hello')]), 'unsupported', 'data.pkl'
    yield 'zip-many', archive([member(f'{i}', b'') for i in range(65535)]), 'unsupported', 'data.pkl'
    yield 'zip-bomb', archive([bomb('a/data.pkl', 700)]), 'unsupported', 'more than 512 MiB'
    yield 'zip-bomb-small-claim', archive([bomb('a/data.pkl', 700, size=1000)]), 'corrupt', 'does not inflate'
    yield 'zip-ratio', archive([bomb('a/data.pkl', 700, packed=b'\3\0')]), 'corrupt', 'claims to inflate'
    yield 'zip-budget', archive([member('a/data.pkl', good, 8), bomb('a/byteorder', 600)]), \
        'unsupported', 'more than 512 MiB'
    yield 'zip-large-claim', archive([member('a/data.pkl', good, 8, size=len(good) + 1)]), 'corrupt', 'does not inflate'
    yield 'zip-garbage', archive([('a/data.pkl'.encode(), b'\xff' * 50, 8, 100, 1, 0)]), 'corrupt', 'does not inflate'
    yield 'zip-overlap', overlapping(), 'corrupt', 'two zip members'
    yield 'zip-quoting', quoting(), 'corrupt', 'overlap'
    yield 'zip-encrypted', archive([member('a/data.pkl', good, flags=1)]), 'unsupported', 'encrypted'
    yield 'zip-method', archive([member('a/data.pkl', good, 12)]), 'unsupported', 'method 12'
    yield 'zip-crc', archive([member('a/data.pkl', good, crc=1)]), 'corrupt', 'CRC'
    yield 'zip-shift', archive([member('a/data.pkl', good)], shift=1), 'corrupt', 'directory says'
    yield 'zip-shift-far', archive([member('a/data.pkl', good)], shift=0x7fffffff), 'corrupt', 'directory says'
    yield 'zip-local-name', archive([member('a/data.pkl', good)], local=lambda name: b'b' + name[1:]), \
        'corrupt', 'directory says'
    yield 'zip-stored-size', archive([member('a/data.pkl', good, size=1 << 30)]), 'corrupt', 'directory says'
    yield 'zip-count', archive([member('a/data.pkl', good)])[:-22] + finish(b'', b'', 9)[:12] + \
        archive([member('a/data.pkl', good)])[-10:], 'corrupt', 'directory is damaged'
    yield 'zip-directory', finish(b'PK\3\4', b'', 1, offset=99999), 'corrupt', 'reaches outside'
    yield 'zip-no-storage', archive([member('a/data.pkl', good)]), 'corrupt', 'no member data/0'
    yield 'zip-short-storage', archive([member('a/data.pkl', good), member('a/data/0', b'1234567')]), \
        'corrupt', '7 bytes for a storage of 2 float32'
    yield 'zip-storage-crc', archive([member('a/data.pkl', good), member('a/data/0', b'12345678', crc=5)]), \
        'corrupt', 'CRC'
    yield 'zip-storage-bomb', archive([member('a/data.pkl', good), bomb('a/data/0', 600)]), \
        'unsupported', '512 MiB'
    yield 'zip-big-endian', archive([member('a/data.pkl', good), member('a/byteorder', b'big')]), \
        'unsupported', 'little-endian'


def streams():
    """Pickle tricks that need the storages behind them."""
    def stream(code, keys=("0",), sizes=(2,), data=bytes(8)):
        body = torch.stream_header() + b'\x80\2' + code + b'.' + pickle.dumps(list(keys), 2)
        return body + b''.join(struct.pack('<Q', n) for n in sizes) + data
    view = b'(' + text('v') + b'K\1K\2tt'
    viewed = b'(' + text('storage') + b'ctorch\nFloatStorage\n' + text('0') + text('cpu') + b'K\2' + view + b'Q'
    yield 'stream-view', stream(tensor(viewed)), 'corrupt', 'a storage'
    yield 'stream-count', stream(tensor(), sizes=(1 << 63,)), 'corrupt', 'not the one'
    yield 'stream-short', stream(tensor(), data=bytes(7)), 'corrupt', 'needs 2 elements of float32 and 7 bytes'
    yield 'stream-unknown-key', stream(tensor(), keys=('7',)), 'corrupt', 'not the one'
    yield 'stream-number-key', stream(tensor(), keys=(7,)), 'corrupt', 'not the one'
    yield 'stream-no-keys', stream(tensor(), keys=()), 'corrupt', 'missing or too short'
    yield 'stream-huge', stream(tensor(storage(count=LONG_MAX)), sizes=((1 << 63) - 1,)), 'corrupt', 'needs'
    yield 'stream-types', stream(tensor(storage()) + text('x') + tensor(storage(b'ctorch\nDoubleStorage\n'))[7:]), \
        'corrupt', 'too short'


def everything():
    for name, (code, kind, part) in PICKLES.items():
        data = b'\x80\2' + code + b'.'
        yield f'pickle-{name}', archive([member('a/data.pkl', data), member('a/data/0', bytes(8))]), kind, part
    for name, (code, kind, part) in PICKLES.items():
        if name.split('-')[0] not in ('storage', 'tensor', 'name') and len(code) < MIB:
            yield f'stream-pickle-{name}', torch.stream_header() + b'\x80\2' + code + b'.' + \
                pickle.dumps([], 2), kind, part
    for name, (data, kind, part) in SAFETENSORS.items():
        yield f'safetensors-{name}', data, kind, part
    for name, (data, kind, part) in OTHERS.items():
        yield f'other-{name}', data, kind, part
    yield from archives()
    yield from streams()


def make(folder):
    """Writes the files, and "index" with a line "name error part of the message" for each."""
    with open(folder / 'index', 'w') as index:
        for name, data, kind, part in everything():
            (folder / name).write_bytes(data)
            index.write(f'{name}\t{kind}\t{part}\n')

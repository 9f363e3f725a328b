# SPDX-License-Identifier: MIT
"""Writes and reads checkpoints without PyTorch: its names are stand-ins that pickle alike."""
import collections
import io
import json
import pickle
import struct
import sys
import types
import zipfile

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001

# dtype: (class of its storage, name in safetensors, bytes an element)
DTYPES = {
    'float32': ('FloatStorage', 'F32', 4), 'float16': ('HalfStorage', 'F16', 2),
    'bfloat16': ('BFloat16Storage', 'BF16', 2), 'float64': ('DoubleStorage', 'F64', 8),
    'int64': ('LongStorage', 'I64', 8), 'int32': ('IntStorage', 'I32', 4),
    'int16': ('ShortStorage', 'I16', 2), 'int8': ('CharStorage', 'I8', 1),
    'uint8': ('ByteStorage', 'U8', 1), 'bool': ('BoolStorage', 'BOOL', 1),
}
FORMATS = {'float32': 'f', 'float16': 'e', 'float64': 'd', 'int64': 'q', 'int32': 'i', 'int16': 'h',
           'int8': 'b', 'uint8': 'B', 'bool': '?'}


def module(name):
    """The stand-in for a module, made where it is missing, and the packages around it."""
    if name not in sys.modules:
        sys.modules[name] = types.ModuleType(name)
        parent, _, leaf = name.rpartition('.')
        if parent:
            setattr(module(parent), leaf, sys.modules[name])
    return sys.modules[name]


def function(where, name):
    """A stand-in that pickles as where.name and is never called by us."""
    def stub(*args):
        return (name, args)
    stub.__module__, stub.__name__, stub.__qualname__ = where, name, name
    setattr(module(where), name, stub)
    return stub


def storage_class(name):
    kind = type(name, (), {'__module__': 'torch'})
    setattr(module('torch'), name, kind)
    return kind


STORAGES = {dtype: storage_class(names[0]) for dtype, names in DTYPES.items()}
REBUILD = function('torch._utils', '_rebuild_tensor_v2')
REBUILD_PARAMETER = function('torch._utils', '_rebuild_parameter')
DEVICE = function('torch', 'device')
SIZE = function('torch', 'Size')
SCALAR = function('numpy.core.multiarray', 'scalar')
NUMPY_DTYPE = function('numpy', 'dtype')


class Call:
    """Pickles as function(*args), with attributes if any."""

    def __init__(self, stub, *args, state=None):
        self.stub, self.args, self.state = stub, args, state

    def __reduce__(self):
        return (self.stub, self.args) if self.state is None else (self.stub, self.args, self.state)


def pack(dtype, values):
    if dtype == 'bfloat16':
        return b''.join(struct.pack('<f', value)[2:] for value in values)
    return struct.pack(f'<{len(values)}{FORMATS[dtype]}', *values)


def unpack(dtype, data):
    n = len(data) // DTYPES[dtype][2]
    if dtype == 'bfloat16':
        return [struct.unpack('<f', b'\0\0' + data[2 * i:2 * i + 2])[0] for i in range(n)]
    return struct.unpack(f'<{n}{FORMATS[dtype]}', data[:n * DTYPES[dtype][2]])


class Storage:
    def __init__(self, dtype, values, view=None):
        self.dtype, self.values, self.view = dtype, list(values), view
        self.data = pack(dtype, self.values)


class Tensor:
    def __init__(self, storage, shape, stride=None, offset=0):
        self.storage, self.shape, self.offset = storage, tuple(shape), offset
        self.stride = contiguous(self.shape) if stride is None else tuple(stride)

    def __reduce__(self):
        return REBUILD, (self.storage, self.offset, self.shape, self.stride, False,
                         collections.OrderedDict())

    def elements(self):
        """All values, row-major, as the definition of strides has it."""
        first = self.storage.view[1] if self.storage.view else 0
        values = [first + self.offset]
        for size, stride in zip(self.shape, self.stride):
            values = [at + i * stride for at in values for i in range(size)]
        return [float(self.storage.values[at]) for at in values]


def contiguous(shape):
    stride, strides = 1, []
    for size in reversed(shape):
        strides.insert(0, stride)
        stride *= max(size, 1)
    return tuple(strides)


class Pickler(pickle.Pickler):
    """Gives each storage a key and remembers it."""

    def __init__(self, file, protocol, with_view):
        super().__init__(file, protocol)
        self.with_view, self.keys = with_view, {}

    def persistent_id(self, item):
        if not isinstance(item, Storage):
            return None
        key = self.keys.setdefault(id(item), (str(len(self.keys)), item))[0]
        base = ('storage', STORAGES[item.dtype], key, 'cpu', len(item.values))
        return base + (item.view,) if self.with_view else base


def pickled(item, protocol=2, with_view=False):
    """Returns the pickle and its storages by key."""
    file = io.BytesIO()
    pickler = Pickler(file, protocol, with_view)
    pickler.dump(item)
    return file.getvalue(), dict(pickler.keys.values())


def save_zip(path, item, protocol=2, compression=zipfile.ZIP_STORED, folder='archive', extra=()):
    data, storages = pickled(item, protocol)
    with zipfile.ZipFile(path, 'w', compression) as archive:
        archive.writestr(f'{folder}/data.pkl', data)
        for key, storage in storages.items():
            archive.writestr(f'{folder}/data/{key}', storage.data)
        archive.writestr(f'{folder}/version', '3\n')
        for name, content in extra:
            archive.writestr(f'{folder}/{name}', content)


def stream_header(little=True, magic=MAGIC, protocol=PROTOCOL):
    system = {'protocol_version': PROTOCOL, 'little_endian': little,
              'type_sizes': {'short': 2, 'int': 4, 'long': 4}}
    return b''.join(pickle.dumps(part, 2) for part in (magic, protocol, system))


def save_stream(path, item, protocol=2):
    data, storages = pickled(item, protocol, with_view=True)
    with open(path, 'wb') as file:
        file.write(stream_header() + data + pickle.dumps(sorted(storages), 2))
        for key in sorted(storages):
            file.write(struct.pack('<q', len(storages[key].values)) + storages[key].data)


def safetensors(header, data=b''):
    """The bytes of a file with that header: a dictionary, or the JSON itself."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack('<Q', len(text)) + text + data


def save_safetensors(path, tensors, metadata):
    header, data = {'__metadata__': metadata}, b''
    for name, tensor in tensors.items():
        whole = 'float' not in tensor.storage.dtype
        chunk = pack(tensor.storage.dtype, [int(v) if whole else v for v in tensor.elements()])
        header[name] = {'dtype': DTYPES[tensor.storage.dtype][1], 'shape': tensor.shape,
                        'data_offsets': [len(data), len(data) + len(chunk)]}
        data += chunk
    with open(path, 'wb') as file:
        file.write(safetensors(header, data))


# --- Reading, independently of Ferry ---

class Unpickler(pickle.Unpickler):
    def find_class(self, where, name):
        if (where, name) == ('collections', 'OrderedDict'):
            return collections.OrderedDict
        if name.endswith('Storage'):
            return next(dtype for dtype, names in DTYPES.items() if names[0] == name)
        if name == '_rebuild_tensor_v2':
            return lambda storage, offset, shape, stride, *rest: (storage, offset, shape, stride)
        raise ValueError(f'{where}.{name}')

    def persistent_load(self, item):
        return item[1], item[2]  # dtype, key


def read_torch(path):
    """Returns the unpickled object and a function from key and dtype to bytes."""
    if zipfile.is_zipfile(path):
        archive = zipfile.ZipFile(path)
        name = next(name for name in archive.namelist() if name.endswith('data.pkl'))
        folder = name[:-len('data.pkl')]
        return (Unpickler(io.BytesIO(archive.read(name))).load(),
                lambda key, dtype: archive.read(f'{folder}data/{key}'))
    with open(path, 'rb') as file:
        for _ in range(3):
            pickle.load(file)
        item, keys = Unpickler(file).load(), pickle.load(file)
        rest = file.read()
    item_types = dict(types_of(item))
    found, at = {}, 0
    for key in keys:
        size = struct.unpack_from('<q', rest, at)[0] * DTYPES[item_types[key]][2]
        found[key] = rest[at + 8:at + 8 + size]
        at += 8 + size
    return item, lambda key, dtype: found[key]


def flatten(item, prefix=''):
    for key, value in item.items():
        if isinstance(value, dict):
            yield from flatten(value, f'{prefix}{key}.')
        elif isinstance(value, tuple):
            yield f'{prefix}{key}', value


def types_of(item):
    for _, ((dtype, key), *_) in flatten(item):
        yield key, dtype


def read_tensors(path):
    """Yields (name, dtype, shape, values) of a checkpoint of PyTorch or safetensors."""
    with open(path, 'rb') as file:
        head = file.read(9)
        if head[8:] == b'{':
            size = struct.unpack('<Q', head[:8])[0]
            header = json.loads(b'{' + file.read(size - 1))
            data = file.read()
            header.pop('__metadata__', None)
            for name, entry in header.items():
                dtype = next(d for d, names in DTYPES.items() if names[1] == entry['dtype'])
                begin, end = entry['data_offsets']
                yield name, dtype, entry['shape'], unpack(dtype, data[begin:end])
            return
    item, fetch = read_torch(path)
    for name, ((dtype, key), offset, shape, stride) in flatten(item):
        values = unpack(dtype, fetch(key, dtype))
        if tuple(stride) == contiguous(shape):
            n = 1
            for size in shape:
                n *= size
            values = values[offset:offset + n]
        else:
            places = [offset]
            for size, step in zip(shape, stride):
                places = [at + i * step for at in places for i in range(size)]
            values = [values[at] for at in places]
        yield name, dtype, shape, values


def write_expected(path, tensors):
    """PATH: a line "name dtype shape" for each; PATH.f32: their values one after the other."""
    with open(path, 'w') as lines, open(f'{path}.f32', 'wb') as data:
        for name, dtype, shape, values in tensors:
            lines.write(f'{name} {dtype} [{", ".join(map(str, shape))}]\n')
            data.write(struct.pack(f'<{len(values)}f', *map(float, values)))

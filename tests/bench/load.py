"""Loads linprov's object with the tables that tables.ts wrote, attaches it, says so, and keeps it.

Arguments: the object, tables.json, and a file with rules, if there are any.
"""

import ctypes
import json
import os
import signal
import struct
import sys

MAP_HASH, NO_PREALLOC = 1, 1  # include/uapi/linux/bpf.h
KEY_SIZE, VALUE_SIZE = 104, 24  # struct lp_rule_key, struct lp_rule

libbpf = ctypes.CDLL("libbpf.so.1", use_errno=True)
pointer = ctypes.c_void_p
libbpf.libbpf_set_print(None)
for name in ("object__open_file", "object__next_program", "object__find_map_by_name",
             "program__attach", "object__find_program_by_name"):
    getattr(libbpf, "bpf_" + name).restype = pointer
libbpf.bpf_program__section_name.restype = ctypes.c_char_p


def check(what, result):
    if result < 0:
        sys.exit(f"cannot {what}: {os.strerror(-result)}")
    return result


def find(name):
    return pointer(libbpf.bpf_object__find_map_by_name(loaded, name.encode()))


def update(name, key, value):
    flags = ctypes.c_uint64(0)
    check(f"fill {name}", libbpf.bpf_map_update_elem(libbpf.bpf_map__fd(find(name)), key, value, flags))


class MapOptions(ctypes.Structure):
    """struct bpf_map_create_opts up to map_flags; libbpf takes shorter ones."""

    _fields_ = [("size", ctypes.c_size_t), ("btf", ctypes.c_uint32 * 4), ("inner", ctypes.c_uint32),
                ("map_flags", ctypes.c_uint32)]


def fill_rules(path):
    data = open(path, "rb").read()
    count, shapes_size = struct.unpack_from("<II", data)
    shapes, rest = data[8:8 + shapes_size], data[8 + shapes_size:]
    options = MapOptions(size=ctypes.sizeof(MapOptions), map_flags=NO_PREALLOC)
    inner = check("make a map", libbpf.bpf_map_create(
        MAP_HASH, b"rules", KEY_SIZE, VALUE_SIZE, count, ctypes.byref(options)))
    number = ctypes.c_uint32(count)
    keys = rest[:count * KEY_SIZE]
    values = rest[len(keys):len(keys) + count * VALUE_SIZE]
    check("write the rules", libbpf.bpf_map_update_batch(
        inner, keys, values, ctypes.byref(number), None))
    update("rule_sets", bytes(4), struct.pack("<I", inner))
    update("shapes", bytes(4), shapes)


tables = json.load(open(sys.argv[2]))
loaded = pointer(libbpf.bpf_object__open_file(sys.argv[1].encode(), None))
rodata = bytes.fromhex(tables["rodata"])
check("set the constants", libbpf.bpf_map__set_initial_value(
    find(".rodata"), rodata, ctypes.c_size_t(len(rodata))))
# As src/daemon/kernel.ts has it.
release = [int(part) for part in os.uname().release.split(".")[:2]]
for wanted, name in [(release >= [6, 13], b"wake_up_new_task"), (release < [7, 3], b"copy_process")]:
    if wanted:
        program = libbpf.bpf_object__find_program_by_name(loaded, name)
        check("have it", libbpf.bpf_program__set_autoload(pointer(program), True))
check("load the object", libbpf.bpf_object__load(loaded))
for name, elements in tables["maps"].items():
    for key, value in elements:
        value = bytearray.fromhex(value)
        if name == "config":
            struct.pack_into("<I", value, tables["hostMntNsAt"], os.stat("/proc/1/ns/mnt").st_ino)
        update(name, bytes.fromhex(key), bytes(value))
if len(sys.argv) > 3:
    fill_rules(sys.argv[3])
program, attached = None, 0
while program := libbpf.bpf_object__next_program(loaded, pointer(program)):
    section = libbpf.bpf_program__section_name(pointer(program)).decode()
    # What kernels of other versions need isn't loaded.
    unloaded = libbpf.bpf_program__fd(pointer(program)) < 0
    if unloaded or section == "syscall" or section.startswith("iter/"):
        continue
    if not libbpf.bpf_program__attach(pointer(program)):
        sys.exit(f"cannot attach {section}: {os.strerror(ctypes.get_errno())}")
    attached += 1
print(f"attached {attached}", flush=True)
signal.pause()

"""Attaches the one program of each BPF object named, says so, and keeps them until it is killed."""

import ctypes
import os
import signal
import sys

libbpf = ctypes.CDLL("libbpf.so.1", use_errno=True)
libbpf.libbpf_set_print(None)
for name in ("bpf_object__open_file", "bpf_object__next_program", "bpf_program__attach"):
    getattr(libbpf, name).restype = ctypes.c_void_p
links = 0
for path in sys.argv[1:]:
    name = os.path.basename(path)
    opened = libbpf.bpf_object__open_file(path.encode(), None)
    if not opened:
        sys.exit(f"cannot open {name}")
    if libbpf.bpf_object__load(ctypes.c_void_p(opened)):
        # The kernel has no such hook; linprov leaves it out there too.
        print(f"lacks {name}", flush=True)
        continue
    program = libbpf.bpf_object__next_program(ctypes.c_void_p(opened), None)
    if not libbpf.bpf_program__attach(ctypes.c_void_p(program)):
        sys.exit(f"cannot attach {name}: {os.strerror(ctypes.get_errno())}")
    links += 1
print(f"attached {links}", flush=True)
signal.pause()

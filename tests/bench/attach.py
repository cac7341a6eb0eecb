"""Attaches the one program of each BPF object named, says so, and keeps them until it is killed."""

import ctypes
import os
import signal
import sys

libbpf = ctypes.CDLL("libbpf.so.1", use_errno=True)
libbpf.libbpf_set_print(None)
for name in ("bpf_object__open_file", "bpf_object__next_program", "bpf_program__attach"):
    getattr(libbpf, name).restype = ctypes.c_void_p
for path in sys.argv[1:]:
    name = os.path.basename(path)
    opened = libbpf.bpf_object__open_file(path.encode(), None)
    if not opened:
        sys.exit(f"cannot open {name}")
    failed = libbpf.bpf_object__load(ctypes.c_void_p(opened))
    if failed:
        sys.exit(f"cannot load {name}: {os.strerror(-failed)}")
    program = libbpf.bpf_object__next_program(ctypes.c_void_p(opened), None)
    if not libbpf.bpf_program__attach(ctypes.c_void_p(program)):
        sys.exit(f"cannot attach {name}: {os.strerror(ctypes.get_errno())}")
print(f"attached {len(sys.argv) - 1}", flush=True)
signal.pause()

"""bpf(2) of x86-64, for which the C library has no function."""

import ctypes
import struct

READ_ONLY = 1 << 3  # BPF_F_RDONLY

_libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, attributes):
    """The answer, or minus errno; and the attributes as the kernel left them."""
    buffer = ctypes.create_string_buffer(attributes.ljust(128, b"\0"), 128)
    got = _libc.syscall(321, command, buffer, ctypes.c_uint(128))
    return (got, buffer.raw) if got >= 0 else (-ctypes.get_errno(), b"")


def open_pin(path, flags=0):
    """A descriptor of the map that is pinned there, or minus errno."""
    name = ctypes.create_string_buffer(path.encode())
    return bpf(7, struct.pack("<QII", ctypes.addressof(name), 0, flags))[0]


def element(command, table, *addresses):
    """0, or minus errno, for an element of a map: the addresses of its key, and of its value if the
    command has one."""
    return bpf(command, struct.pack(f"<II{len(addresses)}Q", table, 0, *addresses))[0]

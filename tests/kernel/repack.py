"""Makes another version out of a portable linprov: repack.py IN OUT VERSION [JAVASCRIPT]

VERSION is what it says it is; JAVASCRIPT runs before the program does.
See scripts/launcher/launcher.h for the format.
"""

import hashlib
import os
import re
import struct
import subprocess
import sys

ENTRY = struct.Struct("<40sQQQ")
TRAILER = struct.Struct("<QQ32s8s")


def zstd(data, *flags):
    command = ["zstd", "-q", "-c", *flags]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


source, target, version, *code = sys.argv[1:]
with open(source, "rb") as file:
    whole = file.read()
table, count, _, magic = TRAILER.unpack(whole[-TRAILER.size :])
assert magic == b"LINPROV1", "not a portable linprov"
entries = list(ENTRY.iter_unpack(whole[table : table + count * ENTRY.size]))
(_, offset, packed, _), *parts = entries
made, entries, found = whole[: offset + packed], entries[:1], 0
for name, offset, packed, _ in parts:
    text = zstd(whole[offset : offset + packed], "-d")
    text, here = re.subn(rb'(\bVERSION\d* = )"[^"]*"', rb'\1"%s"' % version.encode(), text)
    found += here
    if name.rstrip(b"\0") == b"main.js":
        text = "".join(code).encode() + b"\n" + text
    frame = zstd(text, "-1", "--check")
    entries.append((name, len(made), len(frame), len(text)))
    made += frame
assert found == 1, "its version stands there %d times" % found
table = len(made)
made += b"".join(ENTRY.pack(*entry) for entry in entries) + struct.pack("<QQ", table, len(entries))
made += hashlib.sha256(made).digest() + magic
with open(target, "wb") as file:
    file.write(made)
os.chmod(target, 0o755)

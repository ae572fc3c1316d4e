"""Writes a zip that holds one file, `bootstrap`, executable, the same bytes each time: bootstrap_zip.py BINARY ZIP.

Zopfli finds the shortest deflate stream that it can, a twenty-fifth shorter than zlib's best, in half a minute or so, with
as many blocks as it likes; Python's own zipfile takes no compressor from outside, so the three records of the format are
written here.
"""

import struct
import sys
import zipfile
import zlib

import zopfli.zlib

NAME = b"bootstrap"
DEFLATED, MIDNIGHT_1980, MADE_BY_UNIX, VERSION = 8, 0x0021 << 16, 3 << 8, 20
EXECUTABLE = 0o100755 << 16


def main(binary, target):
    with open(binary, "rb") as file:
        content = file.read()
    # Between zlib's header of two bytes and its sum of four is the deflate stream.
    packed = zopfli.zlib.compress(content, numiterations=3, blocksplittingmax=0)[2:-4]
    about = struct.pack("<HHHIIIIHH", VERSION, 0, DEFLATED, MIDNIGHT_1980, zlib.crc32(content), len(packed), len(content), len(NAME), 0)
    entry = b"PK\3\4" + about + NAME + packed
    directory = b"PK\1\2" + struct.pack("<H", MADE_BY_UNIX | VERSION) + about + struct.pack("<HHHII", 0, 0, 0, EXECUTABLE, 0) + NAME
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), len(entry), 0)
    with open(target, "wb") as file:
        file.write(entry + directory + end)
    with zipfile.ZipFile(target) as check:
        if check.read("bootstrap") != content:
            sys.exit(f"{target} does not hold {binary}")


main(*sys.argv[1:])

"""unpack -- a part's bytes by the COPY option, never by its name: gzip of one member, zstd, or as they are."""

import subprocess
import threading
import zlib

from .errors import strict

PIECE_BYTES = 1 << 20


def _bad(text):
    return strict(text, "copy-parameters-file-compression", "XX000")


def pieces(reader, compression):
    """Yield the unpacked bytes of a Reader in pieces. Errors: RsError for a broken stream, S3Error."""
    if compression == "gzip":
        return _gzip(reader)
    return _zstd(reader) if compression == "zstd" else _plain(reader)


def _plain(reader):
    first = True
    while True:
        data = reader.read()
        if not data:
            break
        if first and data[:2] == b"\x1f\x8b":
            raise _bad("the part is gzip, but COPY has no GZIP")
        first = False
        yield data


def _gzip(reader):
    """One member: header, checksum and length are zlib's to check; anything behind it is refused."""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    while True:
        data = reader.read()
        if not data:
            break
        if unpacker.eof:
            raise _bad("bytes follow the first gzip member")
        while data:
            try:
                yield unpacker.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                raise _bad(f"the part is no gzip stream: {error}") from None
            data = unpacker.unconsumed_tail
        if unpacker.unused_data:
            raise _bad("bytes follow the first gzip member")
    if not unpacker.eof:
        raise _bad("the gzip stream ends early")


def _zstd(reader):
    """Through the command zstd, since Python 3.11 has no module for it."""
    with subprocess.Popen(["zstd", "-dcq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as command:
        failure = []

        def feed():
            try:
                while data := reader.read():
                    command.stdin.write(data)
            except BrokenPipeError:
                pass
            except Exception as error:  # pylint: disable=broad-except
                failure.append(error)
            finally:
                try:
                    command.stdin.close()
                except BrokenPipeError:
                    pass
        feeder = threading.Thread(target=feed)
        feeder.start()
        try:
            while data := command.stdout.read(PIECE_BYTES):
                yield data
        finally:
            command.stdout.close()
            feeder.join()
        message = command.stderr.read().decode("utf-8", "replace").strip()
    if failure:
        raise failure[0]
    if command.returncode != 0:
        raise _bad(f"the part is no zstd stream: {message[:100]}")

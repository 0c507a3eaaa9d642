"""A file that never fails towards HDF5."""

import io
import os
from typing import BinaryIO


class Sink(io.RawIOBase):
    """What HDF5 writes through: a binary file whose errors are kept for us instead of given to HDF5.

    HDF5 2.0 crashes the process when its own writes fail, e.g. on a full disk: what it could not flush it tries
    again while it closes. So a failed write (offset, bytes) is kept in memory and reads see it; HDF5 closes in
    peace, and the writer stops at its next `check`.
    """

    def __init__(self, file: BinaryIO) -> None:
        """`file` must be open for reading and writing, unbuffered."""
        super().__init__()
        self._file = file
        self._position = 0
        self._kept: list[tuple[int, bytes]] = []
        self._error: OSError | None = None

    def check(self) -> None:
        """Raise the first error there was (OSError), if any."""
        if self._error is not None:
            raise self._error

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to an offset from the start or, with SEEK_END, from the end."""
        self._position = offset + (self._size() if whence == os.SEEK_END else 0)
        return self._position

    def tell(self) -> int:
        """The offset of the next read or write."""
        return self._position

    def write(self, block: bytes | memoryview) -> int:  # type: ignore[override]
        """Write all of a block, in the file or else in memory."""
        view = memoryview(block).cast("B")
        try:
            self.check()
            self._file.seek(self._position)
            done = 0
            while done < len(view):
                done += self._file.write(view[done:])
        except OSError as error:
            self._error = self._error or error
            self._kept.append((self._position, bytes(view)))
        self._position += len(view)
        return len(view)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer from the file and what was kept; zeros where neither has anything."""
        view = memoryview(buffer).cast("B")
        start, end = self._position, self._position + len(view)
        self._file.seek(start)
        content = self._file.read(len(view)).ljust(len(view), b"\0")
        view[:] = content
        for offset, block in self._kept:
            first, last = max(start, offset), min(end, offset + len(block))
            if first < last:
                view[first - start : last - start] = block[first - offset : last - offset]
        self._position = end
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        """Set the size of the file."""
        wanted = self._position if size is None else size
        try:
            self.check()
            self._file.truncate(wanted)
        except OSError as error:
            self._error = self._error or error
        return wanted

    def readable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def _size(self) -> int:
        ends = [offset + len(block) for offset, block in self._kept]
        return max([self._file.seek(0, os.SEEK_END), *ends])

"""A process that reads files for the program, one after the other: `python -m rag.sources.worker MEMORY_BYTES`.

It takes requests from standard input and answers each on standard output (see `wire`), and ends when its input does.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

from rag.errors import SourceError
from rag.sources.confinement import alarm, confine, end_with_parent, take_streams
from rag.sources.pictures import draw_page
from rag.sources.reading import read_file
from rag.sources.wire import (
    Message,
    pack_picture,
    pack_reading,
    receive,
    send,
    unpack_picture_request,
    unpack_request,
)


def main() -> None:
    """Answer requests until there are no more."""
    end_with_parent()
    confine(int(sys.argv[1]))
    incoming, outgoing = take_streams()
    serve(incoming, outgoing)


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Say that this process is ready, then answer each request.

    The answer `exhausted` says that memory ran out: this process is then better ended.
    """
    send(outgoing, {"ready": True})
    while (request := receive(incoming)) is not None:
        try:
            send(outgoing, answer(request))
        except MemoryError:
            send(outgoing, {"exhausted": True})


def answer(request: Message) -> Message:
    """Return the documents of the file that is asked for or the picture of its page, or the `reason` for none."""
    alarm(request["seconds"])
    try:
        picture = unpack_picture_request(request)
        if picture is not None:
            return pack_picture(draw_page(picture))
        return pack_reading(read_file(*unpack_request(request)))
    except SourceError as error:
        return {"reason": str(error)}
    finally:
        alarm(0)


if __name__ == "__main__":
    main()

"""The command `prodflow` for shells: a process of the warm server does the work, with the streams of this one."""

import json
import os
import signal
import socket
import sys


def main() -> None:
    """Hand the command over and end as it ends."""
    address, *arguments = sys.argv[1:]
    here = {"env": dict(os.environ), "cwd": os.getcwd()}  # noqa: PTH109
    request = {"arguments": arguments, **here, "imports": [], "script": None, "strict": False}
    body = json.dumps(request).encode()
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(address)
    socket.send_fds(connection, [len(body).to_bytes(8, "big")], [0, 1, 2])
    connection.sendall(body)
    replies = connection.makefile("rb")
    pid = int(replies.readline())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: os.kill(pid, number))
    for stream in (0, 1, 2):
        os.close(stream)  # the reader of a pipe sees its end when the command closes it
    status = int(replies.readline())
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)  # there is nothing left to flush


if __name__ == "__main__":
    main()

"""The program that serves the page, in a process that notes whom it asks anything: a line for every host in a file.

An audit hook sees what Python's sockets do; it is installed before anything else is imported and cannot be taken off.
"""

import sys
from pathlib import Path


def watch(file: Path) -> None:
    """Note every host that a socket looks up or connects to."""

    def note(event: str, arguments: tuple) -> None:
        if event == "socket.getaddrinfo":
            host = arguments[0]
        elif event == "socket.connect":
            host = arguments[1][0] if isinstance(arguments[1], tuple) else arguments[1]
        else:
            return
        with file.open("a") as lines:
            lines.write(f"{host}\n")

    sys.addaudithook(note)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
    import app

    sys.exit(app.main())

"""Cuts the network off from every Python process that finds this file: only the machine itself can be reached."""

import sys

HERE = {"127.0.0.1", "::1", "localhost", "", None}


def refuse(event: str, arguments: tuple) -> None:
    """Raise when a process looks up or calls another machine."""
    if event == "socket.getaddrinfo" and arguments[0] not in HERE:
        raise OSError(f"the network is cut off: {arguments[0]}")
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in HERE:
        raise OSError(f"the network is cut off: {arguments[1][0]}")


sys.addaudithook(refuse)

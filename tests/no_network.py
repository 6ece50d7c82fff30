"""Run before anything else in a process: from now on no socket to a network can be made.

`forbid()` has the kernel end the process, and every process that it starts, that asks for an
internet socket, whichever language asks; and Python's own audit events end it with a line that says
who asked. Unix sockets, which the window's display needs, stay allowed.
"""

import ctypes
import os
import platform
import struct
import sys
import traceback

#: Number of the call `socket`, and what the kernel calls the processor (linux/audit.h).
_MACHINES = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}
_AF_INET, _AF_INET6 = 2, 10
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06


def can_forbid() -> bool:
    """Whether the kernel can be asked here."""
    return sys.platform == "linux" and platform.machine() in _MACHINES


def forbid() -> None:
    """Ends this process with its first internet socket."""
    sys.addaudithook(_refuse)
    if can_forbid():
        _have_the_kernel_refuse()


def _refuse(event: str, arguments: tuple) -> None:
    asked = event == "socket.__new__" and arguments[1] in (_AF_INET, _AF_INET6)
    if asked or event == "socket.getaddrinfo":
        sys.__stderr__.write(f"a socket was asked for: {event} {arguments}\n")
        traceback.print_stack(file=sys.__stderr__)
        sys.__stderr__.flush()
        os._exit(99)


def _have_the_kernel_refuse() -> None:
    """A seccomp filter: call `socket` with AF_INET or AF_INET6 kills; children inherit it."""
    number, machine = _MACHINES[platform.machine()]
    program = [
        (_LOAD, 0, 0, 4),  # the processor
        (_EQUALS, 0, 5, machine),
        (_LOAD, 0, 0, 0),  # the call
        (_EQUALS, 0, 3, number),
        (_LOAD, 0, 0, 16),  # its first argument
        (_EQUALS, 2, 0, _AF_INET),
        (_EQUALS, 1, 0, _AF_INET6),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in program)
    steps = ctypes.create_string_buffer(code)
    filter_ = struct.pack("HxxxxxxP", len(program), ctypes.addressof(steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, filter_, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")

"""Imitates a kernel without seccomp filters for one process."""

from __future__ import annotations

import ctypes
import platform
import struct

_PRCTL = {"x86_64": 157, "aarch64": 167}[platform.machine()]


def refuse_filters() -> None:
    """For a child process: makes prctl fail to install a filter, as kernels without filters do."""
    instructions = (
        (0x20, 0, 0, 0),  # load the number of the call
        (0x15, 0, 3, _PRCTL),
        (0x20, 0, 0, 16),  # load the first argument
        (0x15, 0, 1, 22),  # PR_SET_SECCOMP
        (0x06, 0, 0, 0x00050000 | 22),  # fail with EINVAL
        (0x06, 0, 0, 0x7FFF0000),  # allow
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in instructions))
    head = struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.create_string_buffer(head)):
        raise OSError(ctypes.get_errno(), "no filter")

"""Linux Landlock: a process gives up rights over files, sockets and signals for good.

No privilege is needed (kernel 5.13; sockets 6.7, signals 6.12); what an older
kernel does not know is not barred. See landlock(7).
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_WRITE_FILE = 1 << 1
# Removing and making of every kind; linking across folders (2), truncating (3).
_CHANGE_TREE = sum(1 << bit for bit in range(4, 13))
_BY_VERSION = ((2, 1 << 13), (3, 1 << 14))
_TCP_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
_TCP_VERSION, _SCOPE_VERSION = 4, 6
_FILE_RIGHTS = _WRITE_FILE | 1 << 14


def version() -> int:
    """What this kernel knows of Landlock; 0 where it knows nothing."""
    if sys.platform != "linux":
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)))


def bars_tcp() -> bool:
    """Whether `restrict` keeps a process from TCP connections on this kernel."""
    return version() >= _TCP_VERSION


def restrict(writable: Iterable[str]) -> bool:
    """Write only beneath these paths; no TCP, no signals to others. False where unknown.

    PR_SET_NO_NEW_PRIVS must be set. Reading stays free: the readers load their
    libraries when first needed.
    """
    known = version()
    if known == 0:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    rights = _WRITE_FILE | _CHANGE_TREE
    rights |= sum(right for since, right in _BY_VERSION if known >= since)
    attributes = struct.pack("=Q", rights)
    if known >= _TCP_VERSION:
        attributes += struct.pack("=Q", _TCP_BIND_AND_CONNECT)
    if known >= _SCOPE_VERSION:
        attributes += struct.pack("=Q", _ABSTRACT_SOCKETS_AND_SIGNALS)
    rules = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        for path in writable:
            _allow(libc, rules, path, rights)
        return bool(libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        allowed = rights if os.path.isdir(path) else rights & _FILE_RIGHTS  # noqa: PTH112  a name
        rule = struct.pack("=Qi", allowed, descriptor)
        libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)

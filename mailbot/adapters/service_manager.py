"""The service manager that started us (systemd): ready, alive, stopping.

Without one, nothing is said. The messages are datagrams of `KEY=value` lines to the
socket it named, as sd_notify(3) lays down.
"""

import os
import socket
from contextlib import suppress


def tell(message: str) -> bool:
    """Send one message; False where nobody listens. Never raises."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return False
    where = f"\0{address[1:]}" if address.startswith("@") else address
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
        speaker.settimeout(0)  # a manager that does not read must not stop us
        speaker.sendto(message.encode(), where)
        return True
    return False

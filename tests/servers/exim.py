"""A real queueing Exim on loopback that relays everything to a recording sink."""

import secrets
import shutil
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

from servers.daemon import (
    Daemon,
    free_port,
    give_away,
    program,
    remove,
    run_ids,
    start,
    work_folder,
)
from servers.fault_smtp import FaultSmtp, Received, running

USER, PASSWORD = "box@test.example", "secret"
PACKAGE = "exim4-daemon-light"

CONFIG = r"""
exim_user = {user}
exim_group = {group}
trusted_users = {user}
never_users =
keep_environment =
deliver_drop_privilege = true
spool_directory = {base}/spool
log_file_path = {base}/log/%slog
pid_file_path = {base}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
primary_hostname = mta.test
smtp_banner = {greeting}
host_lookup =
rfc1413_hosts =
dns_again_means_nonexist = *
message_size_limit = 60M
smtp_accept_max = 50
smtp_accept_queue_per_connection = 0
queue_run_max = 2
acl_smtp_rcpt = rcpt
acl_smtp_data = data
acl_smtp_auth = accept
begin acl
rcpt:
  deny local_parts = ^reject
    message = 550 5.1.1 no such user
  defer local_parts = ^greylist
    message = 451 4.7.1 try later
  deny local_parts = ^quota
    message = 552 5.2.2 mailbox full
  drop local_parts = ^drop
    message = 550 5.7.1 closing
  accept
data:
  deny condition = ${{if match{{$rh_Subject:}}{{SPAMTEST}}}}
    message = 554 DT:SPM rejected by content
  accept
begin routers
sink:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = sink
begin transports
sink:
  driver = smtp
  port = {sink_port}
  hosts_try_fastopen =
  allow_localhost
begin retry
* * F,1m,2s; F,1h,30s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{name}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = yes
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{name}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
  server_advertise_condition = yes
"""


@dataclass
class Exim:
    """A running MTA; `sink` is where it delivers, and can be scripted to refuse or drop."""

    daemon: Daemon
    base: Path
    port: int
    sink: FaultSmtp
    stack: ExitStack = field(repr=False)
    host: str = "127.0.0.1"
    user: str = USER
    password: str = field(default=PASSWORD, repr=False)

    def sent(self) -> list[Message]:
        """What Exim has delivered so far, parsed."""
        return self.sink.sent()

    def wait_for(self, count: int, seconds: float = 60) -> list[Received]:
        """The first `count` delivered mails; fails when they do not come."""
        give_up = time.monotonic() + seconds
        while len(self.sink.mails) < count:
            assert time.monotonic() < give_up, f"{len(self.sink.mails)} of {count}: {self.log()}"
            time.sleep(0.02)
        return self.sink.mails[:count]

    def log(self) -> str:
        path = self.base / "log" / "mainlog"
        return path.read_text(errors="replace")[-4000:] if path.exists() else self.daemon.log()

    def queued(self) -> int:
        """Mails still waiting in Exim's own queue."""
        answer = subprocess.run(
            [*self.daemon.command[: -len(_DAEMON)], "-bpc"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return int(answer.stdout.split()[-1])

    def stop(self) -> None:
        self.daemon.stop()
        self.stack.close()
        remove(self.base)


_DAEMON = ("-bdf", "-q2s")


def start_exim() -> Exim:
    """Start Exim as a plain user; fails the run where it is not installed."""
    binary = program("exim4", PACKAGE)
    base = work_folder("ex")
    stack = ExitStack()
    sink = FaultSmtp(user="sink", extensions=("PIPELINING", "8BITMIME"))
    stack.enter_context(running(sink))
    copy = base / "exim"
    shutil.copyfile(binary, copy)  # a copy loses the set-uid bit, so -C is honoured
    copy.chmod(0o755)
    for name in ("spool", "log"):
        (base / name).mkdir()
        give_away(base / name)
    greeting, port = f"test-{secrets.token_hex(8)}", 0

    def launch() -> tuple[Daemon, int]:
        nonlocal port
        port = free_port()
        user, group = run_ids()
        config = base / "exim.conf"
        config.write_text(
            CONFIG.format(
                base=base,
                user=user,
                group=group,
                port=port,
                sink_port=sink.port,
                greeting=greeting,
                name=USER,
                password=PASSWORD,
            )
        )
        return Daemon([str(copy), "-C", str(config), *_DAEMON], base / "output"), port

    daemon = start(launch, greeting.encode())
    return Exim(daemon, base, port, sink, stack)

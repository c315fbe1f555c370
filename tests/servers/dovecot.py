"""A real Dovecot on loopback: plain with STARTTLS, and implicit TLS."""

import grp
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from servers.certificates import Certificates, make_certificates
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
from servers.mail_server import MailServer

PASSWORD = "secret"  # static for every user of the throw-away server
PACKAGE = "dovecot-imapd"

CONFIG = """\
base_dir = {base}/run
state_dir = {base}/run
log_path = {base}/dovecot.log
login_greeting = {greeting}
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_max_userip_connections = 200
mail_location = maildir:{base}/mail/%u:INDEX={base}/index/%u
mailbox_list_index = no
mail_fsync = never
auth_failure_delay = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox 草稿箱 {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox 已发送 {{
    auto = create
    special_use = \\Sent
  }}
  mailbox 已删除 {{
    auto = create
    special_use = \\Trash
  }}
  mailbox 垃圾邮件 {{
    auto = create
    special_use = \\Junk
  }}
  mailbox 病毒文件夹 {{
    auto = create
  }}
  mailbox 广告邮件 {{
    auto = create
  }}
  mailbox 订阅邮件 {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap {{
  process_limit = 200
}}
"""


@dataclass
class Dovecot:
    """A running server; every user name with the static password is an empty account."""

    daemon: Daemon
    base: Path
    port: int
    tls_port: int
    certificates: Certificates

    def account(self) -> MailServer:
        """A fresh account nobody else uses."""
        user = f"u{secrets.token_hex(6)}"
        ca = self.certificates.ca
        return MailServer("127.0.0.1", self.port, user, PASSWORD, self.port, self.tls_port, ca)

    def stop(self) -> None:
        self.daemon.stop()
        remove(self.base)


def start_dovecot() -> Dovecot:
    """Start Dovecot as a plain user; fails the run where it is not installed."""
    binary = program("dovecot", PACKAGE)
    _check_version(binary)
    base = work_folder("dc")
    certificates = make_certificates(base)
    for path in base.iterdir():
        give_away(path)
    greeting = f"test-{secrets.token_hex(8)}"
    ports = [0, 0]

    def launch() -> tuple[Daemon, int]:
        ports[:] = [free_port(), free_port()]
        config = base / "dovecot.conf"
        config.write_text(_config(base, greeting, certificates, *ports), encoding="utf-8")
        daemon = Daemon([binary, "-F", "-c", str(config)], base / "output")
        return daemon, ports[0]

    daemon = start(launch, greeting.encode())
    return Dovecot(daemon, base, ports[0], ports[1], certificates)


def _check_version(binary: str) -> None:
    """The configuration above is of 2.3; 2.4 renamed most settings."""
    answer = subprocess.run(
        [binary, "--version"], capture_output=True, text=True, check=True, timeout=60
    )
    version = tuple(int(part) for part in answer.stdout.split()[0].split(".")[:2])
    assert version[0] == 2, f"Dovecot 2 is needed, not {answer.stdout!r}"
    assert version < (2, 4), f"Dovecot 2.3 is needed, not {answer.stdout!r}"


def _config(base: Path, greeting: str, certificates: Certificates, port: int, tls: int) -> str:
    user, group = run_ids()
    return CONFIG.format(
        base=base,
        greeting=greeting,
        certificate=certificates.certificate,
        key=certificates.key,
        user=_name_of_user(user),
        group=_name_of_group(group),
        password=PASSWORD,
        port=port,
        tls_port=tls,
    )


def _name_of_user(number: int) -> str:
    return pwd.getpwuid(number).pw_name


def _name_of_group(number: int) -> str:
    return grp.getgrgid(number).gr_name

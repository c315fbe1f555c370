"""A certificate authority of one session, and a server certificate for loopback."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from servers.daemon import program


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files; `ca` is what a client must trust."""

    ca: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path, *, names: str = "DNS:localhost,IP:127.0.0.1") -> Certificates:
    """Make an authority and a certificate for `names` in `folder`."""
    openssl = program("openssl", "openssl")
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    leaf, leaf_key, request = folder / "leaf.pem", folder / "leaf.key", folder / "leaf.csr"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    ca_extensions = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    _run(
        openssl,
        "req",
        "-x509",
        *curve,
        "-keyout",
        ca_key,
        "-out",
        ca,
        "-days",
        "3650",
        "-subj",
        "/CN=test authority",
        *ca_extensions,
    )
    _run(openssl, "req", *curve, "-keyout", leaf_key, "-out", request, "-subj", "/CN=test server")
    extensions = folder / "leaf.ext"
    extensions.write_text(
        f"subjectAltName={names}\nbasicConstraints=critical,CA:FALSE\n"
        "keyUsage=critical,digitalSignature\nauthorityKeyIdentifier=keyid\n"
    )
    _run(
        openssl,
        "x509",
        "-req",
        "-in",
        request,
        "-CA",
        ca,
        "-CAkey",
        ca_key,
        "-CAcreateserial",
        "-out",
        leaf,
        "-days",
        "3650",
        "-extfile",
        extensions,
    )
    return Certificates(ca=ca, certificate=leaf, key=leaf_key)


def _run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=60)

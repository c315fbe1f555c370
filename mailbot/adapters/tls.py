"""TLS with certificate checks, the same for IMAP and SMTP."""

import ssl

from mailbot.config import Server
from mailbot.errors import ConfigError


def tls_context(section: str, config: Server) -> ssl.SSLContext | None:
    """A context that checks certificate and host name; None where `tls` is "none".

    Raises:
        ConfigError: `ca_file` cannot be read as certificates.
    """
    if config.tls == "none":
        return None
    try:
        return ssl.create_default_context(cafile=config.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{section}.ca_file",
            f"证书文件无法读取（{error.__class__.__name__}）",
            "请填写 PEM 格式证书文件的路径，或留空使用系统证书",
        ) from error


def tls_advice(error: BaseException) -> str:
    """What a clerk should know of a failed handshake; "" for other errors."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"服务器证书未通过校验（{error.verify_message}），请核对服务器地址、ca_file 和本机时间"
        )
    if isinstance(error, ssl.SSLError):
        return "加密连接失败，请核对端口与 tls 设置是否相符"
    return ""

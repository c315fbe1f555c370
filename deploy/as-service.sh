#!/bin/sh
# 以 systemd 服务的用户和授权码执行 mailbot 命令（root 执行），例如：
#   sh /opt/mailbot/deploy/as-service.sh doctor
# 授权码由 LoadCredential 只交给服务自己，runuser 拿不到；此处照服务文件里的各行交给这一次执行。
set -eu
unit=/etc/systemd/system/mailbot.service
[ $# -gt 0 ] || set -- doctor
set -- -- /opt/mailbot/.venv/bin/mailbot --config /var/lib/mailbot/config.toml "$@"
for line in $(grep -E '^(LoadCredential|LoadCredentialEncrypted)=' "$unit"); do
    set -- "--property=$line" "$@"
done
exec systemd-run --quiet --pty --wait --collect --uid=mailbot --gid=mailbot \
    --working-directory=/var/lib/mailbot "$@"

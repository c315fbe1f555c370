#!/usr/bin/env bash
# Remakes the pictures of the letters and of the board from a demonstration.
# Needs chromium, imagemagick and a finished `mailbot demo --out DIR`.
set -euo pipefail
out=${1:-demo-out}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$out/data/mailbot.db" "$work" <<'PY'
import pathlib, sqlite3, sys
database, work = sqlite3.connect(sys.argv[1]), pathlib.Path(sys.argv[2])
letters = {
    "receipt": "receipt/%", "emergency": "alert/%", "reminder": "reminder/%",
    "daily": "digest/daily/2023-04-2%", "overview": "digest/weekly/%", "chase": "followup/%",
}
for name, key in letters.items():
    row = database.execute(
        "select html from outbox where key like ? order by length(html) desc limit 1", (key,)
    ).fetchone()
    (work / f"{name}.html").write_text(row[0], encoding="utf-8")
PY
for page in "$work"/*.html; do
    name=$(basename "$page" .html)
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$work/profile" --hide-scrollbars --window-size=400,1400 \
        --screenshot="$work/$name.png" "file://$page" >/dev/null 2>&1
    convert "$work/$name.png" -crop 400x1100+0+0 +repage -bordercolor '#f3f4f6' -trim +repage -colors 48 "$here/$name.png"
done
picture() { # name, page of the board, width, height
    chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --user-data-dir="$work/profile" --hide-scrollbars --window-size="$3,$4" \
        --screenshot="$work/$1.png" "file://$(realpath "$out")/data/board/$2.html" >/dev/null 2>&1
    convert "$work/$1.png" -dither None -colors 64 "$here/$1.png"
}
picture board index 1000 900
picture board-drafts drafts 1000 760
picture board-phone overdue 500 900

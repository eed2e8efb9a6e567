#!/bin/bash
# Makes the fallback fonts again, the same bytes every time: make.sh FOLDER
# FOLDER holds NotoSansCJK-Medium.ttc of Debian's fonts-noto-cjk-extra 1:20220127 and the NotoSans*[wght].ttf and
# NotoEmoji[wght].ttf of the wheel manimgx-fonts 2026.9.26.post1. Needs fonttools 4.68.0.
set -euo pipefail
from=$1 here=$(dirname "$0") work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=0

# The Han characters of GB 2312, of Big5's first level, of JIS X 0208 and of KS X 1001.
han=$(python3 - <<'PYTHON'
SETS = (("gb2312", 0xA1, 0xF7), ("big5", 0xA4, 0xC6), ("shift_jis", 0x81, 0xEF), ("euc_kr", 0xA1, 0xFE))
found = {
    bytes((first, second)).decode(codec, "ignore")
    for codec, low, high in SETS
    for first in range(low, high + 1)
    for second in range(0x40, 0xFF)
}
print(",".join(f"{ord(one):x}" for one in sorted(found) if len(one) == 1 and "\u3400" <= one <= "\u9fff"))
PYTHON
)

cut() { # FILE UNICODES [OPTION...]
    pyftsubset "$1" --output-file="$here/$2" --unicodes="$3" --no-hinting --name-IDs=0,1,2,4,6,13,14 "${@:4}"
}

pinned() { # SOURCE NAME UNICODES
    fonttools varLib.instancer --quiet --static --output="$work/$2" "$from/$1" wght=600
    cut "$work/$2" "$2" "$3" --layout-features='*'
}

cut "$from/NotoSansCJK-Medium.ttc" fallback-cjk.otf \
    "3000-30ff,31f0-31ff,3131-318e,ac00-d7a3,$han" --font-number=2 --layout-features=
pinned 'NotoSansArabic[wght].ttf' fallback-arabic.ttf 0600-06ff,0750-077f,200c-200d
pinned 'NotoSansHebrew[wght].ttf' fallback-hebrew.ttf 0591-05f4
pinned 'NotoSansThai[wght].ttf' fallback-thai.ttf 0e01-0e5b
pinned 'NotoSansDevanagari[wght].ttf' fallback-devanagari.ttf 0900-097f,200c-200d
pinned 'NotoSansArmenian[wght].ttf' fallback-armenian.ttf 0531-058f
pinned 'NotoSansGeorgian[wght].ttf' fallback-georgian.ttf 10a0-10ff,1c90-1cbf
pinned 'NotoEmoji[wght].ttf' fallback-emoji.ttf 23,2a,30-39,200d,203c-3299,fe0f,1f000-1ffff,e0020-e007f

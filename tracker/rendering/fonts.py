"""The fonts of what is printed by way of a page."""

# Names of the fonts of official documents first (GB/T 9704—2012), then what other systems have.
FONTS = {
    "title": "'方正小标宋简体','FZXiaoBiaoSong-B05S','Noto Serif CJK SC','Source Han Serif SC',SimSun,serif",
    "body": "'仿宋_GB2312',FangSong,'Noto Serif CJK SC','Source Han Serif SC',STFangsong,serif",
    "heading": "'黑体',SimHei,'Noto Sans CJK SC','Source Han Sans SC',sans-serif",
    "part": "'楷体_GB2312',KaiTi,'Noto Serif CJK SC','Source Han Serif SC',STKaiti,serif",
}

"""People as a list may show them: enough to tell two apart at the counter, too little to read over a shoulder."""

# What stands before the name of an organisation, whose name anybody may read.
ORGANISATIONS = (
    "công ty", "tổng công ty", "doanh nghiệp", "hợp tác xã", "htx", "dntn", "chi nhánh", "ngân hàng", "trung tâm",
    "bệnh viện", "trường học", "trường mầm non", "trường tiểu học", "trường trung học", "trường thpt", "trường thcs",
    "trường cao đẳng", "trường đại học", "ủy ban", "uỷ ban", "ubnd",
)  # fmt: skip


def masked_name(name: str) -> str:
    """“Nguyễn Thị Lan” -> “N. T. Lan”; an organisation's name as it is."""
    words = name.split()
    if f"{' '.join(words)} ".casefold().startswith(tuple(f"{one} " for one in ORGANISATIONS)):
        return " ".join(words)
    *before, last = words or [""]
    return " ".join([*(f"{part[0]}." for part in before), last])

"""People as a list may show them: enough to tell two apart at the counter, too little to read over a shoulder."""


def masked_name(name: str) -> str:
    """“Nguyễn Thị Lan” -> “N. T. Lan”."""
    *before, last = name.split() or [""]
    return " ".join([*(f"{part[0]}." for part in before), last])

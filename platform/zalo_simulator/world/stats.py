from collections import Counter


class Stats:
    """Counters since start or reset; nothing of them is Zalo's, they are for tests and benchmarks."""

    def __init__(self):
        self.accepted: Counter = Counter()  # (oa_id, kind)
        self.duplicates: Counter = Counter()  # oa_id: same text to the same user id again
        self.shown: Counter = Counter()  # oa_id
        self.answers: Counter = Counter()  # error code
        self.faults: Counter = Counter()  # kind
        self.webhooks: Counter = Counter()  # delivered, failed attempts, retried, dropped, skipped
        self.requests = 0

    def as_dict(self) -> dict:
        accounts: dict[str, dict] = {}
        for (oa_id, kind), count in sorted(self.accepted.items()):
            accounts.setdefault(oa_id, {"accepted": {}})["accepted"][kind] = count
        for oa_id, row in accounts.items():
            row["accepted_total"] = sum(row["accepted"].values())
            row["duplicates"] = self.duplicates[oa_id]
            row["shown"] = self.shown[oa_id]
        return {
            "requests": self.requests,
            "accepted": sum(self.accepted.values()),
            "shown": sum(self.shown.values()),
            "duplicates": sum(self.duplicates.values()),
            "errors": {str(code): count for code, count in self.answers.items() if code},
            "faults": dict(self.faults),
            "webhooks": {
                name: self.webhooks[name]
                for name in ("sent", "delivered", "failed", "retried", "skipped", "dropped", "pending")
            },
            "oas": accounts,
        }

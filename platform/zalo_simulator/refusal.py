class Refusal(Exception):
    """The control API says no: a Vietnamese sentence that names the remedy, and an HTTP status."""

    def __init__(self, message: str, status: int = 400):
        super().__init__(message)
        self.message, self.status = message, status

"""What a province lets us send and spend: hours, switches, money, quotas, and whom it may write to on trial."""

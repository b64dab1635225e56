"""ZBS (formerly ZNS) template messages, served under /business."""

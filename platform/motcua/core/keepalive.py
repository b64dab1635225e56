"""How soon a server behind a cut cable is given up: whoever waits for its answer sends nothing, and hears nothing."""

import socket

IDLE_S, INTERVAL_S, COUNT = 5, 2, 3
UNANSWERED_MS = 10_000

LIBPQ = {
    "keepalives_idle": IDLE_S,
    "keepalives_interval": INTERVAL_S,
    "keepalives_count": COUNT,
    "tcp_user_timeout": UNANSWERED_MS,
}
SOCKET = {
    socket.TCP_KEEPIDLE: IDLE_S,
    socket.TCP_KEEPINTVL: INTERVAL_S,
    socket.TCP_KEEPCNT: COUNT,
    socket.TCP_USER_TIMEOUT: UNANSWERED_MS,
}

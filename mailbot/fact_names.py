"""Names under which the daemon keeps its small facts; read by `status` without the daemon."""

LAST_TICK, LAST_POLL = "tick.finished", "poll.finished"
POLL_FAILURE, BREAKER = "poll.failure", "poll.breaker"
BOARD_FAILURE = "board.failure"
MARKED = "secret"  # kind of a mail that bears a mark of state secrets

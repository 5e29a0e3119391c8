-- Who sees some groups asks for a queue that may be in none of them, or was in another before.
CREATE INDEX log_queue_grp ON log (queue, grp, n);

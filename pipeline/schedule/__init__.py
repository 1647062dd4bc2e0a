"""The same refresh every night, for those who have no scheduler of their own.

`cron` and `plan` are pure: an expression, and the moments it means. `runner` starts one child
process and ends it with all that it started. `service` brings them together with APScheduler;
`journal` says what it did and will do next, `lock` keeps a second one away. `units` writes the
same plan for systemd, cron and launchd.

This module imports nothing, so that `journal.read` answers at once.
"""

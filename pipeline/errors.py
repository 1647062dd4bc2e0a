"""What can stop a command, with an exit code a family.

    ScholarMetricsError
    ├── ConfigError      2   usage or configuration: mend the file or the command line
    ├── NothingFresh     3   no provider answered; the outputs were kept
    ├── ChecksFailed     4   everything that came was refused by checks; the outputs were kept
    └── StorageError     5   history or outputs could not be read or written
        ├── HistoryDamaged   a file of the history fails its checksum
        ├── Locked           another run holds the history
        └── PublishRefused   the data branch could not be written, or is not ours

Exit code 1 (partial) is no error: something is stale or refused, the rest was written.
Each message is one line and ends with what to do next.
"""


class ScholarMetricsError(Exception):
    """Base of all errors that a command reports in one line."""

    exit_code = 1


class ConfigError(ScholarMetricsError):
    """A wrong option, file or configuration value; says where and what is nearest."""

    exit_code = 2


class NothingFresh(ScholarMetricsError):
    """No provider gave a usable answer."""

    exit_code = 3


class ChecksFailed(ScholarMetricsError):
    """New figures came, and every one of them was refused."""

    exit_code = 4


class StorageError(ScholarMetricsError):
    """Disk, permissions, or a damaged file."""

    exit_code = 5


class HistoryDamaged(StorageError):
    """A history file does not match its checksum; it was set aside and is named."""


class Locked(StorageError):
    """Another run is writing to the same history."""


class PublishRefused(StorageError):
    """The data branch cannot or must not be written; says why, and the way out."""

"""What can go wrong, each with its next step.

BackupError
├── CannotWrite     the file exists, or its folder cannot be written or is full
├── BackupDamaged   no backup, cut short, or a digest does not fit
├── NotOurs         not signed by the key that is known here, or no key is known
├── NoRoom          it needs more space than there is
├── OtherVersion    made by a newer version, or the database has later tables already
├── TargetNotEmpty  the state folder or the database holds something
├── OtherKeys       the keys folder is another installation's
└── HeadsDiffer     what was restored does not verify; nothing was kept
"""


class BackupError(Exception):
    """A backup could not be written or restored."""


class CannotWrite(BackupError):
    """The file cannot be written."""


class BackupDamaged(BackupError):
    """The file is no whole backup."""


class NotOurs(BackupError):
    """Nobody vouches for the file."""


class NoRoom(BackupError):
    """The state folder has no room for it."""


class OtherVersion(BackupError):
    """The file belongs to other tables than those that are here."""


class TargetNotEmpty(BackupError):
    """Only an empty installation is restored into."""


class OtherKeys(BackupError):
    """The keys that are here do not open what the backup holds."""


class HeadsDiffer(BackupError):
    """The restored journal is not the one that was backed up."""

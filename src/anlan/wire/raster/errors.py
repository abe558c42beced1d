"""What can be wrong with the bytes of a raster. Every error names the field and says the mend.

RasterError
├── NotARaster         no format that is known here
├── BrokenRaster       the bytes contradict themselves, or end too early
├── UnsupportedRaster  a sound file that uses something read only with the extra ``anlan[rasters]``
├── TooManyCells       more cells than allowed, or than so few bytes can honestly hold
├── NeedsCrs           the file does not say in which system it lies
├── WrongCrs           the file says another system than the caller
└── BadPixels          values or options that the format cannot carry (when writing)
"""


class RasterError(ValueError):
    """Root of all errors of these codecs."""


class NotARaster(RasterError):
    """The bytes begin like no format that is known here."""


class BrokenRaster(RasterError):
    """The bytes contradict themselves: get the file again from its source."""


class UnsupportedRaster(RasterError):
    """A sound file with something that needs the extra, or another file."""


class TooManyCells(RasterError):
    """More cells than allowed: nothing was reserved."""


class NeedsCrs(RasterError):
    """The system must be given from outside."""


class WrongCrs(RasterError):
    """Two systems are claimed for one file."""


class BadPixels(RasterError):
    """What was to be written does not fit into the format."""


EXTRA = "install the extra with: pip install 'anlan[rasters]'"
"""How to get the reader for everything else."""

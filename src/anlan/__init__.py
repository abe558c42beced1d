"""安澜 anlan: from the gauge to the doorbell, with proof."""

__version__ = "0.1.0"

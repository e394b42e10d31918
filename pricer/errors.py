"""Errors whose message is meant for the person in front of the screen.

Every message is a sentence that says what is wrong and what to do about it; page and command line print it as it is.

    PricerError
    ├── CatalogueError     a catalogue cannot be planned, priced or joined
    ├── DescriptionError   a description cannot be priced
    ├── ItemsError         items with known prices cannot be read
    ├── ModelError         a model cannot be chosen or loaded
    ├── RunError           a run cannot begin, be written, read or resumed
    └── UsageError         arguments of a command do not go together
"""


class PricerError(Exception):
    """Anything a user can cause or mend."""


class CatalogueError(PricerError):
    """A catalogue that cannot be planned, priced, written or joined."""


class DescriptionError(PricerError):
    """A description that cannot be priced, such as a blank one."""


class ItemsError(PricerError):
    """Items with known prices that cannot be found or read."""


class ModelError(PricerError):
    """A model that cannot be chosen, loaded or trusted to write prices as single tokens."""


class RunError(PricerError):
    """A run of the Tester that cannot begin, be written to its folder, read back or resumed."""


class UsageError(PricerError):
    """Arguments that do not go together, or that say nothing."""

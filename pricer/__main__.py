"""`python -m pricer`: see `pricer.cli`."""

import sys

from pricer.cli import main

if __name__ == "__main__":
    sys.exit(main())

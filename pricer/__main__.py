"""`python -m pricer`: see `pricer.cli.main`."""

import sys

from pricer.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m pricer.bench`: the same as `python -m pricer bench`."""

from pricer.bench import main

raise SystemExit(main())

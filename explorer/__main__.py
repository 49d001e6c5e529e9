"""``python -m explorer``: the same as ``ds-explorer``."""

import sys

from explorer.cli import main

sys.exit(main())

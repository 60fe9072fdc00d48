"""Edge to the network: HTTP client and host politeness."""

import sys
from types import ModuleType

# httpx imports its own command line, with rich and pygments behind it, which is more than half of
# what its import takes; where that fails it does without, and we have no use for it.
sys.modules.setdefault("httpx._main", ModuleType("httpx._main"))

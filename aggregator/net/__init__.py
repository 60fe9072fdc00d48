"""Edge to the network: HTTP client and host politeness."""

import os
import sys
from types import ModuleType

# httpx imports its own command line, with rich and pygments behind it, which is more than half of
# what its import takes; where that fails it does without, and we have no use for it.
sys.modules.setdefault("httpx._main", ModuleType("httpx._main"))
# Of all that libcurl and its OpenSSL take from the environment, this alone cannot be overruled by
# an option: the file into which the keys of every connection are written. It is not read, only
# dropped, and here, since nothing of curl can be imported before this.
os.environ.pop("SSLKEYLOGFILE", None)

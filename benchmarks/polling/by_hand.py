"""The floor of what most write first: bare httpx and feedparser, tags kept in a JSON file.

    python -m benchmarks.polling.by_hand STATE CA < addresses

CA is the certificate to trust, or "-". Nothing is cleaned, compared or kept but the tags.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Final

import feedparser
import httpx

_AT_ONCE: Final = 32


async def _poll(addresses: list[str], tags: dict[str, str], authority: str) -> int:
    verify = ssl.create_default_context(cafile=None if authority == "-" else authority)
    limits = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=0)
    entries = 0
    slots = asyncio.Semaphore(_AT_ONCE)
    async with httpx.AsyncClient(verify=verify, limits=limits, trust_env=False) as client:

        async def ask(url: str) -> None:
            nonlocal entries
            async with slots:
                known = {"If-None-Match": tags[url]} if url in tags else {}
                answer = await client.get(url, headers=known)
            if answer.status_code == httpx.codes.OK:
                entries += len(feedparser.parse(answer.content)["entries"])
                tags[url] = answer.headers["etag"]

        await asyncio.gather(*map(ask, addresses))
    return entries


def main() -> None:
    """Ask for all addresses on standard input; print how many entries came."""
    state = Path(sys.argv[1])
    tags = json.loads(state.read_text()) if state.exists() else {}
    addresses = [line.strip() for line in sys.stdin]
    print(asyncio.run(_poll(addresses, tags, sys.argv[2])))
    state.write_text(json.dumps(tags))


if __name__ == "__main__":
    main()

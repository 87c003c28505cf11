"""Client of `aitp serve openenv` that needs nothing of aitp-gym: `python examples/openenv_client.py [ADDRESS]`.

The protocol is JSON over a WebSocket, so any language will do; `openenv.GenericEnvClient` does the same. Start the
server first: `aitp serve openenv --env=aitp/Propositional-v0`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from websockets.sync.client import ClientConnection, connect

PROOF = ("intro", "cases h0", "split", "assumption", "assumption")


def ask(server: ClientConnection, kind: str, **data: Any) -> dict[str, Any]:
    """Send a request and return what it gave; an error of the server is raised."""
    server.send(json.dumps({"type": kind, "data": data}))
    answer = json.loads(server.recv())
    if answer["type"] == "error":
        raise RuntimeError(f"{answer['data']['code']}: {answer['data']['message']}")
    return dict(answer["data"])


def main(address: str) -> None:
    """Prove a theorem, tactic by tactic."""
    with connect(address.replace("http", "ws", 1) + "/ws", proxy=None) as server:
        answer = ask(server, "reset", theorem="p ∧ q → q ∧ p")
        for tactic in PROOF:
            print(*answer["observation"]["goals"], sep="\n\n")
            print(f"--- {tactic}")
            # Goal 0 is the newest.
            answer = ask(server, "step", tactic=tactic, goal=0)
        print(answer["observation"]["status"], answer["reward"])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")

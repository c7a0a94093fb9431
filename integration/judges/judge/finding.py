"""What the Python judges have in common: operations, and how they are told."""
import json
import os
import time

operations = []


def operation(name):
    """Marks what is heard under a name. It returns a detail, or raises."""

    def keep(ask):
        operations.append((name, ask))
        return ask

    return keep


def hear():
    """Asks all operations in order. One that disagrees does not stop the rest."""
    for name, ask in operations:
        try:
            agrees, detail = True, ask()
        except Exception as e:  # whatever it is, it is no agreement
            agrees, detail = False, f"{type(e).__name__}: {e}"
        print(json.dumps({"operation": name, "agrees": agrees, "detail": str(detail)}), flush=True)


def hold(condition, detail):
    if not condition:
        raise AssertionError(detail)


def same(got, want, what):
    hold(got == want, f"{what}: got {got!r}, want {want!r}")

"""Kill `thrumsg deliver` under traffic, again and again: `python -m benchmarks.chaos`.

The carrier is `tests.carrier`, a process of its own that misbehaves as often as it is told; its log says what was lost
and what left twice. `--naive` sends again what has no answer, as most programs do, and `--wait 0` asks the carrier too
early: both must show doubles, or this proves nothing. `--careless --power-cuts 20` must show messages that the database
forgot.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from benchmarks.measuring import machine
from tests.gateway.chaos import NAIVE, Verdict, halt, traffic
from tests.gateway.power_cut import CARELESS, PROGRAM


def main() -> int:
    """Run it, and print the verdict."""
    args = _arguments()
    print(machine())
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        options = ["--faults", str(args.faults)] if args.faults else []
        options += [f"--fault={each}" for each in args.fault]
        with traffic(
            Path(folder), args.messages, *options, seed=args.seed, wait=args.wait, again=args.again, late=args.late
        ) as run:
            chance, program = Random(args.seed), NAIVE if args.naive else None
            each = max(1, args.messages * 9 // 10 // max(1, args.kills + args.halts + args.power_cuts))
            for _ in range(args.halts):
                with run.deliverer(program) as process:
                    run.await_traffic(process, chance.randint(1, 2 * each))
                    halt(process, args.halt_seconds)
                    run.await_traffic(process, 1)
            kills = run.kill_again_and_again(args.kills, chance, each=each, program=program)
            cuts = run.cut_power_again_and_again(
                args.power_cuts, chance, each=each, program=CARELESS if args.careless else PROGRAM
            )
            done = f"{kills} kills, {args.halts} halts and {cuts} power cuts"
            print(f"{done} after {time.perf_counter() - start:.0f} s", flush=True)
            run.finish(program)
            verdict = run.verdict()
    print(verdict)
    print(f"{time.perf_counter() - start:.0f} s")
    if args.careless:
        return 0 if verdict.forgotten else 1
    return 0 if _as_expected(verdict, expects_doubles=args.naive or args.wait < args.late) else 1


def _as_expected(verdict: Verdict, *, expects_doubles: bool) -> bool:
    return verdict.doubled > 0 if expects_doubles else verdict.is_good


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--halts", type=int, default=0, help="stops by SIGSTOP, as of a machine that is suspended")
    parser.add_argument("--power-cuts", type=int, default=0, help="ends after which the disk lacks what was not forced")
    parser.add_argument("--halt-seconds", type=float, default=2.5)
    parser.add_argument("--faults", type=float, default=10, help="per cent")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME=PERCENT")
    parser.add_argument("--late", type=float, default=0.5, help="how late a late message is taken, in seconds")
    parser.add_argument("--wait", type=float, default=1.5, help="seconds until the carrier is asked")
    parser.add_argument("--again", type=float, default=0.3, help="seconds until it is asked again")
    parser.add_argument("--naive", action="store_true", help="send again what has no answer")
    parser.add_argument("--careless", action="store_true", help="with power cuts: force nothing to the disk")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

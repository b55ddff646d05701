"""Damage a database in hundreds of ways, and try every command on each: `python -m benchmarks.damage`.

Each answer must be one sentence with exit status 1 or 3, or the work that was asked for (`docs/rules.md 11.5`). What is
not is printed with the seed, by which `--seed N --count 1` repeats it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.cli.damaging import HARMS, Bench, own_environment


def main() -> int:
    """Run it; return 1 if any answer was wrong."""
    args = _arguments()
    harms = [each for each in HARMS if not args.harm or each.__name__ == args.harm]
    start, wrong, codes = time.perf_counter(), 0, Counter[int]()
    with tempfile.TemporaryDirectory() as folder, own_environment(Path(folder)):
        bench = Bench(Path(folder))
        for seed in range(args.seed, args.seed + args.count):
            harm = harms[seed % len(harms)]
            bench.harm(harm, seed)
            for words in bench.commands():
                if args.command and args.command not in " ".join(words):
                    continue
                answer = bench.tried(words)
                codes[answer.code] += 1
                if args.show or answer.complaint:
                    wrong += bool(answer.complaint)
                    print(
                        f"{harm.__name__} {seed}: {' '.join(words)}: {answer.complaint}\n    {answer.err}", flush=True
                    )
                if bench.log.exists():
                    print(bench.log.read_text(), flush=True)
                    bench.log.unlink()
            if seed % 10 == 9:
                print(f"{seed + 1 - args.seed} databases after {time.perf_counter() - start:.0f} s", flush=True)
    told = ", ".join(f"{count} × {code}" for code, count in sorted(codes.items()))
    print(f"{args.count} databases, {codes.total()} command lines ({told}), {wrong} wrong answers")
    print(f"{time.perf_counter() - start:.0f} s")
    return int(wrong > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--harm", help="only this kind")
    parser.add_argument("--command", help="only command lines with these words")
    parser.add_argument("--show", action="store_true", help="print every answer")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

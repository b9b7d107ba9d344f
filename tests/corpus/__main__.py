"""The command `python -m tests.corpus`: run, judge, report; exit status 1 where a figure that must be 0 is not."""

import argparse
import fcntl
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from fixer.formats import FORMATS
from tests.corpus.examine import examine
from tests.corpus.judges import judges
from tests.corpus.projects import BUILD, CORPUS, projects
from tests.corpus.report import Kind, show, write
from tests.corpus.runs import run_project


def main() -> int:
    arguments = parsed()
    if not (CORPUS / "unpack").is_file():
        print(f"NOT RUN: no corpus at {CORPUS} (IACFIX_CORPUS names another)")
        return 1
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"NOT RUN: another run works in {BUILD}")
            return 1
        return run_all(arguments)


def run_all(arguments: argparse.Namespace) -> int:
    start = time.monotonic()
    found = projects(arguments.short)
    flags = ("--allow", arguments.allow) if arguments.allow else ()
    served = [project for project in found if project.format in arguments.formats]
    with ProcessPoolExecutor(arguments.jobs) as pool:
        runs = list(pool.map(partial(run_project, flags=flags), served, chunksize=4))
    print(f"{len(served)} projects run in {time.monotonic() - start:.0f} s")
    asked = judges()
    kinds = []
    for format in arguments.formats:
        own = [ran for ran in runs if ran.project.format == format]
        kinds.append(Kind(format, own, examine(format, own, asked)))
        show(kinds[-1])
    print()
    not_served = Counter(project.platform for project in found if project.format is None)
    print("not served yet: " + ", ".join(f"{count} {platform}" for platform, count in not_served.items()))
    not_run = [f"NOT RUN: {judge.title}: {judge.missing}" for judge in asked.values() if judge.missing]
    print("\n".join(not_run))
    file = BUILD / "report.json"
    write(file, kinds, {"not run": not_run, "not served": not_served})
    wrong = sum(len(lines) for kind in kinds for lines in kind.zeros.values())
    print(f"{wrong} cases in columns that must be 0; {time.monotonic() - start:.0f} s; details: {file}")
    return 1 if wrong or (arguments.all_judges and not_run) else 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a fixed sample of the projects")
    parser.add_argument("--all-judges", action="store_true", help="a judge that is missing is a failure")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--allow", metavar="IMPACT", help="as for iacfix, to judge what is held back by default")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS), help="only these")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Two people's machines, as far as a build can see them, and a build on each."""

from concurrent.futures import ThreadPoolExecutor

ONE = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "USER": "ann",
    "LOGNAME": "ann",
}
OTHER = {
    "TZ": "America/Los_Angeles",
    "LC_ALL": "tr_TR.UTF-8",
    "LANG": "de_DE.UTF-8",
    "PYTHONHASHSEED": "4711",
    "OPENBLAS_NUM_THREADS": "4",
    "OMP_NUM_THREADS": "4",
    "USER": "Öz Ünal",
    "LOGNAME": "oezuenal",
}
DEEPER = "an ßther"
"""Part of the other one's path."""

OWN = (ONE["TZ"], OTHER["TZ"], OTHER["USER"], DEEPER, "pytest-of-")
"""What no file may say of who built it."""


def by_both(build, folder):
    """
    Build for both at once, each in a folder and with a home of its own.

    `build` takes the folder and the variables, and returns the bytes of each file.
    """
    places = {folder / "a": ONE, folder / DEEPER / "and deeper": OTHER}
    jobs = []
    with ThreadPoolExecutor() as pool:
        for place, variables in places.items():
            home = place / "home"
            home.mkdir(parents=True)
            jobs.append(pool.submit(build, place, {**variables, "HOME": str(home)}))
    return [job.result() for job in jobs]

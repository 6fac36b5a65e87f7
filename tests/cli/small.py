"""The real command line, but for the city: `python -m tests.cli.small day …` lives a day of 24 visits."""

import doorstep.twin.worlds
from doorstep.cli import main
from tests.twin.days import small_day

if __name__ == "__main__":
    doorstep.twin.worlds.neighbourhood = small_day
    main()

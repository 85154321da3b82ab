"""`python -m handcalc`."""

from handcalc.cli import main

if __name__ == "__main__":
    main()

"""`python -m anlan`: the same as the command `anlan`."""

from anlan.conf.cli import main

if __name__ == "__main__":
    main()

"""`python -m gallery_daemon` is the same as the command `gallery-daemon`."""

from gallery_daemon.cli.main import main

if __name__ == "__main__":
    main()

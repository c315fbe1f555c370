"""Runs pymap as the demonstration's IMAP server (`python -m mailbot.demo.imap_process …`)."""

from pymap.main import main

if __name__ == "__main__":
    main()

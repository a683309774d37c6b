"""``python -m gedig_edu`` is the command line."""

from gedig_edu.cli import app

if __name__ == "__main__":
    app(prog_name="gedig-edu")

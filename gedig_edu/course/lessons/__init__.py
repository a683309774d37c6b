"""What each lesson brings: its exercises and quiz, and its claims, side by side."""

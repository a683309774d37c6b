"""The course as a static site: pages that work from a file, without kernel or network."""

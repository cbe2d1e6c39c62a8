"""The site in a real browser: a server of its own, Debian's Chromium, measurements and screenshots. Development only."""
